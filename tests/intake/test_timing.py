"""When the letters of intake are due: quiet hours, late bookings, both clock changes, bursts of flags."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.people.quiet import Quiet
from intake.timing import bursts, form_letters
from tests.cast import NOW

LONDON, ADELAIDE = ZoneInfo("Europe/London"), ZoneInfo("Australia/Adelaide")
ZONES = [LONDON, ADELAIDE, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def quiet(zone: ZoneInfo = LONDON) -> Quiet:
    return Quiet(time(20, 30), time(8), zone)


def due(asked_at: datetime, needed_at: datetime, zone: ZoneInfo = LONDON) -> dict[str, datetime]:
    return {d.kind: d.due_at for d in form_letters(asked_at=asked_at, needed_at=needed_at, quiet=quiet(zone))}


def test_a_far_booking_gets_the_letter_a_week_before_and_a_nudge_three_days_before() -> None:
    needed = NOW + timedelta(days=20)

    assert due(NOW, needed) == {
        "m01_form": needed - timedelta(days=7),
        "m02_form_nudge": needed - timedelta(days=3),
    }


def test_exactly_a_week_ahead_is_not_far() -> None:
    assert due(NOW, NOW + timedelta(days=7)).keys() == {"m02_form_nudge"}
    assert due(NOW, NOW + timedelta(days=7, seconds=1)).keys() == {"m01_form", "m02_form_nudge"}


def test_a_late_booking_drops_what_was_due_before_it_and_soon_after_it() -> None:
    assert due(NOW, NOW + timedelta(days=3, hours=23)) == {}
    assert due(NOW, NOW + timedelta(hours=30)) == {}
    assert due(NOW, NOW + timedelta(days=4)).keys() == {"m02_form_nudge"}


def test_a_letter_from_the_evening_waits_for_the_morning() -> None:
    evening = datetime(2027, 2, 20, 20, 45, tzinfo=UTC)

    assert due(NOW, evening)["m01_form"] == datetime(2027, 2, 14, 8, 0, tzinfo=UTC)


def test_the_edges_of_the_quiet_hours() -> None:
    day = datetime(2027, 2, 10, tzinfo=UTC)

    assert quiet().later(day.replace(hour=20, minute=29)) == day.replace(hour=20, minute=29)
    assert quiet().later(day.replace(hour=20, minute=30)) == day.replace(day=11, hour=8)
    assert quiet().later(day.replace(hour=7, minute=59)) == day.replace(hour=8)
    assert quiet().later(day.replace(hour=8)) == day.replace(hour=8)


@pytest.mark.parametrize(("night", "morning"), [("2027-03-28", "2027-03-28T07:00"), ("2027-10-31", "2027-10-31T08:00")])
def test_eight_o_clock_is_eight_o_clock_on_both_clock_changes(night: str, morning: str) -> None:
    start = datetime.fromisoformat(f"{night}T00:30").replace(tzinfo=UTC)

    assert quiet().later(start) == datetime.fromisoformat(morning).replace(tzinfo=UTC)


@given(moment=moments, zone=st.sampled_from(ZONES))
def test_nothing_is_ever_due_in_the_quiet_hours_and_never_earlier(moment: datetime, zone: ZoneInfo) -> None:
    found = quiet(zone).later(moment)
    local = found.astimezone(zone).time()

    assert time(8) <= local < time(20, 30)
    assert moment <= found <= moment + timedelta(hours=13)


@given(ahead=st.timedeltas(timedelta(0), timedelta(days=90)), zone=st.sampled_from(ZONES))
def test_every_letter_leaves_after_the_booking_and_can_still_be_in_time(ahead: timedelta, zone: ZoneInfo) -> None:
    for letter in form_letters(asked_at=NOW, needed_at=NOW + ahead, quiet=quiet(zone)):
        assert NOW < letter.due_at < letter.not_after < NOW + ahead


def test_answers_close_together_make_one_letter() -> None:
    at = [NOW + timedelta(minutes=minutes) for minutes in (0, 10, 70, 71)]

    assert bursts([(moment, True) for moment in at], gap=timedelta(hours=1)) == [at[0], at[2]]


def test_a_burst_in_which_nothing_waits_any_more_makes_none() -> None:
    later = NOW + timedelta(hours=3)

    assert bursts([(NOW, False), (later, False), (later, True)], gap=timedelta(hours=1)) == [later]
    assert bursts([(NOW, False)], gap=timedelta(hours=1)) == []
