"""Why a time is not free: every rule that forbids it, named for each practitioner."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Service, TimeOff
from tests import cast, make
from tests.make import TEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Browser, first: Service) -> Browser:
    client.force_login(cast.fay())
    return client


def why(browser: Browser, **asked: str) -> str:
    given = {"service": "first", "practitioner": "clara", "on": "2027-02-08", "at": "10:00", **asked}
    return browser.get(reverse("desk-why"), given).content.decode()


def test_a_free_time_is_said_to_be_free(desk: Browser) -> None:
    assert "Clients can book First session then." in why(desk)


def test_every_rule_that_forbids_it_is_named(desk: Browser) -> None:
    make.booking(cast.ben(), starts_at=TEN)
    TimeOff.objects.create(practitioner=cast.clara(), starts_at=TEN, ends_at=TEN + timedelta(hours=1))
    html = why(desk, at="10:05")

    assert "Clients cannot book First session then." in html
    assert "Times start on a grid of 15 minutes." in html
    assert "This meets time off." in html
    assert "Another booking or its buffer is in the way." in html
    assert "outside the open hours" not in html


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"at": "20:00"}, "This is outside the open hours."),
        ({"on": "2027-02-01"}, "This is too soon: the practice asks for more notice."),
        ({"on": "2028-02-01"}, "This is further ahead than bookings are open."),
        ({"service": "hidden"}, "it is not offered online"),
        ({"service": "rare"}, "Clara Weiss does not offer Rare."),
    ],
)
def test_each_rule_by_itself(desk: Browser, asked: dict[str, str], words: str) -> None:
    make.offers(cast.clara(), make.service("hidden", name="Hidden", is_online=False))
    make.service("rare", name="Rare")

    assert words in why(desk, **asked)


def test_anyone_is_answered_for_each_practitioner(desk: Browser) -> None:
    make.booking(cast.ben(), starts_at=TEN)
    html = why(desk, practitioner="")

    assert "Clients can book First session then." in html
    assert "<h3>Clara Weiss</h3><ul>" in html
    assert "<h3>Dov Levi</h3><p>Free" in html


def test_a_time_that_the_clocks_skip_is_said_to_be_another(desk: Browser) -> None:
    assert "The clocks skip the time that you wrote." in why(desk, on="2027-03-28", at="01:30")


def test_before_anything_is_asked_there_is_a_form_and_bad_input_is_named(desk: Browser) -> None:
    assert 'value="2027-02-08"' in desk.get(reverse("desk-why"), {"on": "2027-02-08"}).content.decode()
    html = why(desk, on="soon", at="", service="none")
    assert all(words in html for words in ("Enter a date, for example", "Enter a time.", "Choose from the list."))
