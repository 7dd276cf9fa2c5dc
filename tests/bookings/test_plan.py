"""When a booking's letters are due: stated cases, and properties in every zone."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.plan import (
    EXPECT,
    HOLD,
    HOURS,
    NOTICES,
    TOMORROW,
    Facts,
    Letter,
    expect_joins,
    plan,
    reminder_times,
)  # fmt: skip
from clinic.people.quiet import Quiet

LONDON = Quiet(time(20, 30), time(8), ZoneInfo("Europe/London"))
NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
ZONES = (
    "Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu",
    "Pacific/Kiritimati",
)  # fmt: skip


def facts(starts_at: datetime = NOW + WEEK + HOURS, fixed_at: datetime = NOW, **more: object) -> Facts:
    known = {"status": "booked", "version": 1, "fixed_by": "booked", "quiet": LONDON}
    return Facts(starts_at=starts_at, fixed_at=fixed_at, **{**known, **more})  # type: ignore[arg-type]


def kinds(given_facts: Facts) -> set[str]:
    return {letter.kind for letter in plan(given_facts)}


def due(given_facts: Facts, kind: str) -> str:
    return next(each for each in plan(given_facts) if each.kind == kind).due_at.strftime("%a %d %H:%M")


def test_a_booking_a_week_ahead_has_its_confirmation_and_both_reminders() -> None:
    booked = facts()

    assert kinds(booked) == {"m00_booked", "notice_booked", "m03_expect", "m04_tomorrow"}
    assert (due(booked, "m00_booked"), due(booked, EXPECT), due(booked, TOMORROW)) == (
        "Mon 01 09:00", "Sat 06 10:00", "Sun 07 10:00",
    )  # fmt: skip


def test_each_letter_knows_when_it_is_too_late() -> None:
    late = {each.kind: (facts().starts_at - each.not_after) / HOURS for each in plan(facts())}

    assert late == {"m00_booked": 0, "notice_booked": 0, "m03_expect": 24, "m04_tomorrow": 3}


def test_both_reminders_of_an_early_or_late_session_move_to_the_evening_before() -> None:
    early, late = facts(NOW + WEEK - 2 * HOURS), facts(NOW + WEEK + 12 * HOURS)

    assert (due(early, EXPECT), due(early, TOMORROW)) == ("Fri 05 20:00", "Sat 06 20:00")
    assert (due(late, EXPECT), due(late, TOMORROW)) == ("Sat 06 20:00", "Sun 07 20:00")


def test_under_48_hours_what_to_expect_joins_the_confirmation() -> None:
    soon, just = facts(NOW + 47 * HOURS), facts(NOW + 48 * HOURS)

    assert expect_joins(soon)
    assert EXPECT not in kinds(soon)
    assert not expect_joins(just)
    assert EXPECT in kinds(just)


def test_under_30_hours_there_is_no_reminder() -> None:
    assert TOMORROW not in kinds(facts(NOW + 29 * HOURS))
    assert TOMORROW in kinds(facts(NOW + 30 * HOURS))


def test_a_move_announces_the_new_time_and_plans_new_reminders() -> None:
    moved = facts(fixed_by="moved", version=2)

    assert kinds(moved) == {"booking_moved", "notice_changed", EXPECT, TOMORROW}
    assert {each.occasion for each in plan(moved)} == {"version 2", moved.starts_at.isoformat()}


def test_a_cancellation_leaves_only_its_own_letters() -> None:
    by_client = facts(status="cancelled", version=2, cancelled_at=NOW, cancelled_by="client")

    assert kinds(by_client) == {"cancelled_by_client", "notice_cancelled"}
    assert kinds(replace(by_client, cancelled_by="practice")) == {"cancelled_by_practice"}
    assert kinds(replace(by_client, cancelled_by="lapse")) == set()


def test_a_cancellation_by_the_practice_waits_for_the_morning_unless_the_session_is_near() -> None:
    night = NOW.replace(hour=23)
    far = facts(status="cancelled", cancelled_at=night, cancelled_by="practice")

    assert due(far, "cancelled_by_practice") == "Tue 02 08:00"
    assert due(replace(far, starts_at=night + 12 * HOURS), "cancelled_by_practice") == "Mon 01 23:00"
    assert due(replace(far, cancelled_by="client"), "cancelled_by_client") == "Mon 01 23:00"


def test_an_open_question_stops_the_reminders_and_asks_for_a_talk_once() -> None:
    raised = NOW.replace(hour=22)
    waiting = facts(is_waiting=True, talk_first_since=raised)

    assert kinds(waiting) == {"m00_booked", "notice_booked", HOLD}
    assert due(waiting, HOLD) == "Tue 02 08:00"
    assert kinds(replace(waiting, talk_first_since=None)) == {"m00_booked", "notice_booked"}


def test_holds_have_no_letters_and_the_past_has_no_reminders() -> None:
    assert plan(facts(status="held")) == []
    assert all(
        kinds(facts(status=status)) == {"m00_booked", "notice_booked"} for status in ("arrived", "completed", "missed")
    )


# --- properties ------------------------------------------------------------------------------------------------------

quiets = st.builds(
    Quiet,
    begins=st.sampled_from([time(20, 30), time(22), time(0), time(19, 15)]),
    ends=st.sampled_from([time(8), time(7, 30), time(9)]),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
moments = st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(second=0, microsecond=0)
)
booked_facts = st.builds(
    lambda starts_at, ahead, quiet: facts(starts_at, starts_at - timedelta(minutes=ahead), quiet=quiet),
    starts_at=moments,
    ahead=st.integers(1, 60 * 24 * 60),
    quiet=quiets,
)


def reminders(given_facts: Facts) -> list[Letter]:
    return [each for each in plan(given_facts) if each.kind in {EXPECT, TOMORROW}]


@settings(max_examples=400, deadline=None)
@given(booked_facts)
def test_no_reminder_rings_at_night_before_the_booking_or_too_late(booked: Facts) -> None:
    for each in reminders(booked):
        assert not booked.quiet.covers(each.due_at)
        assert booked.fixed_at <= each.due_at <= each.not_after


@settings(max_examples=400, deadline=None)
@given(booked_facts)
def test_the_two_reminders_never_share_a_day(booked: Facts) -> None:
    days = [each.due_at.astimezone(booked.quiet.zone).date() for each in reminders(booked)]

    assert len(days) == len(set(days))


@settings(max_examples=300, deadline=None)
@given(booked_facts)
def test_what_to_expect_is_said_exactly_once(booked: Facts) -> None:
    assert expect_joins(booked) != (EXPECT in kinds(booked))


@settings(max_examples=300, deadline=None)
@given(booked_facts)
def test_reminders_move_only_earlier_and_by_a_night_at_most(booked: Facts) -> None:
    expect, tomorrow = reminder_times(booked)

    assert timedelta(0) <= booked.starts_at - 24 * HOURS - tomorrow <= 16 * HOURS
    assert timedelta(0) <= booked.starts_at - 48 * HOURS - expect <= 40 * HOURS


@settings(max_examples=300, deadline=None)
@given(quiets, moments)
def test_quiet_moves_out_of_the_night_to_the_nearest_edge(quiet: Quiet, moment: datetime) -> None:
    assert not quiet.covers(quiet.earlier(moment))
    assert not quiet.covers(quiet.later(moment))
    assert quiet.earlier(moment) <= moment <= quiet.later(moment)
    if not quiet.covers(moment):
        assert quiet.earlier(moment) == moment == quiet.later(moment)


def test_notices_to_the_practice_are_never_a_clients_letters() -> None:
    assert {"notice_booked", "notice_changed", "notice_cancelled"} == NOTICES
