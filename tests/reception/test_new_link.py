"""A new link goes to the address that booked, and nobody learns whether it did."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from time_machine import TimeMachineFixture

from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.people import clock
from tests import cast, make
from tests.cast import NOW
from tests.mailbox import Mailbox, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW)
    make.practice()


def ask(client: Browser, email: str = "ada@example.org") -> str:
    response = client.post("/new-link/", {"email": email})
    return response.headers["Location"]


def test_the_links_arrive_and_open_the_booking(client: Browser, mailbox: Mailbox) -> None:
    make.session(starts_at=NOW + timedelta(days=2))
    ask(client)
    drain(now=clock.now())

    (mail,) = mailbox.mails
    address = text_of(mail).split("see this booking: http://testserver")[1].split()[0]

    assert mail["Subject"] == "Your links"
    assert client.get(address).status_code == 200


def test_an_unknown_address_sees_the_same_and_gets_nothing(client: Browser, mailbox: Mailbox) -> None:
    make.session(starts_at=NOW + timedelta(days=2))

    assert ask(client, "nobody@example.org") == ask(client)
    drain(now=clock.now())
    assert [mail["To"] for mail in mailbox.mails] == ["ada@example.org"]


def test_past_and_cancelled_bookings_have_no_new_link(client: Browser, mailbox: Mailbox) -> None:
    cast.ada()
    make.session(starts_at=NOW - timedelta(days=2))
    make.session(starts_at=NOW + timedelta(days=2), status="cancelled")
    ask(client)

    drain(now=clock.now())

    assert mailbox.mails == []


def test_nobody_can_flood_an_address(client: Browser) -> None:
    for _ in range(5):
        ask(client)

    assert Message.objects.filter(kind="new_link").count() == 3


def test_a_wrong_address_is_told_and_kept(client: Browser) -> None:
    text = client.post("/new-link/", {"email": "not an address"}).content.decode()

    assert "Enter an email address like name@example.org." in text
    assert 'value="not an address"' in text
