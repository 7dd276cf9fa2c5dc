"""The private calendar feed: secret, taken back at once, initials unless she chooses names."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from bookings import feeds
from bookings.models import CalendarFeed, Service
from clinic.people.redaction import without_tokens
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Browser, first: Service) -> Browser:
    client.force_login(cast.user_of(cast.clara()))
    return client


def made(browser: Browser, shows: str = "initials") -> str:
    """The path of a new feed, as the page tells it."""
    html = browser.post(reverse("desk-feed", args=["clara"]), {"shows": shows}).content.decode()
    found = re.search(r'value="https?://[^/]+(/feed/[^"]+)"', html)
    assert found is not None
    return found[1]


def summaries(path: str) -> list[str]:
    response = Browser().get(path)
    assert response["Content-Type"].startswith("text/calendar")
    assert response["Cache-Control"] == "no-store"
    return [str(event["summary"]) for event in Calendar.from_ical(response.content).walk("VEVENT")]


def test_a_calendar_reads_her_sessions_by_initials(desk: Browser) -> None:
    make.booked(start=TEN)
    make.booking(cast.ben(), cast.dov(), starts_at=TEN)
    make.booking(cast.ben(), starts_at=TEN + timedelta(days=1), status="cancelled")

    assert summaries(made(desk)) == ["Appointment: A.B."]


def test_names_only_when_she_chooses_them(desk: Browser) -> None:
    make.booked(start=TEN)

    assert summaries(made(desk, "names")) == ["Appointment: Ada Byron"]


def test_the_times_are_those_that_were_agreed(desk: Browser) -> None:
    booking = make.booked(start=TEN)
    event = Calendar.from_ical(Browser().get(made(desk)).content).walk("VEVENT")[0]

    assert (event.decoded("dtstart"), event.decoded("dtend")) == (booking.starts_at, booking.ends_at)


def test_the_address_is_shown_once_and_kept_as_a_hash(desk: Browser) -> None:
    path = made(desk)
    token = path.removeprefix("/feed/").removesuffix(".ics")

    assert token not in desk.get(reverse("desk-feed", args=["clara"])).content.decode()
    assert token.encode() not in bytes(CalendarFeed.objects.get().digest)
    assert token not in without_tokens(f"GET {path} 200")


def test_a_new_address_ends_the_old_one_and_stop_ends_it_at_once(desk: Browser) -> None:
    old = made(desk)
    new = made(desk)
    assert [Browser().get(path).status_code for path in (old, new)] == [404, 200]

    desk.post(reverse("desk-feed-revoke", args=["clara"]))
    assert Browser().get(new).status_code == 404


def test_an_address_that_was_stopped_is_put_back_in_place_of_another(
    desk: Browser, clock: time_machine.Traveller
) -> None:
    old = made(desk)
    stopped = CalendarFeed.objects.get()
    new = made(desk)
    back = reverse("desk-feed-put-back", args=["clara", stopped.code])
    page = reverse("desk-feed", args=["clara"])
    html = desk.get(page).content.decode()
    assert (back in html, "To put one back stops the address that works now." in html) == (True, True)

    desk.post(back)
    assert [Browser().get(path).status_code for path in (old, new)] == [200, 404]
    desk.post(reverse("desk-feed-revoke", args=["clara"]))
    clock.shift(feeds.BACK_WITHIN + timedelta(minutes=1))
    desk.force_login(cast.user_of(cast.clara()))
    assert back not in desk.get(page).content.decode()
    assert "can no longer be put back" in desk.post(back, follow=True).content.decode()
    assert Browser().get(old).status_code == 404


def test_nobody_else_makes_or_stops_it(client: Browser, first: Service) -> None:
    for user in (cast.fay(), cast.user_of(cast.dov())):
        client.force_login(user)
        assert client.post(reverse("desk-feed", args=["clara"]), {"shows": "names"}).status_code == 404
        assert client.post(reverse("desk-feed-revoke", args=["clara"])).status_code == 404
        assert client.post(reverse("desk-feed-put-back", args=["clara", uuid4()])).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_without_a_choice_nothing_is_made(desk: Browser) -> None:
    html = desk.post(reverse("desk-feed", args=["clara"]), {"shows": "all"}).content.decode()

    assert "Choose from the list." in html
    assert not CalendarFeed.objects.exists()


def test_a_feed_takes_two_queries_for_any_number_of_sessions(
    first: Service, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token = feeds.make(practitioner=cast.clara(), shows_names=False, actor=cast.olu(), now=NOW)
    for number in range(3):
        make.booking(starts_at=TEN + timedelta(days=number))
        with django_assert_num_queries(2):
            feeds.written(feeds.follow(token), now=NOW)
