"""One letter a day: the rule alone, against a naive one; and in the outbox, ahead of time and as letters leave."""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare.planning import OWN
from clinic.outbox.claiming import claim
from clinic.outbox.days import YIELDS, Turn, yielding
from clinic.outbox.draining import drain, prepare
from clinic.outbox.health import mail_health
from clinic.outbox.models import NIGHT, Message
from clinic.outbox.registry import KINDS, Kind, Mail, Planned
from clinic.outbox.services import Difference, differences, sync
from clinic.outbox.turns import settle
from clinic.people import clock
from clinic.people.models import Client
from tests import cast, make
from tests.cast import NOW
from tests.mailbox import Mailbox

Status = Message.Status
RANKS = {
    "m01_form": 60, "m02_form_nudge": 70, "m03_expect": 50, "m04_tomorrow": 90, "m10_after": 85, "m11_morning": 40,
    "m12_checkin": 80, "m12b_checkin_nudge": 81, "m13_week": 30, **dict.fromkeys(OWN, 20),
}  # fmt: skip


def turn(
    kind: str, rank: int, *, day: int = 1, hour: int = 9, has_left: bool = False, may_repeat: bool = False
) -> Turn:
    due = datetime(2027, 2, day, hour, tzinfo=NOW.tzinfo)
    return Turn(uuid4(), uuid4(), kind, rank, due.date(), due, has_left, may_repeat)


def staying(*turns: Turn) -> set[str]:
    lost = yielding(turns)
    return {each.kind for each in turns if each.code not in lost}


def test_every_kind_is_ranked_or_always_goes() -> None:
    assert {name: kind.rank for name, kind in KINDS.items() if kind.rank} == RANKS


def test_of_two_on_one_day_the_more_important_goes() -> None:
    assert staying(turn("m04", 90, hour=10), turn("m13", 30, hour=9)) == {"m04"}
    assert staying(turn("m04", 90), turn("m13", 30, day=2)) == {"m04", "m13"}


def test_what_left_keeps_its_day() -> None:
    assert staying(turn("m13", 30, has_left=True), turn("m12", 80)) == {"m13"}


def test_what_somebody_waits_for_goes_beside_anything() -> None:
    assert staying(turn("m00", 0), turn("m06", 0), turn("m04", 90)) == {"m00", "m06", "m04"}


def test_two_sessions_on_one_day_have_a_reminder_each_but_one_morning_after() -> None:
    two = [turn("m04", 90, may_repeat=True), turn("m04", 90, hour=14, may_repeat=True)]
    assert yielding(two) == set()
    assert len(yielding([turn("m11", 40), turn("m11", 40)])) == 1


turns = st.lists(
    st.builds(
        lambda rank, day, hour, left: turn(f"kind{rank}", rank, day=day, hour=hour, has_left=left),
        rank=st.sampled_from([0, 20, 30, 90]),
        day=st.integers(1, 3),
        hour=st.integers(8, 20),
        left=st.booleans(),
    ),
    max_size=12,
)


def naive(given_turns: list[Turn]) -> dict[date, int]:
    """How many ranked letters each day keeps: those that left, else one."""
    ranked = sorted((each for each in given_turns if each.rank), key=lambda each: each.day)
    days = {day: list(group) for day, group in groupby(ranked, key=lambda each: each.day)}
    return {day: max(1, sum(each.has_left for each in group)) for day, group in days.items()}


@given(turns)
def test_each_day_keeps_one_and_nothing_that_left_or_is_awaited_is_lost(given_turns: list[Turn]) -> None:
    lost = yielding(given_turns)
    kept = [each for each in given_turns if each.code not in lost]
    assert naive(kept) == naive(given_turns)
    assert all(each.rank and not each.has_left for each in given_turns if each.code in lost)
    for each in kept:
        rivals = [other for other in given_turns if other.day == each.day and other.rank and other.code in lost]
        assert not each.rank or each.has_left or all(other.rank <= each.rank for other in rivals)


# --- in the outbox --------------------------------------------------------------------------------------------------


def plain(about: UUID, now: datetime) -> Mail:
    return Mail(to="ada@example.org", subject="Hello", text="Good day.\n", html="<p>Good day.</p>")


@pytest.fixture
def ada(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    make.practice()
    for name, rank in (("great", 90), ("small", 30), ("asked", 0)):
        monkeypatch.setitem(KINDS, name, Kind(name, name, optional=rank == 30, write=plain, rank=rank))
    return cast.ada()


def states() -> dict[str, tuple[str, str]]:
    return {each.kind: (each.status, each.outcome) for each in Message.objects.all()}


def test_the_mailbox_says_ahead_which_letter_gives_way(ada: Client) -> None:
    small = make.message("small", client=ada, due_at=NOW + timedelta(days=3))
    great = make.message("great", client=ada, due_at=NOW + timedelta(days=3, hours=2))
    settle(now=NOW)
    assert states() == {"great": (Status.QUEUED, ""), "small": (Status.SUPERSEDED, YIELDS)}

    Message.objects.filter(code=great.code).update(status=Status.SUPERSEDED, outcome="It is no longer planned.")
    settle(now=NOW)
    small.refresh_from_db()
    assert (small.status, small.outcome) == (Status.QUEUED, "")


def test_a_letter_that_gave_way_is_neither_missing_nor_revived(ada: Client) -> None:
    small = make.message("small", client=ada, due_at=NOW + timedelta(days=3))
    make.message("great", client=ada, due_at=NOW + timedelta(days=3))
    settle(now=NOW)
    again = Planned("small", small.about, "", small.due_at, small.not_after, small.reason, small.client_id)
    sync(about=small.about, kinds={"small"}, planned=[again], now=NOW)

    assert states()["small"] == (Status.SUPERSEDED, YIELDS)
    assert differences(now=NOW) == Difference([], [])


def test_a_letter_that_gave_way_and_is_no_longer_planned_does_not_come_back(ada: Client) -> None:
    small = make.message("small", client=ada, due_at=NOW + timedelta(days=3))
    great = make.message("great", client=ada, due_at=NOW + timedelta(days=3))
    settle(now=NOW)
    sync(about=small.about, kinds={"small"}, planned=[], now=NOW)
    great.delete()
    settle(now=NOW)

    assert states() == {"small": (Status.SUPERSEDED, "It is no longer planned.")}


def test_as_it_leaves_a_letter_gives_way_to_one_that_left_today(ada: Client, mailbox: Mailbox) -> None:
    make.message("great", client=ada)
    assert drain(now=NOW) == 1
    make.message("small", client=ada, due_at=NOW + timedelta(hours=3))
    make.message("asked", client=ada, due_at=NOW + timedelta(hours=3))

    assert drain(now=NOW + timedelta(hours=3)) == 1
    assert states()["small"] == (Status.SUPERSEDED, YIELDS)
    settle(now=NOW + timedelta(days=1))
    assert states()["small"] == (Status.SUPERSEDED, YIELDS)  # its day is over


def test_the_day_is_the_client_s_own(ada: Client, mailbox: Mailbox) -> None:
    make.practice(quiet_from=time(3), quiet_to=time(4))
    Client.objects.update(timezone="Pacific/Auckland")  # NOW is 22:00 there
    make.message("great", client=ada)
    make.message("small", client=ada, due_at=NOW + timedelta(hours=3))

    assert [drain(now=NOW), drain(now=NOW + timedelta(hours=3))] == [1, 1]


def test_two_workers_with_a_letter_each_agree_whose_day_it_is(ada: Client) -> None:
    make.message("great", client=ada)
    make.message("small", client=ada)
    hands = [claim(now=NOW, real_now=clock.real_now()) for _ in range(2)]

    mails = {hand.kind: prepare(hand, now=NOW) for hand in hands if hand}
    assert {kind for kind, mail in mails.items() if mail} == {"great"}


def test_other_clients_and_the_practice_are_not_counted(ada: Client, mailbox: Mailbox) -> None:
    for client in (ada, cast.ben(), None):
        make.message("great", client=client)

    assert drain(now=NOW) == 3


def test_a_worker_that_comes_back_at_night_wakes_nobody(ada: Client, mailbox: Mailbox) -> None:
    evening = NOW.replace(hour=22)
    great = make.message("great", client=ada, due_at=evening - timedelta(hours=3), not_after=None)
    make.message("asked", client=ada, due_at=evening - timedelta(hours=3), not_after=None)

    assert drain(now=evening) == 1
    great.refresh_from_db()
    assert (great.status, great.outcome, great.attempts) == (Status.QUEUED, NIGHT, 0)
    assert great.next_try_at is not None
    assert timedelta(hours=9, minutes=59) < great.next_try_at - clock.real_now() <= timedelta(hours=10)
    assert mail_health(now=evening).overdue is None

    Message.objects.update(next_try_at=None)
    assert drain(now=evening + timedelta(hours=10)) == 1
