"""The index of settings for each role, and the list of clients to phone."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from clinic.outbox.draining import TOO_LATE, drain
from clinic.outbox.models import Message
from clinic.people.matching import create_client
from clinic.people.models import Client, HelpNumber
from tests import cast, make
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        make.practice()
        yield


def page(browser: Browser, name: str) -> str:
    response = browser.get(reverse(name))
    assert response.status_code == 200
    return response.content.decode()


def test_each_role_finds_what_it_may_change(client: Browser) -> None:
    cast.dov()
    client.force_login(cast.olu())
    owner = page(client, "desk-settings")
    client.force_login(cast.user_of(cast.clara()))
    practitioner = page(client, "desk-settings")
    client.force_login(cast.fay())
    front = page(client, "desk-settings")

    assert reverse("desk-hours", args=["dov"]) in owner
    assert reverse("desk-policies") in owner
    assert reverse("desk-hours", args=["clara"]) in practitioner
    assert reverse("desk-hours", args=["dov"]) not in practitioner
    assert reverse("desk-policies") not in practitioner
    assert reverse("desk-to-phone") in front
    assert "Weekly hours" not in front


def test_the_owner_is_told_of_numbers_to_check(client: Browser) -> None:
    client.force_login(cast.olu())

    assert "To check</span>" in page(client, "desk-settings")


def test_the_owners_day_says_that_numbers_are_old_until_somebody_looks_them_up(client: Browser) -> None:
    make.help_numbers()
    client.force_login(cast.fay())
    assert "look them up again" not in page(client, "today")
    client.force_login(cast.olu())
    assert "look them up again" in page(client, "today")
    assert "look them up again" not in client.get(reverse("today") + "?day=2020-01-01").content.decode()

    HelpNumber.objects.update(verified_on=NOW.date())
    assert "look them up again" not in page(client, "today")
    assert "To check</span>" not in page(client, "desk-settings")


def withheld(client: Client) -> Message:
    """A letter that found no address."""
    letter = make.message("m03_expect", client=client)
    Message.objects.filter(code=letter.code).update(
        status="withheld", outcome="There is no e-mail address we may write to. Please phone."
    )
    return letter


def nobody(name: str = "Zoe Tall") -> Client:
    return create_client(name=name, email="", phone="020 7946 0011", duplicate_of=None, now=NOW)


def test_a_letter_without_an_address_becomes_a_call_that_can_be_ticked_off_and_back(client: Browser) -> None:
    letter = withheld(nobody())
    client.force_login(cast.fay())
    assert "020 7946 0011" in page(client, "desk-to-phone")

    done = reverse("desk-phoned", args=[letter.code])
    client.post(done)
    assert "Nothing needs a person." in page(client, "desk-to-phone")
    client.post(done, {"undo": "1"})
    assert "Seen to<span" in page(client, "desk-to-phone")


def test_a_client_without_a_phone_number_is_not_to_be_phoned(client: Browser) -> None:
    letter = withheld(create_client(name="Zoe Tall", email="", phone="", duplicate_of=None, now=NOW))
    Message.objects.filter(code=letter.code).update(status="missed", outcome=TOO_LATE)
    client.force_login(cast.fay())

    text = page(client, "desk-to-phone")

    assert "Tell them if they still need to know. There is no phone number: do it when you see them." in text


def test_what_the_night_shift_withholds_is_on_the_list(client: Browser) -> None:
    make.booking(zoe := nobody(), starts_at=NOW + timedelta(hours=40))
    make.message("sign_in_code")
    letter = make.message("m00_booked", client=zoe, about=zoe.bookings.get().code)
    drain(now=NOW)

    letter.refresh_from_db()
    assert letter.status == "withheld"
    client.force_login(cast.fay())
    assert "Zoe Tall" in page(client, "desk-to-phone")


def test_a_practitioner_phones_her_own_clients_only(client: Browser) -> None:
    letter = withheld(nobody())
    client.force_login(cast.user_of(cast.clara()))

    assert "Nothing needs a person." in page(client, "desk-to-phone")
    assert client.post(reverse("desk-phoned", args=[letter.code])).status_code == 404


def test_a_letter_that_was_sent_cannot_be_ticked_off(client: Browser) -> None:
    letter = make.message("m03_expect", client=nobody())
    client.force_login(cast.fay())

    assert client.post(reverse("desk-phoned", args=[letter.code])).status_code == 404


def test_the_list_takes_as_many_queries_for_one_call_as_for_three(
    client: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.fay())
    for number in range(3):
        withheld(nobody(f"Zoe {number}"))
        with django_assert_num_queries(7):
            page(client, "desk-to-phone")
