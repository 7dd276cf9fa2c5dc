"""Ways to somebody else's health data that look innocent, and lead nowhere."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from time_machine import TimeMachineFixture

from bookings.models import Booking
from clinic.people import profile
from clinic.people.models import Client
from intake import consents
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW)
    make.practice()
    make.help_numbers()


def known_ada() -> Client:
    """Ada came last month, and told us about herself."""
    ada = cast.ada()
    Client.objects.update(created_at=NOW - timedelta(days=30), phone="020 7946 0001")
    profile.write(ada, {"birth_date": "1984-05-12", "doctor": "Dr Grey", "reach_notes": "never call at home"})
    consents.keep_answers(asked=make.intake_request(client=ada), now=NOW)
    make.touch_map(ada, pelvis="no")
    return ada


def book_as_ada(browser: Browser) -> Booking:
    make.offers(cast.clara(), make.service(is_online=True))
    held = browser.post("/book/times/?service=first", {"start": TEN.isoformat()})
    typed = {"name": "Ada Byron", "email": "ada@example.org", "phone": "020 7946 0999"}
    browser.post(held.headers["Location"], typed)
    return Booking.objects.get(client__name="Ada Byron")


@pytest.mark.parametrize("to", ["questions", "booking"])
def test_who_types_the_name_and_address_of_another_gets_no_link_to_their_pages(client: Browser, to: str) -> None:
    known_ada()
    booking = book_as_ada(client)

    answer = client.post(f"/book/done/{booking.code}/go-on/", {"to": to})

    assert answer.headers["Location"] == f"/book/done/{booking.code}/"
    assert "We have sent your links by email" in client.get(answer.headers["Location"]).content.decode()


def test_who_types_the_name_and_address_of_another_does_not_change_their_telephone(client: Browser) -> None:
    known_ada()
    book_as_ada(client)

    assert Client.objects.get(name="Ada Byron").phone == "020 7946 0001"


def test_a_new_client_goes_on_to_the_questions_at_once(client: Browser) -> None:
    booking = book_as_ada(client)

    answer = client.post(f"/book/done/{booking.code}/go-on/", {"to": "questions"})

    assert answer.headers["Location"].startswith("http://testserver/i/")


def test_a_practitioner_cannot_open_a_record_by_typing_whose_it_is() -> None:
    cast.treats(cast.clara(), known_ada())
    browser, dov = Browser(), cast.user_of(cast.dov())
    browser.force_login(dov)

    page = browser.post("/desk/book/", {"name": "Ada Byron", "email": "ada@example.org"}).content.decode()

    assert not Client.objects.visible_to(dov).exists()
    assert "This client is with somebody else here." in page
