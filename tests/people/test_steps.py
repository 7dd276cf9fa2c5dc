"""The timing that a practice may change: bounds, what must fit together, and the letters that follow it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare.plan import after_session
from bookings.plan import EXPECT, TOMORROW, Facts, plan, reminder_times
from clinic.people.quiet import Quiet
from clinic.people.steps import LIMITS, MAY_STOP, USUAL, problems, read, read_unchecked
from intake.timing import form_letters

pytestmark = pytest.mark.once
NIGHT = Quiet(time(20, 30), time(8), ZoneInfo("Europe/London"))
ENDS = datetime(2027, 2, 1, 11, 0, tzinfo=UTC)
STORED = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.integers(limit.least, limit.most) for name, limit in LIMITS.items()},
        "morning": st.sampled_from(["08:00", "09:30", "11:00"]),
        "off": st.lists(st.sampled_from(MAY_STOP), max_size=3, unique=True),
    },
)


def test_nothing_stored_is_the_usual() -> None:
    assert read({}) == USUAL
    assert problems(USUAL) == {}


@pytest.mark.parametrize(
    ("stored", "field"),
    [
        ({"tomorrow": 5}, "tomorrow"),
        ({"tomorrow": 31}, "tomorrow"),
        ({"expect": 36, "tomorrow": 30}, "tomorrow"),
        ({"expect": 121}, "expect"),
        ({"checkin": 24}, "checkin"),
        ({"checkin": 60, "checkin_nudge": 72}, "checkin_nudge"),
        ({"after": 10}, "after"),
        ({"morning": "06:00"}, "morning"),
        ({"form_ahead": 3}, "form_nudge"),
        ({"week": 60}, "week"),
        ({"off": ["m10_after", "m11_morning"]}, "off"),
    ],
)
def test_what_is_not_safe_is_refused_by_field_and_never_planned(stored: dict[str, object], field: str) -> None:
    assert list(problems(read_unchecked(stored))) == [field]
    assert read(stored) == USUAL


def test_what_safety_or_the_client_asks_for_cannot_be_switched_off() -> None:
    kept = ["m00_booked", "m05_hold", "m06_urgent", "m07_crisis", "m14_support", "m15_sore", "cancelled_by_practice"]

    assert read({"off": kept}) == USUAL


def test_the_letters_follow_the_practice_s_timing() -> None:
    steps = read({"after": 60, "morning": "10:00", "checkin": 40, "checkin_nudge": 70, "week": 10})

    found = {due.kind: (due.due_at, due.not_after) for due in after_session(ENDS, NIGHT, steps)}
    assert found == {
        "m10_after": (ENDS + timedelta(hours=1), datetime(2027, 2, 1, 20, 30, tzinfo=UTC)),
        "m11_morning": (datetime(2027, 2, 2, 10, tzinfo=UTC), datetime(2027, 2, 2, 14, tzinfo=UTC)),
        # 40 hours after 11:00 is 3:00: the morning; too late stays 48 hours after its own time.
        "m12_checkin": (datetime(2027, 2, 3, 8, tzinfo=UTC), ENDS + timedelta(hours=88)),
        "m12b_checkin_nudge": (ENDS + timedelta(hours=70), ENDS + timedelta(hours=118)),
        "m13_week": (ENDS + timedelta(days=10), ENDS + timedelta(days=13)),
    }


def test_steps_that_are_off_are_not_planned_and_the_others_stay() -> None:
    found = [due.kind for due in after_session(ENDS, NIGHT, read({"off": ["m12_checkin", "m13_week"]}))]
    assert found == ["m10_after", "m11_morning"]
    without = after_session(ENDS, NIGHT, read({"off": ["m10_after"]}))
    assert [due.kind for due in without] == ["m11_morning", "m12_checkin", "m12b_checkin_nudge", "m13_week"]
    assert without[0].reason == "9:00 the next morning, longer: there is none on the day"


@given(STORED, st.integers(0, 24 * 400))
def test_any_timing_keeps_the_quiet_hours_one_letter_a_day_and_its_bounds(
    stored: dict[str, object], hours: int
) -> None:
    steps, ends = read(stored), ENDS + timedelta(hours=hours)

    found = after_session(ends, NIGHT, steps)
    days = [due.due_at.astimezone(NIGHT.zone).date() for due in found]
    assert len(set(days)) == len(days)
    assert not any(NIGHT.covers(due.due_at) for due in found)
    assert all(ends < due.due_at <= due.not_after for due in found)
    assert not {due.kind for due in found} & steps.off


@given(STORED, st.integers(0, 24 * 400), st.integers(1, 24 * 30))
def test_any_timing_of_reminders_keeps_its_order_and_its_bounds(
    stored: dict[str, object], hours: int, ahead: int
) -> None:
    steps, starts = read(stored), ENDS + timedelta(hours=hours)
    facts = Facts("booked", starts, 1, starts - timedelta(hours=ahead), "booked", NIGHT, steps=steps)

    expect, tomorrow = reminder_times(facts)
    letters = [each for each in plan(facts) if each.kind in (EXPECT, TOMORROW)]
    assert expect < tomorrow < starts
    for each in letters:
        assert facts.fixed_at <= each.due_at <= each.not_after < starts
        assert not NIGHT.covers(each.due_at)
        assert each.kind not in steps.off
    forms = form_letters(asked_at=facts.fixed_at, needed_at=starts, quiet=NIGHT, steps=steps)
    assert all(facts.fixed_at <= each.due_at <= each.not_after < starts for each in forms)
