"""The pages behind the link in a letter: look, cancel, undo, move, calendar file."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from bookings.access import mint_link
from bookings.models import Booking, Service
from bookings.said import reason_of
from bookings.services import cancel
from clinic.people.models import Link
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(first: Service) -> Booking:
    return make.booked(start=TEN)


@pytest.fixture
def address(booking: Booking) -> str:
    return reverse("booking-manage", args=[mint_link(booking, now=NOW)])


def page(browser: Browser, address: str) -> str:
    response = browser.get(address, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_the_booking_shows_its_facts_and_what_may_be_done(client: Browser, address: str) -> None:
    html = page(client, address)

    assert "Monday 8 February at 10:00 (London time)" in html
    assert all(words in html for words in ("Answer the questions", "Add to calendar", "Move to another time", "Cancel"))


@pytest.mark.parametrize("name", ["manage", "cancel", "move", "ics"])
def test_a_link_that_is_unknown_or_over_leads_nowhere(client: Browser, booking: Booking, name: str) -> None:
    token = mint_link(booking, now=NOW)
    Link.objects.update(expires_at=NOW)

    assert client.get(reverse(f"booking-{name}", args=["x" * 43])).status_code == 404
    assert client.get(reverse(f"booking-{name}", args=[token])).status_code == 404


def test_reading_any_page_changes_nothing(client: Browser, booking: Booking, address: str) -> None:
    before = (Booking.objects.values().get(), Link.objects.count())
    for part in ("", "cancel/", "move/", "appointment.ics"):
        for method in (client.get, client.head, client.options):
            method(address + part)

    assert client.get(f"{address}undo/").status_code == 405
    assert client.get(f"{address}questions/").status_code == 405
    assert (Booking.objects.values().get(), Link.objects.count()) == before


def test_cancelling_asks_once_with_keep_first_and_can_be_undone(
    client: Browser, booking: Booking, address: str
) -> None:
    html = page(client, f"{address}cancel/")
    assert html.index("Keep my session") < html.index("Cancel this session")

    html = client.post(f"{address}cancel/", {"reason": "unwell"}, follow=True).content.decode()
    assert "Your booking is cancelled" in html
    booking.refresh_from_db()
    assert (booking.status, reason_of(booking)) == ("cancelled", "unwell")
    assert b"unwell" not in bytes(booking.sealed_reason)

    html = client.post(f"{address}undo/", follow=True).content.decode()
    assert "Your session is on again." in html
    booking.refresh_from_db()
    assert booking.status == "booked"


def test_a_reason_is_not_needed_and_a_strange_one_is_refused(client: Browser, booking: Booking, address: str) -> None:
    assert client.post(f"{address}cancel/", {"reason": "aliens"}).status_code == 200
    booking.refresh_from_db()
    assert booking.status == "booked"

    client.post(f"{address}cancel/")
    booking.refresh_from_db()
    assert booking.status == "cancelled"


def test_the_undo_is_offered_for_fifteen_minutes_only(
    client: Browser, booking: Booking, address: str, clock: time_machine.Traveller
) -> None:
    cancel(booking=booking, by="client", now=NOW)
    clock.move_to(NOW + timedelta(minutes=16))

    assert "Undo" not in page(client, address)
    assert "too late" in client.post(f"{address}undo/", follow=True).content.decode()


def test_inside_the_cut_off_the_page_says_call_us(
    client: Browser, booking: Booking, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(TEN - timedelta(hours=23))
    html = page(client, address)

    assert "Call us to change it" in html
    assert "tel:02079460000" in html
    assert "Move to another time" not in html
    assert "too close" in client.post(f"{address}cancel/", follow=True).content.decode()
    assert client.get(f"{address}move/")["Location"] == address
    booking.refresh_from_db()
    assert booking.status == "booked"


def test_a_session_that_has_begun_offers_to_book_again(
    client: Browser, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(TEN)

    assert "Book again" in page(client, address)


def test_moving_shows_old_and_new_before_it_is_done(client: Browser, booking: Booking, address: str) -> None:
    html = page(client, f"{address}move/?from=2027-02-08")
    assert "Your time now: <strong>Monday 8 February at 10:00</strong>" in html
    assert f'method="get" action="{address}move/to/"' in html
    assert "Monday 8 February at 10:00" not in html[html.index("first free time") :]
    assert ('value="2027-02-08T10:00Z"' in html, 'value="2027-02-08T10:30Z"' in html) == (False, True)

    html = page(client, f"{address}move/to/?start=2027-02-08T10:30Z")
    assert html.index("Monday 8 February at 10:00") < html.index("<strong>Monday 8 February at 10:30</strong>")
    booking.refresh_from_db()
    assert booking.starts_at == TEN

    html = client.post(f"{address}move/to/", {"start": "2027-02-08T10:30Z"}, follow=True).content.decode()
    assert "Your session has moved." in html
    booking.refresh_from_db()
    assert (booking.starts_at, booking.practitioner) == (TEN + timedelta(minutes=30), cast.clara())


@pytest.mark.parametrize("start", ["2027-02-08T10:07Z", "2027-02-08T12:00Z", "2027-02-08T10:00Z", "never"])
def test_a_move_to_a_time_that_cannot_be_had_keeps_the_old_one(
    client: Browser, booking: Booking, address: str, start: str
) -> None:
    make.booked("Ben Okri", start=TEN + timedelta(hours=2), visitor="ben")

    response = client.post(f"{address}move/to/", {"start": start})
    assert response.status_code == 409
    assert "There is a problem" in response.content.decode()
    booking.refresh_from_db()
    assert booking.starts_at == TEN


def test_a_move_that_came_too_late_is_shown_the_nearest_times(client: Browser, booking: Booking, address: str) -> None:
    make.booked("Ben Okri", start=TEN + timedelta(hours=2), visitor="ben")

    html = client.post(f"{address}move/to/", {"start": "2027-02-08T12:00Z"}).content.decode()
    assert "These are the nearest free times." in html
    assert 'name="start" value="2027-02-08T10:30Z">Monday 8 February at 10:30</button>' in html


def test_a_move_can_be_undone_for_fifteen_minutes(
    client: Browser, booking: Booking, address: str, clock: time_machine.Traveller
) -> None:
    client.post(f"{address}move/to/", {"start": "2027-02-08T13:30Z"})
    assert "Undo: back to Monday 8 February at 10:00" in page(client, address)

    html = client.post(f"{address}move/undo/", follow=True).content.decode()
    assert "Your session is on Monday 8 February at 10:00." in html
    assert "Undo" not in page(client, address)
    booking.refresh_from_db()
    assert (booking.starts_at, booking.version) == (TEN, 3)

    client.post(f"{address}move/to/", {"start": "2027-02-08T13:30Z"})
    clock.move_to(NOW + timedelta(minutes=16))
    assert "Undo" not in page(client, address)
    assert "too late" in client.post(f"{address}move/undo/", follow=True).content.decode()


def test_a_move_whose_old_time_was_taken_cannot_be_undone(client: Browser, booking: Booking, address: str) -> None:
    client.post(f"{address}move/to/", {"start": "2027-02-08T13:30Z"})
    make.booked("Ben Okri", start=TEN, visitor="ben")

    assert "just been taken" in client.post(f"{address}move/undo/", follow=True).content.decode()
    booking.refresh_from_db()
    assert booking.starts_at == TEN + timedelta(hours=3, minutes=30)


def test_a_lost_answer_is_given_again_and_does_not_move_it_twice(
    client: Browser, booking: Booking, address: str
) -> None:
    page(client, f"{address}move/to/?start=2027-02-08T10:30Z")  # a form to send: the browser gets its secret
    first, key = {"start": "2027-02-08T10:30Z"}, {"form_key": "6a2f2c2e-0c1e-4b8e-9c55-0d5d2a3c7b11"}
    lost = client.post(f"{address}move/to/", {**first, **key})
    client.post(f"{address}move/to/", {"start": "2027-02-08T13:30Z"})

    assert client.post(f"{address}move/to/", {**first, **key})["Location"] == lost["Location"]
    assert client.post(f"{address}move/to/", {"start": "2027-02-08T15:30Z", **key}).status_code == 422
    booking.refresh_from_db()
    assert booking.starts_at == TEN + timedelta(hours=3, minutes=30)


def test_calendars_on_the_web_are_plain_links_with_a_neutral_title(
    client: Browser, booking: Booking, address: str
) -> None:
    html = page(client, address)

    assert "https://calendar.google.com/calendar/render?action=TEMPLATE&amp;text=Appointment" in html
    assert "dates=20270208T100000Z%2F20270208T111500Z" in html
    assert "subject=Appointment" in html
    assert "startdt=2027-02-08T10%3A00%3A00%2B00%3A00" in html


def test_the_questions_open_at_a_press(client: Browser, address: str) -> None:
    assert "/i/" in client.post(f"{address}questions/")["Location"]


def test_the_calendar_file_can_be_taken(client: Browser, address: str) -> None:
    response = client.get(f"{address}appointment.ics")

    assert response["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert b"DTSTART;TZID=Europe/London:20270208T100000" in response.content
