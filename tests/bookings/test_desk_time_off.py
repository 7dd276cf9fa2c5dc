"""Time off, dates of their own and blocks: once and repeated, with what becomes of sessions inside."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from bookings.models import HoursException, Service, TimeOff
from bookings.repeating import ONCE, WEEKLY, YEARLY, dates
from clinic.outbox.models import Message
from tests import cast, make
from tests.make import TEN

pytestmark = pytest.mark.django_db
DAY_OFF = {"first": "2027-02-08", "last": "2027-02-08", "repeat": "once", "note": "Training"}
MORNING = {"practitioner": "clara", "date": "2027-02-08", "begins": "09:00", "ends": "12:00"}


@pytest.fixture
def desk(client: Browser, first: Service) -> Browser:
    client.force_login(cast.user_of(cast.clara()))
    return client


def add(browser: Browser, **typed: str) -> HttpResponse:
    return browser.post(reverse("desk-time-off-add", args=["clara"]), {**DAY_OFF, **typed})  # type: ignore[return-value]


def test_a_whole_day_off_stands_in_the_list(desk: Browser) -> None:
    assert add(desk).status_code == 302
    away = TimeOff.objects.get()

    assert (away.starts_at, away.ends_at) == (datetime(2027, 2, 8, tzinfo=UTC), datetime(2027, 2, 9, tzinfo=UTC))
    assert "Training" in desk.get(reverse("desk-time-off", args=["clara"])).content.decode()


def test_posting_twice_adds_once(desk: Browser) -> None:
    add(desk)
    add(desk)

    assert TimeOff.objects.count() == 1


def test_every_week_becomes_rows_on_the_wall_clock_that_can_be_taken_back_as_one(desk: Browser) -> None:
    add(desk, begins="12:00", ends="14:00", repeat="weekly", until="2027-04-05")
    starts = list(TimeOff.objects.values_list("starts_at", flat=True))
    assert len(starts) == 9
    assert {each.astimezone(cast.clara().zone).hour for each in starts} == {12}  # also after the clocks change
    assert len(set(TimeOff.objects.values_list("series", flat=True))) == 1

    some = TimeOff.objects.all()[3]
    remove = reverse("desk-time-off-remove", args=["clara", some.code])
    desk.post(remove)
    assert TimeOff.objects.count() == 8
    desk.post(reverse("desk-time-off-remove", args=["clara", TimeOff.objects.all()[0].code]), {"series": "1"})
    assert not TimeOff.objects.exists()


def test_a_session_inside_is_asked_about_and_cancelled_with_a_letter(desk: Browser) -> None:
    booking = make.booked(start=TEN)
    asked = add(desk)
    assert asked.status_code == 409
    assert "Ada Byron" in asked.content.decode()
    assert not TimeOff.objects.exists()

    add(desk, **{f"decide-{booking.code}": "cancel"})
    booking.refresh_from_db()
    assert booking.status == "cancelled"
    assert Message.objects.filter(kind="cancelled_by_practice", status="queued").count() == 1
    assert TimeOff.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"first": "soon"}, "Enter a date, for example"),
        ({"last": "2027-02-01"}, "It must end after it begins."),
        ({"last": "2027-02-20", "repeat": "weekly"}, "It is longer than a week"),
        ({"repeat": "daily"}, "Choose from the list."),
    ],
)
def test_bad_input_is_named_and_kept(desk: Browser, typed: dict[str, str], words: str) -> None:
    html = add(desk, **typed).content.decode()

    assert words in html
    assert 'value="Training"' in html
    assert not TimeOff.objects.exists()


def test_a_date_gets_hours_of_its_own_is_changed_and_goes_back_to_the_week(desk: Browser) -> None:
    address = reverse("desk-date", args=["clara"])
    desk.post(address, {"on": "2027-02-08", "opens1": "10:00", "closes1": "11:30"})
    stored = HoursException.objects.get()
    assert [row.words for row in stored.intervals.all()] == ["10:00 to 11:30"]
    assert 'value="10:00' in desk.get(address, {"on": "2027-02-08"}).content.decode()

    desk.post(address, {"on": "2027-02-08"})
    assert "Closed" in desk.get(reverse("desk-time-off", args=["clara"])).content.decode()
    desk.post(reverse("desk-date-remove", args=["clara", HoursException.objects.get().code]))
    assert not HoursException.objects.exists()


def test_half_an_interval_and_an_overlap_are_named(desk: Browser) -> None:
    address = reverse("desk-date", args=["clara"])
    half = desk.post(address, {"on": "2027-02-08", "opens1": "10:00"}).content.decode()
    both = {"opens1": "10:00", "closes1": "12:00", "opens2": "11:00", "closes2": "13:00"}
    overlap = desk.post(address, {"on": "2027-02-08", **both}).content.decode()

    assert "Enter both times, or leave both empty." in half
    assert "Two of these times overlap." in overlap
    assert not HoursException.objects.exists()


def test_closing_a_date_with_a_session_asks_first(desk: Browser) -> None:
    make.booked(start=TEN)
    assert desk.post(reverse("desk-date", args=["clara"]), {"on": "2027-02-08"}).status_code == 409
    assert not HoursException.objects.exists()


def test_the_front_desk_blocks_hours_and_opens_them_again(client: Browser, first: Service) -> None:
    client.force_login(cast.fay())
    assert client.post(reverse("desk-block"), MORNING).status_code == 302
    away = TimeOff.objects.get()
    assert (away.starts_at, away.ends_at) == (TEN - timedelta(hours=1), TEN + timedelta(hours=2))

    client.post(reverse("desk-unblock", args=[away.code]))
    assert not TimeOff.objects.exists()


def test_a_block_over_a_session_asks_first_and_bad_input_is_named(client: Browser, first: Service) -> None:
    client.force_login(cast.fay())
    make.booked(start=TEN)

    assert client.post(reverse("desk-block"), MORNING).status_code == 409
    assert (
        "It must end after it begins."
        in client.post(reverse("desk-block"), {**MORNING, "ends": "08:00"}).content.decode()
    )
    assert not TimeOff.objects.exists()


def test_nobody_blocks_or_opens_a_colleagues_time(client: Browser, first: Service) -> None:
    away = TimeOff.objects.create(practitioner=cast.clara(), starts_at=TEN, ends_at=TEN + timedelta(hours=1))
    client.force_login(cast.user_of(cast.dov()))

    assert "Choose from the list." in client.post(reverse("desk-block"), MORNING).content.decode()
    assert client.post(reverse("desk-unblock", args=[away.code])).status_code == 404
    assert client.get(reverse("desk-time-off", args=["clara"])).status_code == 404
    assert client.post(reverse("desk-time-off-remove", args=["clara", away.code])).status_code == 404
    client.force_login(cast.fay())
    assert client.get(reverse("desk-time-off", args=["clara"])).status_code == 404


def test_the_list_takes_as_many_queries_for_one_as_for_three(
    desk: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.get(reverse("desk-time-off", args=["clara"]))
    for number in range(3):
        add(desk, first=f"2027-03-0{number + 1}", last=f"2027-03-0{number + 1}")
        desk.post(
            reverse("desk-date", args=["clara"]),
            {"on": f"2027-04-0{number + 1}", "opens1": "10:00", "closes1": "12:00"},
        )
        desk.get(reverse("desk-time-off", args=["clara"]))  # shows the words about the last change
        with django_assert_num_queries(9):
            desk.get(reverse("desk-time-off", args=["clara"]))


# --- repeats ------------------------------------------------------------------------------------

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(days, st.none() | days)
def test_weeks_are_seven_days_apart_and_stay_within_a_year(first: date, until: date | None) -> None:
    found = dates(first, WEEKLY, until)

    assert all(later - earlier == timedelta(days=7) for earlier, later in pairwise(found))
    assert all(each <= (until or date.max) and (each - first).days <= 366 for each in found)
    assert bool(found) == (until is None or until >= first)


@given(days)
def test_years_keep_the_day_of_the_month_except_29_february(first: date) -> None:
    found = dates(first, YEARLY, None)

    assert len(found) == 6
    assert all((each.month, each.day) in {(first.month, first.day), (2, 28)} for each in found)
    assert dates(first, ONCE, None) == [first]
