"""The calendar file: what a calendar reads out of it, in five zones."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Component

from bookings.ics import Appointment, cancel, publish, request
from clinic.people import wording

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
START = datetime(2027, 7, 5, 14, 30, tzinfo=UTC)
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"]


def appointment(**more: object) -> Appointment:
    known: dict[str, object] = {
        "uid": "one@example.org",
        "sequence": 1,
        "starts_at": START,
        "ends_at": START + timedelta(minutes=75),
        "zone": "Europe/London",
        "place": "1 High Street; second floor, left",
        "organizer": "hello@example.org",
        "organizer_name": "Stillpoint",
        "attendee": "ada@example.org",
        "attendee_name": "Ada Byron",
    }
    return Appointment(**{**known, **more})  # type: ignore[arg-type]


def read(content: bytes) -> tuple[Component, Component]:
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


@pytest.mark.parametrize("zone", ZONES)
def test_the_file_says_the_wall_time_of_the_letter_in_its_zone(zone: str) -> None:
    calendar, event = read(request(appointment(zone=zone), now=NOW))
    start = event.decoded("dtstart")

    assert start.astimezone(UTC) == START
    assert event["dtstart"].params["TZID"] == zone
    assert wording.day_time(start, ZoneInfo(zone)) == wording.day_time(START, ZoneInfo(zone))
    assert [each["tzid"] for each in calendar.walk("VTIMEZONE")] == [zone]
    assert event.decoded("dtend").astimezone(UTC) == START + timedelta(minutes=75)


def test_one_uid_for_life_and_a_sequence_that_rises_to_the_cancellation() -> None:
    _, booked = read(request(appointment(sequence=1), now=NOW))
    _, moved = read(request(appointment(sequence=2), now=NOW))
    calendar, gone = read(cancel(appointment(sequence=3), now=NOW))

    assert {each["uid"] for each in (booked, moved, gone)} == {"one@example.org"}
    assert [each["sequence"] for each in (booked, moved, gone)] == [1, 2, 3]
    assert (calendar["method"], gone["status"], booked["status"]) == ("CANCEL", "CANCELLED", "CONFIRMED")


def test_who_invites_and_who_is_invited() -> None:
    calendar, event = read(request(appointment(), now=NOW))

    assert calendar["method"] == "REQUEST"
    assert [str(event[who]).lower() for who in ("organizer", "attendee")] == [
        "mailto:hello@example.org",
        "mailto:ada@example.org",
    ]
    assert event["attendee"].params["RSVP"] == "FALSE"


def test_a_file_to_take_home_invites_nobody() -> None:
    calendar, event = read(publish(appointment(), now=NOW))

    assert calendar["method"] == "PUBLISH"
    assert "attendee" not in event


def test_the_title_is_neutral_and_nothing_is_described() -> None:
    _, event = read(request(appointment(), now=NOW))

    assert event["summary"] == "Appointment"
    assert "description" not in event


@pytest.mark.parametrize("nasty", ["A\r\nATTENDEE:MAILTO:evil@example.org", "x\nEND:VEVENT\nBEGIN:VEVENT", 'a";b=c:d'])
def test_nothing_typed_can_add_a_line(nasty: str) -> None:
    plain_calendar, plain = read(request(appointment(), now=NOW))
    calendar, event = read(request(appointment(place=nasty, attendee_name=nasty), now=NOW))

    assert len(event.property_items()) == len(plain.property_items())
    assert len(calendar.subcomponents) == len(plain_calendar.subcomponents)


def test_lines_are_folded_and_end_as_the_standard_says() -> None:
    content = request(appointment(place="a very long place " * 20), now=NOW)

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
