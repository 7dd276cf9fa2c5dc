"""Times in words, also on the night when an hour comes twice."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from clinic.people import wording

LONDON = ZoneInfo("Europe/London")


def test_a_day_and_a_time() -> None:
    assert wording.day_time(datetime(2026, 11, 24, 9, 5, tzinfo=UTC), LONDON) == "Tuesday 24 November at 9:05"


def test_the_repeated_hour_says_which_one() -> None:
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)

    assert [wording.time(moment, LONDON) for moment in (first, second)] == ["1:30 (UTC+1)", "1:30 (UTC+0)"]


def test_the_spring_gap_is_not_called_repeated() -> None:
    assert wording.time(datetime(2027, 3, 28, 1, 30, tzinfo=UTC), LONDON) == "2:30"


def test_offsets_of_odd_zones() -> None:
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    zones = ["Asia/Kathmandu", "America/St_Johns", "UTC"]

    assert [wording.offset(moment.astimezone(ZoneInfo(zone))) for zone in zones] == ["UTC+5:45", "UTC-3:30", "UTC+0"]


def test_a_zone_by_its_city() -> None:
    assert wording.zone_name("America/Argentina/Buenos_Aires") == "Buenos Aires"
