"""The desk's calendar: the week and the day, as a table and as a list, for each role."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from bookings.models import Service, TimeOff
from tests import cast, make
from tests.make import TEN

pytestmark = pytest.mark.django_db
WEEK = {"day": "2027-02-10", "who": ""}


@pytest.fixture
def desk(client: Browser, first: Service) -> Browser:
    """A browser in which the front desk is signed in."""
    client.force_login(cast.fay())
    return client


def page(browser: Browser, **asked: str) -> str:
    response = browser.get(reverse("desk-calendar"), {**WEEK, **asked})
    assert response.status_code == 200
    return response.content.decode()


def test_the_week_shows_each_session_once_in_the_table_and_once_in_the_list(desk: Browser) -> None:
    booking = make.booked(start=TEN)
    html = page(desk)

    assert html.count(reverse("desk-booking", args=[booking.code])) == 2
    assert "8 February" in html
    assert "1 session." in html
    assert '<th scope="row">10:00</th>' in html


def test_an_empty_week_shows_the_hours(desk: Browser) -> None:
    assert page(desk).count("9:00 to 17:00") >= 7


def test_it_opens_on_this_week_and_goes_to_any_date(desk: Browser) -> None:
    assert "1 February" in desk.get(reverse("desk-calendar")).content.decode()
    assert "31 December" in page(desk, day="2029-12-31")
    assert "1 February" in page(desk, day="nonsense")


def test_a_day_has_a_column_for_each_practitioner_and_its_free_gaps(desk: Browser) -> None:
    make.booked(start=TEN)
    html = page(desk, view="day", day="2027-02-08")

    assert '<th scope="col">Clara Weiss' in html
    assert '<th scope="col">Dov Levi' in html
    assert "until 10:00" in html  # free from nine
    assert "11:30" in html  # and again after the buffer


def test_one_practitioner_can_be_chosen(desk: Browser) -> None:
    make.booked(start=TEN)

    assert "Ada B." in page(desk, who="clara")
    assert "Ada B." not in page(desk, who="dov")


def test_a_practitioner_begins_with_her_own_week_and_sees_others_only_as_busy(client: Browser, first: Service) -> None:
    make.booked(start=TEN)
    client.force_login(cast.user_of(cast.dov()))

    assert "Ada B." not in page(client)
    assert "Busy" in page(client)
    assert "Week of Dov Levi" in client.get(reverse("desk-calendar")).content.decode()


def test_cancelled_sessions_are_gone_and_missed_ones_say_so(desk: Browser) -> None:
    make.booking(starts_at=TEN, status="cancelled")
    make.booking(cast.ben(), starts_at=TEN, status="missed")
    html = page(desk)

    assert "Ada B." not in html
    assert "missed" in html


def test_time_off_stands_on_every_day_it_covers_and_a_block_can_be_opened_again(desk: Browser) -> None:
    TimeOff.objects.create(practitioner=cast.clara(), starts_at=TEN, ends_at=TEN + timedelta(days=2), note="Training")

    assert page(desk).count("Training") == 6  # three days, in the table and in the list
    assert "Open again" in page(desk, view="day", day="2027-02-08")


def test_a_long_day_is_divided_in_the_list(desk: Browser) -> None:
    for number in range(13):
        make.booking(starts_at=TEN - timedelta(hours=10) + timedelta(minutes=90 * number))

    assert "<h3>Morning</h3>" in page(desk, day="2027-02-08")


def test_it_takes_as_many_queries_for_one_session_as_for_three(
    desk: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page(desk)
    for number, who in enumerate((cast.ada(), cast.ben(), cast.ada())):
        make.booking(who, starts_at=TEN + timedelta(hours=2 * number))
        with django_assert_num_queries(9):
            page(desk)
