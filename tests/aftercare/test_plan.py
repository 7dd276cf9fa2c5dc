"""When letters are due: in every zone and all year, never at night, one a day, never too late."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aftercare.plan import Due, after_session, call_by, reply
from clinic.people.quiet import Quiet

LONDON = ZoneInfo("Europe/London")
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
START = datetime(2026, 6, 1, tzinfo=UTC)
ENDS = st.integers(0, 580 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
SPRING = datetime(2027, 3, 26, 20, 15, tzinfo=UTC)  # two days before London's clocks go forward
AUTUMN = datetime(2027, 10, 29, 20, 15, tzinfo=UTC)  # two days before they go back


def london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON).astimezone(UTC)  # type: ignore[misc, arg-type]


def night(zone: ZoneInfo) -> Quiet:
    return Quiet(time(20, 30), time(8), zone)


def by_kind(ends_at: datetime, zone: ZoneInfo = LONDON, quiet: Quiet | None = None) -> dict[str, Due]:
    return {due.kind: due for due in after_session(ends_at, quiet or night(zone))}


def test_an_afternoon_session_has_five_letters_at_their_times() -> None:
    found = by_kind(london(2027, 2, 1, 15, 0))

    assert {kind: (due.due_at, due.not_after) for kind, due in found.items()} == {
        "m10_after": (london(2027, 2, 1, 17, 0), london(2027, 2, 1, 20, 30)),
        "m11_morning": (london(2027, 2, 2, 9, 0), london(2027, 2, 2, 13, 0)),
        "m12_checkin": (london(2027, 2, 3, 15, 0), london(2027, 2, 5, 15, 0)),
        "m12b_checkin_nudge": (london(2027, 2, 4, 15, 0), london(2027, 2, 6, 15, 0)),
        "m13_week": (london(2027, 2, 8, 15, 0), london(2027, 2, 11, 15, 0)),
    }


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        (18, 29, london(2027, 2, 1, 20, 29)),  # two hours fit
        (18, 30, london(2027, 2, 1, 19, 0)),  # two hours would be 20:30: half an hour
        (19, 59, london(2027, 2, 1, 20, 29)),
        (20, 0, None),  # half an hour would be 20:30 too: no evening letter, a longer morning one
        (22, 0, None),
    ],
)
def test_an_evening_session_has_its_letter_early_or_not_at_all(
    hour: int, minute: int, expected: datetime | None
) -> None:
    found = by_kind(london(2027, 2, 1, hour, minute))

    assert (found["m10_after"].due_at if "m10_after" in found else None) == expected
    assert ("longer" in found["m11_morning"].reason) == (expected is None)


def test_a_check_in_that_falls_into_the_night_waits_for_the_morning() -> None:
    found = by_kind(london(2027, 2, 1, 21, 0))

    assert found["m12_checkin"].due_at == london(2027, 2, 4, 8, 0)
    assert found["m12b_checkin_nudge"].due_at == london(2027, 2, 5, 8, 0)


def test_a_practice_may_have_other_quiet_hours() -> None:
    found = by_kind(london(2027, 2, 1, 15, 0), quiet=Quiet(time(16, 0), time(10, 0), LONDON))

    assert found["m10_after"].due_at == london(2027, 2, 1, 15, 30)
    assert found["m11_morning"].due_at == london(2027, 2, 2, 10, 0)


def is_night(moment: datetime, zone: ZoneInfo) -> bool:
    """The naive oracle: the wall clock reads 20:30 or later, or before 8:00."""
    clock = moment.astimezone(zone)
    return (clock.hour, clock.minute) >= (20, 30) or clock.hour < 8


@settings(max_examples=1000, deadline=None)
@given(ends_at=ENDS, zone=ZONES)
@example(ends_at=SPRING, zone=LONDON)
@example(ends_at=AUTUMN, zone=LONDON)
def test_never_at_night_never_too_late_in_order_and_one_a_day(ends_at: datetime, zone: ZoneInfo) -> None:
    found = after_session(ends_at, night(zone))

    for due in found:
        assert not is_night(due.due_at, zone)
        assert ends_at < due.due_at <= due.not_after
    days = [due.due_at.astimezone(zone).date() for due in found]
    assert all(earlier < later for earlier, later in pairwise(days))
    assert [due.kind for due in found][-4:] == ["m11_morning", "m12_checkin", "m12b_checkin_nudge", "m13_week"]


@settings(deadline=None)
@given(ends_at=ENDS, zone=ZONES)
def test_each_letter_keeps_near_its_promise(ends_at: datetime, zone: ZoneInfo) -> None:
    found = by_kind(ends_at, zone)
    most = timedelta(hours=13)

    if first := found.get("m10_after"):
        assert first.due_at - ends_at in (timedelta(hours=2), timedelta(minutes=30))
    morning = found["m11_morning"].due_at.astimezone(zone)
    assert morning.time() >= time(9)
    assert morning.date() == ends_at.astimezone(zone).date() + timedelta(days=1)
    for kind, wait in (("m12_checkin", 48), ("m12b_checkin_nudge", 72), ("m13_week", 168)):
        assert timedelta(0) <= found[kind].due_at - ends_at - timedelta(hours=wait) <= most


@settings(deadline=None)
@given(ends_at=ENDS, zone=ZONES)
def test_the_evening_letter_is_left_out_only_when_there_is_no_time_for_it(ends_at: datetime, zone: ZoneInfo) -> None:
    both_at_night = all(is_night(ends_at + wait, zone) for wait in (timedelta(hours=2), timedelta(minutes=30)))

    assert ("m10_after" in by_kind(ends_at, zone)) == (not both_at_night)


@settings(deadline=None)
@given(answered_at=ENDS, zone=ZONES)
def test_an_answer_to_a_check_in_goes_at_once_or_in_the_morning(answered_at: datetime, zone: ZoneInfo) -> None:
    due = reply("m15_sore", answered_at, night(zone))

    assert not is_night(due.due_at, zone)
    assert due.due_at == answered_at or due.due_at.astimezone(zone).time() >= time(8)
    assert due.due_at <= due.not_after


@pytest.mark.parametrize(
    ("answered", "is_same_day", "expected"),
    [
        (london(2027, 2, 1, 10, 0), False, date(2027, 2, 2)),
        (london(2027, 2, 1, 10, 0), True, date(2027, 2, 1)),
        (london(2027, 2, 1, 17, 0), True, date(2027, 2, 2)),  # too late in the day to promise it
        (london(2027, 2, 5, 10, 0), False, date(2027, 2, 8)),  # Friday: Monday is the next working day
        (london(2027, 2, 6, 10, 0), True, date(2027, 2, 8)),
    ],
)
def test_a_call_is_promised_for_a_working_day(answered: datetime, is_same_day: bool, expected: date) -> None:
    assert call_by(answered, LONDON, is_same_day=is_same_day).astimezone(LONDON).date() == expected
