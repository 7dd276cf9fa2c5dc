"""The desk's page of one booking and its buttons: who may, what happens, and the way back."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Booking, Service
from bookings.services import cancel
from clinic.outbox.models import Message
from clinic.people.models import Practitioner, User
from tests import cast, make
from tests.make import TEN

pytestmark = pytest.mark.django_db
BUTTONS = ["arrive", "undo-arrive", "missed", "undo-missed", "cancel", "undo-cancel"]


@pytest.fixture
def booking(first: Service) -> Booking:
    return make.booked(start=TEN)


def login_of(practitioner: Practitioner) -> User:
    assert practitioner.user is not None
    return practitioner.user


def press(browser: Browser, booking: Booking, button: str) -> str:
    response = browser.post(reverse(f"desk-booking-{button}", args=[booking.code]))
    assert response.status_code == 302
    booking.refresh_from_db()
    return booking.status


def test_the_page_shows_facts_form_and_letters(client: Browser, booking: Booking) -> None:
    client.force_login(cast.fay())
    html = client.get(reverse("desk-booking", args=[booking.code])).content.decode()

    assert all(
        words in html for words in ("Ada Byron", "First session", "Clara Weiss", "Not started", "What to expect")
    )


def test_a_stranger_signs_in_first_and_the_wrong_practitioner_finds_nothing(client: Browser, booking: Booking) -> None:
    addresses = [reverse("desk-booking", args=[booking.code])]
    buttons = [reverse(f"desk-booking-{each}", args=[booking.code]) for each in BUTTONS]
    for address in addresses:
        assert "/accounts/login/" in client.get(address)["Location"]
    for address in buttons:
        assert "/accounts/login/" in client.post(address)["Location"]

    client.force_login(login_of(cast.dov()))
    assert [client.get(each).status_code for each in addresses] == [404]
    assert {client.post(each).status_code for each in buttons} == {404}
    looked_at = {button: client.get(each).status_code for button, each in zip(BUTTONS, buttons, strict=True)}
    assert looked_at == dict.fromkeys(BUTTONS, 405) | {"cancel": 404}  # its page says first what it will do


def test_arrived_and_its_undo(client: Browser, booking: Booking) -> None:
    client.force_login(cast.fay())

    assert press(client, booking, "arrive") == "arrived"
    assert press(client, booking, "undo-arrive") == "booked"


def test_missed_and_its_undo(client: Browser, booking: Booking, clock: time_machine.Traveller) -> None:
    client.force_login(login_of(cast.clara()))
    assert press(client, booking, "missed") == "booked"
    clock.move_to(TEN + timedelta(minutes=20))
    client.force_login(login_of(cast.clara()))

    assert press(client, booking, "missed") == "missed"
    assert press(client, booking, "undo-missed") == "booked"


def test_cancelling_tells_the_client_and_can_be_undone(client: Browser, booking: Booking) -> None:
    client.force_login(cast.fay())

    assert press(client, booking, "cancel") == "cancelled"
    assert Message.objects.filter(kind="cancelled_by_practice", status="queued", client=cast.ada()).exists()
    assert press(client, booking, "undo-cancel") == "booked"


def test_before_cancelling_the_page_says_what_it_will_do_and_does_nothing(client: Browser, booking: Booking) -> None:
    client.force_login(cast.fay())
    page = reverse("desk-booking-cancel", args=[booking.code])
    html = client.get(page).content.decode()
    assert "We write to Ada that the practice had to cancel." in html
    assert "letters about it that wait to be sent do not go" in html
    booking.refresh_from_db()
    assert booking.status == "booked"

    client.post(page)
    assert client.get(page)["Location"] == reverse("desk-booking", args=[booking.code])


def test_the_desk_may_take_a_cancellation_back_until_the_session(
    client: Browser, booking: Booking, clock: time_machine.Traveller
) -> None:
    client.force_login(cast.fay())
    press(client, booking, "cancel")
    clock.move_to(TEN - timedelta(minutes=1))
    client.force_login(cast.fay())
    assert "Undo: keep the booking" in client.get(reverse("desk-booking", args=[booking.code])).content.decode()
    assert press(client, booking, "undo-cancel") == "booked"

    press(client, booking, "cancel")
    clock.move_to(TEN)
    client.force_login(cast.fay())
    assert press(client, booking, "undo-cancel") == "cancelled"


def test_why_a_client_cancelled_is_for_those_who_see_health(client: Browser, booking: Booking) -> None:
    cancel(booking=booking, by="client", reason="unwell", now=cast.NOW)
    page = reverse("desk-booking", args=[booking.code])

    for user, is_shown in [(login_of(cast.clara()), True), (cast.olu(), True), (cast.fay(), False)]:
        client.force_login(user)
        assert ("I am not well" in client.get(page).content.decode()) is is_shown


def test_while_an_answer_waits_the_page_says_so_and_nobody_arrives(client: Browser, booking: Booking) -> None:
    make.flags(cast.ada(), "c_jaw_locked")
    client.force_login(cast.fay())
    page = reverse("desk-booking", args=[booking.code])

    assert "waits for a decision" in client.get(page).content.decode()
    assert press(client, booking, "arrive") == "booked"
    assert "An answer waits for a decision." in client.get(page).content.decode()


def test_a_press_goes_back_to_the_page_it_was_made_on_but_never_off_the_site(client: Browser, booking: Booking) -> None:
    client.force_login(cast.fay())
    address = reverse("desk-booking-arrive", args=[booking.code])
    own = reverse("desk-booking", args=[booking.code])

    back = client.post(address, headers={"referer": "http://testserver/desk/today/"})
    assert back["Location"] == "http://testserver/desk/today/"
    assert client.post(address, {"next": "/desk/"})["Location"] == "/desk/"
    assert client.post(address, {"next": "https://evil.example/"})["Location"] == own


def test_the_front_desk_page_has_no_clinical_words(client: Browser, booking: Booking) -> None:
    make.flags(cast.ada(), "c_jaw_locked")
    client.force_login(cast.fay())
    html = client.get(reverse("desk-booking", args=[booking.code])).content.decode().lower()

    assert "jaw" not in html
