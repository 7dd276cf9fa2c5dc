"""kill -9 of the web process while many book: what was answered is stored, what was not is asked for again."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Semaphore

import pytest

from tests.faults import stage as stages
from tests.faults.crowd import LOST, Answer, Person, all_at_once, until_wrong
from tests.faults.figures import FULL, note
from tests.faults.stage import SESSION, Stage
from tests.serving import kill_web

pytestmark = pytest.mark.processes
POSTS = 50 if FULL else 16
PAUSE = 0.3  # seconds between a booking and its letters, without the guards
ENOUGH = POSTS // 4  # are answered when the web is killed
Form = tuple[Person, str, dict[str, str]]


def test_what_was_answered_is_stored_and_a_retry_shows_her_own_booking(guarded: Stage, bare: Stage) -> None:
    pressed, booked = until_wrong(lambda: two_kills(guarded), lambda kills: min(map(lost_of, kills)) > 0)
    told = [each for each in booked if each.first.is_booked]
    with guarded.inside():
        missing, extra = stages.unsaid([each.code for each in booked])
        stored = sum(stages.is_booked(each.code) for each in told)
    without = until_wrong(lambda: halves_of(bare), lambda missing: missing > 0)

    lost = [lost_of(pressed), lost_of(booked)]
    note(
        f"kill -9 of the web during {POSTS} presses and {POSTS} bookings",
        promised="answered = stored, letters 0 missing 0 extra, a retry shows her own",
        measured=f"{len(told)} answered, {stored} stored, {missing} missing {extra} extra, "
        f"{lost[0]} + {lost[1]} lost answers, {sum(each.is_own for each in booked)} of {POSTS} see their own",
        control=f"without the transaction {without} letters missing",
    )
    assert min(lost) > 0
    assert stored == len(told)
    assert (missing, extra) == (0, 0)
    assert [each.is_own for each in booked] == [True] * POSTS
    assert without > 0


def halves_of(stage: Stage) -> int:
    """How many letters are missing where a booking and its letters are not written in one."""
    _, booked = two_kills(stage, after=PAUSE / 2)
    with stage.inside():
        return stages.unsaid([each.code for each in booked])[0]


@dataclass
class Post:
    """One post that may have gone unanswered, and what it came to when it was sent again."""

    person: Person
    first: Answer
    last: Answer

    @property
    def code(self) -> str:
        return self.last.to.rstrip("/").rpartition("/")[2]

    @property
    def is_own(self) -> bool:
        """The page says that this very person is booked, by the address that she typed."""
        return self.last.is_booked and self.person.details["email"] in self.person.open(self.last.to).body


def lost_of(posts: list[Post]) -> int:
    """How many of these the kill left without an answer; on a busy machine it may come too late for any."""
    return sum(each.first.status == LOST for each in posts)


def two_kills(stage: Stage, *, after: float = 0) -> tuple[list[Post], list[Post]]:
    """Everybody presses a time of her own, then books it; the web is killed amid the presses and amid the bookings."""
    places = [next(stage.places) for _ in range(-(-POSTS // 3))]
    starts = [place + number * SESSION for place in places for number in range(3)][:POSTS]
    pairs = list(zip(stage.people(POSTS), starts, strict=True))
    presses = [(person, stages.times(), {"start": stages.as_pressed(at)}) for person, at in pairs]
    pressed = killed_amid(stage, presses, after)
    assert all(each.last.is_held for each in pressed), [each.last for each in pressed if not each.last.is_held]
    for person, _ in pairs:
        person.new_form()
    return pressed, killed_amid(stage, [(each.person, each.last.to, each.person.details) for each in pressed], after)


def killed_amid(stage: Stage, forms: list[Form], after: float) -> list[Post]:
    """All forms are sent at once, the web dies when so many are answered; who got no answer sends hers once more.

    Where a pause stretches what is half done, the kill waits for so many seconds to hit it.
    """
    answered = Semaphore(0)

    def send(form: Form) -> Answer:
        person, address, fields = form
        answer = person.post(address, **fields)
        answered.release()
        return answer

    with ThreadPoolExecutor(1) as crowd:
        first = crowd.submit(all_at_once, forms, send)
        for _ in range(ENOUGH):
            answered.acquire()
        time.sleep(after)
        kill_web(stage.site)  # by the thread that lives on: the new web ends with whoever started it
    pairs = list(zip(forms, first.result(), strict=True))
    return [Post(form[0], answer, answer if answer.status != LOST else send(form)) for form, answer in pairs]
