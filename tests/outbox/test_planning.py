"""Planning: the outbox is made equal to what is planned, and keeps what has left."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from clinic.outbox.models import Message
from clinic.outbox.registry import Planned
from clinic.outbox.services import facts_of, queue, sync
from tests.cast import NOW

pytestmark = pytest.mark.django_db
KINDS = {"one", "two"}
ABOUT = uuid4()


def planned(kind: str, *, occasion: str = "", hours: int = 1, about: UUID = ABOUT) -> Planned:
    due = NOW + timedelta(hours=hours)
    return Planned(kind, about, occasion, due, due + timedelta(hours=1), "Because.", None)


def plan(*letters: Planned) -> None:
    sync(about=ABOUT, kinds=KINDS, planned=letters, now=NOW)


def rows() -> list[tuple[str, str, str]]:
    return list(Message.objects.order_by("kind", "occasion").values_list("kind", "occasion", "status"))


def test_planned_letters_are_queued_once() -> None:
    plan(planned("one"), planned("two"))
    plan(planned("one"), planned("two"))

    assert rows() == [("one", "", "queued"), ("two", "", "queued")]


def test_what_is_no_longer_planned_is_superseded() -> None:
    plan(planned("one"), planned("two"))
    plan(planned("two"))

    assert rows() == [("one", "", "superseded"), ("two", "", "queued")]


def test_an_undo_revives_the_same_row() -> None:
    plan(planned("one"))
    before = Message.objects.get()
    plan()
    plan(planned("one"))

    after = Message.objects.get()
    assert (after.code, after.message_id, after.status) == (before.code, before.message_id, "queued")


def test_a_revived_letter_starts_afresh() -> None:
    plan(planned("one"))
    tried = {"attempts": 7, "next_try_at": NOW + timedelta(hours=9), "lease": uuid4(), "lease_until": NOW}
    Message.objects.update(**tried)
    plan()
    plan(planned("one"))

    after = Message.objects.get()
    assert (after.status, after.attempts) == ("queued", 0)
    assert (after.next_try_at, after.lease, after.lease_until) == (None, None, None)


def test_a_letter_that_is_being_tried_again_keeps_its_pause_when_it_moves() -> None:
    plan(planned("one"))
    Message.objects.update(attempts=2, next_try_at=NOW + timedelta(minutes=5))
    plan(planned("one", hours=2))

    after = Message.objects.get()
    assert (after.attempts, after.next_try_at) == (2, NOW + timedelta(minutes=5))


def test_a_superseded_letter_is_not_revived_when_it_would_be_too_late() -> None:
    plan(planned("one"))
    plan()
    plan(planned("one", hours=-3))

    assert rows() == [("one", "", "superseded")]


def test_a_move_makes_a_letter_for_the_new_time() -> None:
    plan(planned("one", occasion="monday"))
    plan(planned("one", occasion="tuesday"))

    assert rows() == [("one", "monday", "superseded"), ("one", "tuesday", "queued")]


def test_a_queued_letter_moves_to_its_new_time() -> None:
    plan(planned("one"))
    plan(planned("one", hours=5))

    assert Message.objects.get().due_at == NOW + timedelta(hours=5)


@pytest.mark.parametrize("status", ["sent", "missed", "withheld", "failed", "sending", "leased"])
def test_what_has_left_or_ended_stays_on_record(status: str) -> None:
    plan(planned("one"))
    Message.objects.update(status=status)
    plan()
    plan(planned("one", hours=5))

    assert rows() == [("one", "", status)]


def test_other_kinds_and_other_things_are_left_alone() -> None:
    queue(planned("three"), now=NOW)
    queue(planned("one", about=uuid4()), now=NOW)
    plan()

    assert [status for _, _, status in rows()] == ["queued", "queued"]


def test_facts_wait_sealed() -> None:
    queue(planned("one"), now=NOW, facts={"words": "canary"})

    assert facts_of(kind="one", about=ABOUT) == {"words": "canary"}
    assert b"canary" not in bytes(Message.objects.get().sealed_facts)
