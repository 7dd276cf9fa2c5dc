"""Asking once: the first answer holds within, is forgotten after, and nobody else hears of it."""

from threading import Thread

import pytest

from clinic.people.models import Practice
from clinic.people.once import asking_once, once
from tests import make

asked: list[tuple[object, ...]] = []


@once
def ask(*what: object, **more: object) -> int:
    asked.append((*what, *more.items()))
    return len(asked)


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    asked.clear()


def test_the_same_question_is_asked_once_within_and_anew_after() -> None:
    with asking_once():
        assert [ask("a"), ask("b"), ask("a"), ask("a", day=1), ask("a", day=1)] == [1, 2, 1, 3, 3]
    with asking_once():
        assert ask("a") == 4
    assert [ask("a"), ask("a")] == [5, 6]  # the control: without it each question is asked


def test_an_answer_that_broke_is_not_kept() -> None:
    @once
    def breaks() -> None:
        asked.append(("breaks",))
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError), asking_once():
            breaks()
    assert len(asked) == 2
    assert [ask(), ask()] == [3, 4]  # and it is over


def test_another_thread_asks_for_itself() -> None:
    with asking_once():
        ask("a")
        other = Thread(target=ask, args=("a",))
        other.start()
        other.join()
    assert len(asked) == 2


@pytest.mark.django_db
def test_the_practice_is_never_older_than_the_letter() -> None:
    make.practice(name="One")
    with asking_once():
        assert Practice.objects.the() is Practice.objects.the()
    Practice.objects.update(name="Two")
    with asking_once():
        assert Practice.objects.the().name == "Two"
