"""A booking in the client's own calendar: file, letter and page agree, in five zones, from booking to cancellation."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.urls import reverse
from icalendar import Calendar, Component

from bookings.access import mint_link
from bookings.calendar_files import web_links
from bookings.models import Booking, Service
from bookings.services import cancel, move, undo_cancel
from clinic.outbox.registry import KINDS, Mail
from clinic.people import wording
from clinic.people.models import Practice, Practitioner
from tests import cast, make
from tests.cast import NOW

pytestmark = pytest.mark.django_db
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"]
LATER = NOW + timedelta(minutes=20)


def written(kind: str, booking: Booking, now: datetime) -> tuple[Mail, str, Component]:
    """The letter, the method of its file, and the event in it."""
    mail = KINDS[kind].write(booking.code, now)
    assert isinstance(mail, Mail), mail
    assert mail.ics is not None, f"{kind} carries no calendar file"
    calendar = Calendar.from_ical(mail.ics.content)
    (event,) = calendar.walk("VEVENT")
    assert calendar["method"] == mail.ics.method
    return mail, mail.ics.method, event


def booked_in(zone: str, wall: str = "2027-02-09T10:00") -> Booking:
    """Tuesday at ten on the practitioner's wall clock."""
    Practitioner.objects.update(timezone=zone)
    Practice.objects.update(timezone=zone)
    start = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return make.booked(start=start)


@pytest.mark.parametrize("zone", ZONES)
def test_file_letter_and_page_say_the_same(client: Browser, first: Service, zone: str) -> None:
    booking = booked_in(zone)
    page = client.get(reverse("booking-manage", args=[mint_link(booking, now=NOW)])).content.decode()

    for kind, now in (
        ("m00_booked", NOW),
        ("m03_expect", booking.starts_at - timedelta(hours=48)),
        ("m04_tomorrow", booking.starts_at - timedelta(hours=24)),
    ):
        mail, method, event = written(kind, booking, now)
        start = event.decoded("dtstart")
        assert (method, event["dtstart"].params["TZID"], event["sequence"]) == ("REQUEST", zone, 1)
        assert start.astimezone(UTC) == booking.starts_at
        assert f"{start:%H:%M}" == "10:00"
        said = "tomorrow at 10:00" if kind == "m04_tomorrow" else wording.day_time(start, start.tzinfo)
        assert said in mail.text
        assert said in mail.html
        assert f"{wording.day(start, start.tzinfo)}, {wording.time(start, start.tzinfo)}" in mail.subject
        assert f"{wording.day_time(start, start.tzinfo)} ({wording.zone_name(zone)} time)" in page
        assert event["summary"] == "Appointment"


@pytest.mark.parametrize("zone", ZONES)
def test_uid_and_sequence_from_booking_to_cancellation_and_back(first: Service, zone: str) -> None:
    booking = booked_in(zone)
    _, _, one = written("m00_booked", booking, NOW)
    booking = move(booking=booking, start=booking.starts_at + timedelta(minutes=30), by="client", now=LATER)
    _, _, two = written("booking_moved", booking, LATER)
    _, _, reminder = written("m04_tomorrow", booking, booking.starts_at - timedelta(hours=24))
    booking = cancel(booking=booking, by="client", now=LATER)
    _, method, three = written("cancelled_by_client", booking, LATER)
    booking = undo_cancel(booking=booking, now=LATER)
    _, _, four = written("booking_restored", booking, LATER)

    assert [each["sequence"] for each in (one, two, reminder, three, four)] == [1, 2, 2, 3, 4]
    assert len({each["uid"] for each in (one, two, reminder, three, four)}) == 1
    assert (method, three["status"]) == ("CANCEL", "CANCELLED")
    assert str(one["uid"]).startswith(str(booking.code))


def test_the_practices_cancellation_takes_it_out_of_the_calendar_too(first: Service) -> None:
    booking = cancel(booking=booked_in("Europe/London"), by="practice", now=LATER)
    _, method, event = written("cancelled_by_practice", booking, LATER)

    assert (method, event["sequence"]) == ("CANCEL", 2)


def test_the_addresses_of_calendars_on_the_web_name_the_same_instants_and_nobody(first: Service) -> None:
    booking = booked_in("America/Santiago", "2027-02-09T10:00")
    (_, google), (_, outlook) = web_links(booking)

    asked = parse_qs(urlsplit(google).query)
    assert asked["dates"] == ["20270209T130000Z/20270209T141500Z"]
    assert asked["text"] == parse_qs(urlsplit(outlook).query)["subject"] == ["Appointment"]
    begins = datetime.fromisoformat(parse_qs(urlsplit(outlook).query)["startdt"][0])
    assert begins == booking.starts_at
    for address in (google, outlook):
        assert "ada" not in address.lower()
        assert cast.ada().code.hex not in address
