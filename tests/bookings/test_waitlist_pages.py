"""The pages of those who wait: join, see the place, say yes or no, leave; and the desk's list of them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.access import mint_entry_link
from bookings.models import Booking, Offer, Service, WaitlistEntry
from bookings.offers import review
from bookings.services import cancel
from clinic.people.models import Link, Practitioner
from tests import cast, make
from tests.bookings.test_waitlist import full, wait
from tests.cast import NOW

pytestmark = pytest.mark.django_db
JOIN = "/book/waitlist/?service=first"
WISHES = {
    "service": "first", "practitioner": "clara", "weekdays": ["0"], "parts": ["morning"], "until": "2027-02-08",
    "name": "Ada Byron", "email": "ada@example.org",
}  # fmt: skip
__all__ = ["full"]


@pytest.fixture
def entry(first: Service, full: Booking) -> WaitlistEntry:
    return wait(first)


@pytest.fixture
def address(entry: WaitlistEntry) -> str:
    return reverse("waitlist-entry", args=[mint_entry_link(entry, now=NOW)])


def page(browser: Browser, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_times_lead_to_the_list_and_joining_shows_the_place(client: Browser, full: Booking) -> None:
    assert 'href="/book/waitlist/?service=first&amp;practitioner=clara"' in page(
        client, "/book/times/?service=first&practitioner=clara"
    )
    html = client.post(JOIN, WISHES, follow=True).content.decode()

    assert "You are on the waiting list" in html
    assert "Monday" in html
    assert "write to ada@example.org" in html
    entry = WaitlistEntry.objects.get()
    assert (entry.weekdays, entry.parts, entry.practitioner) == ([0], ["morning"], cast.clara())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Enter your name."),
        ({"email": "ada"}, "Enter an email address like name@example.org."),
        ({"until": "2026-01-01"}, "Choose a date that is still to come"),
        ({"since": "soon"}, "Enter a date"),
        ({"weekdays": ["9"]}, "Choose from the list."),
        ({"practitioner": "nobody"}, "Choose a person from the list."),
        ({"service": "nothing"}, "Choose a session from the list."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_the_rest_is_kept(
    client: Browser, first: Service, change: dict[str, str], words: str
) -> None:
    html = client.post(JOIN, {**WISHES, **change}).content.decode()

    assert words in html
    assert "Error: " in html
    assert ("name" in change) or 'value="Ada Byron"' in html
    assert not WaitlistEntry.objects.exists()


def test_only_name_and_email_are_needed(client: Browser, first: Service) -> None:
    client.post(JOIN, {"service": "first", "name": "Ada Byron", "email": "ada@example.org"})

    entry = WaitlistEntry.objects.get()
    assert (entry.weekdays, entry.parts, entry.practitioner) == ([], [], None)


def test_several_services_are_asked_about(client: Browser, first: Service) -> None:
    make.offers(cast.clara(), make.service("short", name="Short session", minutes=45))

    html = page(client, "/book/waitlist/")
    assert "Which session?" in html
    assert "Short session" in html


def test_a_time_that_is_kept_is_shown_with_yes_and_no(
    client: Browser, full: Booking, entry: WaitlistEntry, address: str
) -> None:
    assert "You are on the waiting list" in page(client, address)
    cancel(booking=full, by="practice", now=NOW)

    html = page(client, address)
    assert "<strong>Monday 8 February at 10:00</strong> with Clara Weiss" in html
    assert "We keep it for you until Monday 1 February at 13:00." in html
    html = client.post(f"{address}accept/", follow=True).content.decode()
    assert "You are booked." in html
    assert Booking.objects.filter(client=cast.ada(), status="booked").exists()
    assert "You took a time" in page(client, address)


def test_no_thank_you_keeps_the_place(client: Browser, full: Booking, address: str) -> None:
    cancel(booking=full, by="practice", now=NOW)

    html = client.post(f"{address}decline/", follow=True).content.decode()
    assert "You keep your place on the list." in html
    assert Offer.objects.get().state == "declined"


def test_leaving_takes_one_press(client: Browser, address: str) -> None:
    html = client.post(f"{address}leave/", follow=True).content.decode()

    assert "You have left the waiting list." in html
    assert not WaitlistEntry.objects.waiting().exists()


def test_an_offer_that_is_over_says_so(
    client: Browser, full: Booking, address: str, clock: time_machine.Traveller
) -> None:
    cancel(booking=full, by="practice", now=NOW)
    clock.move_to(NOW + timedelta(hours=4))

    over = "The time that we kept for you, Monday 8 February at 10:00, is not kept any more."
    assert ("A time is kept for you" in page(client, address), over in page(client, address)) == (False, True)
    review(now=NOW + timedelta(hours=4))
    assert Offer.objects.get().state == "lapsed"
    assert over in page(client, address)
    html = client.post(f"{address}accept/", follow=True).content.decode()
    assert "This time is not kept for you any more." in html


def test_looking_changes_nothing_and_other_links_lead_nowhere(client: Browser, full: Booking, address: str) -> None:
    cancel(booking=full, by="practice", now=NOW)
    for part in ("accept/", "decline/", "leave/"):
        assert client.get(address + part).status_code == 405
    page(client, address)

    assert Offer.objects.get().state == "open"
    assert client.get(address)["Cache-Control"] == "no-store"
    Link.objects.update(purpose=Link.Purpose.BOOKING)
    assert client.get(address).status_code == 404


def test_the_desk_sees_who_waits_in_turn_and_takes_somebody_off(
    client: Browser, first: Service, entry: WaitlistEntry
) -> None:
    wait(first, "Cid Rey", now=NOW + timedelta(minutes=1))
    client.force_login(cast.fay())

    html = page(client, "/desk/waitlist/")
    assert html.index("Ada Byron") < html.index("Cid Rey")
    assert "Mondays" not in html
    html = client.post(f"/desk/waitlist/{entry.code}/remove/", follow=True).content.decode()
    assert "Ada Byron is off the waiting list." in html


def test_who_was_taken_off_can_be_put_back_in_the_same_place(
    client: Browser, first: Service, entry: WaitlistEntry
) -> None:
    wait(first, "Cid Rey", now=NOW + timedelta(minutes=1))
    client.force_login(cast.fay())
    client.post(f"/desk/waitlist/{entry.code}/remove/")
    html = client.post(f"/desk/waitlist/{entry.code}/put-back/", follow=True).content.decode()

    assert "Ada Byron waits again, in the same place." in html
    assert html.index("Ada Byron</a>") < html.index("Cid Rey</a>")
    client.post(f"/desk/waitlist/{entry.code}/remove/")
    wait(first, "Ada Byron")
    html = client.post(f"/desk/waitlist/{entry.code}/put-back/", follow=True).content.decode()
    assert "waits for the same session again already" in html


def test_a_practitioner_puts_back_only_whom_she_could_treat(client: Browser, entry: WaitlistEntry) -> None:
    client.force_login(cast.fay())
    client.post(f"/desk/waitlist/{entry.code}/remove/")
    client.force_login(cast.user_of(cast.dov()))

    assert client.post(f"/desk/waitlist/{entry.code}/put-back/").status_code == 404


def test_a_practitioner_sees_those_whom_she_could_treat(client: Browser, entry: WaitlistEntry) -> None:
    client.force_login(cast.user_of(cast.dov()))
    assert "Ada Byron" not in page(client, "/desk/waitlist/")
    assert client.post(f"/desk/waitlist/{entry.code}/remove/").status_code == 404

    client.force_login(cast.user_of(cast.clara()))
    assert "Ada Byron" in page(client, "/desk/waitlist/")


def test_a_stranger_is_sent_to_sign_in(client: Browser, first: Service) -> None:
    assert client.get("/desk/waitlist/").status_code == 302


def test_a_practice_that_is_full_says_until_when_and_offers_the_list(client: Browser, first: Service) -> None:
    assert "We are full" not in page(client, "/")
    for who in (cast.clara(), cast.dov()):
        who.time_off.create(starts_at=NOW, ends_at=NOW + timedelta(days=40))

    html = page(client, "/")
    assert "We are full until Saturday 13 March." in html
    assert 'href="/book/waitlist/"' in html
    assert "We are full until Saturday 13 March." in page(client, "/book/times/?service=first")

    for who in (cast.clara(), cast.dov()):
        who.working_hours.all().delete()
    assert "We are full just now." in page(client, "/")
    html = page(client, "/book/times/?service=first")
    assert "No free times" in html
    assert "Join the waiting list" in html


def test_the_landing_page_asks_as_often_for_many_people_as_for_one(client: Browser, first: Service) -> None:
    page(client, "/")
    with CaptureQueriesContext(connection) as few:
        page(client, "/")
    for number in range(3):
        make.offers(Practitioner.objects.create(slug=f"p{number}", name=f"P {number}"), first)
    with CaptureQueriesContext(connection) as many:
        page(client, "/")
    assert len(many) == len(few)
