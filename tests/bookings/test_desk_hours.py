"""Weekly hours at the desk: rows, the preview, overlaps, and what becomes of sessions left outside."""

from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from bookings import keeping_hours
from bookings.hours_forms import overlap
from bookings.keeping_hours import Interval, Undecided, WeeklyRow
from bookings.models import Booking, Room, Service, WorkingHours
from clinic.outbox.models import Message
from clinic.people.models import AuditEvent
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
MORNINGS = [WeeklyRow(day, Interval(540, 720)) for day in range(7)]
AFTERNOONS = [WeeklyRow(day, Interval(780, 1020)) for day in range(7)]


@pytest.fixture
def desk(client: Browser, first: Service) -> Browser:
    client.force_login(cast.user_of(cast.clara()))
    return client


def typed(*rows: tuple[object, ...], **more: str) -> dict[str, str]:
    """(day, from, to) a row, as a browser posts them."""
    posted = {"row-TOTAL_FORMS": str(len(rows)), "row-INITIAL_FORMS": "0", **more}
    for number, row in enumerate(rows):
        for name, value in zip(("weekday", "opens", "closes", "since", "until"), row, strict=False):
            posted[f"row-{number}-{name}"] = str(value)
    return posted


def post(browser: Browser, posted: dict[str, str], who: str = "clara") -> HttpResponse:
    return browser.post(reverse("desk-hours", args=[who]), posted)  # type: ignore[return-value]


def said(who: str = "clara") -> list[tuple[int, int, int]]:
    found = WorkingHours.objects.filter(practitioner__slug=who).order_by("weekday", "opens")
    return list(found.values_list("weekday", "opens", "closes"))


# --- the service -------------------------------------------------------------------------------


def save(rows: list[WeeklyRow], **decisions: str) -> keeping_hours.Done:
    decided = {each.code: decisions["all"] for each in Booking.objects.all()} if decisions else {}
    return keeping_hours.save_week(practitioner=cast.clara(), rows=rows, decisions=decided, actor=cast.olu(), now=NOW)


def test_saving_replaces_the_rows_and_leaves_a_trail(first: Service) -> None:
    save(MORNINGS)

    assert said() == [(day, 540, 720) for day in range(7)]
    assert said("dov") == [(day, 540, 1020) for day in range(7)]
    assert AuditEvent.objects.get().fields == ["hours"]


def test_closing_hours_that_hold_a_session_changes_nothing_until_somebody_decides(first: Service) -> None:
    booking = make.booked(start=TEN)
    before, letters = said(), Message.objects.count()
    with pytest.raises(Undecided) as caught:
        save(AFTERNOONS)

    assert caught.value.bookings == [booking]
    assert said() == before
    assert Message.objects.count() == letters


@pytest.mark.parametrize(("decision", "status"), [("keep", "booked"), ("move", "booked"), ("cancel", "cancelled")])
def test_each_session_is_kept_moved_or_cancelled_with_its_letter(first: Service, decision: str, status: str) -> None:
    booking = make.booked(start=TEN)
    done = save(AFTERNOONS, all=decision)

    booking.refresh_from_db()
    assert booking.status == status
    assert list(done.to_move) == ([booking] if decision == "move" else [])
    assert Message.objects.filter(kind="cancelled_by_practice").exists() == (decision == "cancel")
    assert said()[0] == (0, 780, 1020)


def test_a_session_that_was_outside_before_is_not_asked_about_again(first: Service) -> None:
    make.booked(start=TEN)
    save(AFTERNOONS, all="keep")

    assert save(AFTERNOONS[:5]).to_move == []


def test_a_visitors_hold_outside_the_new_hours_is_let_go(first: Service) -> None:
    held = make.booking(starts_at=TEN, status="held")
    save(AFTERNOONS)

    held.refresh_from_db()
    assert (held.status, held.cancelled_by) == ("cancelled", "lapse")


# --- the page ----------------------------------------------------------------------------------


def test_the_page_shows_the_rows_and_what_clients_see(desk: Browser) -> None:
    html = desk.get(reverse("desk-hours", args=["clara"])).content.decode()

    assert html.count('<fieldset class="group hrow">') == 7
    assert "First session: clients will see 196 times next week." in html  # 28 on each of seven days


def test_the_preview_counts_what_is_typed_and_saves_nothing(desk: Browser) -> None:
    before = said()
    html = post(desk, typed((0, "09:00", "12:00"), preview="1")).content.decode()

    assert "First session: clients will see 8 times next week." in html  # 9:00 to 10:45
    assert "not yet saved" in html
    assert said() == before


def test_a_row_is_added_by_a_button_and_what_was_typed_stays(desk: Browser) -> None:
    html = post(desk, typed((0, "09:00", "12:00"), (1, "", ""), add="1")).content.decode()

    assert html.count('<fieldset class="group hrow">') == 3
    assert 'value="09:00' in html
    assert "Error" not in html


def test_a_row_that_is_left_empty_is_no_row(desk: Browser) -> None:
    rows = typed((0, "09:00", "12:00"), ("", "", ""), save="1")
    assert post(desk, {**rows, "row-INITIAL_FORMS": "2"}).status_code == 302

    assert said() == [(0, 540, 720)]


def test_overlapping_rows_are_both_named(desk: Browser) -> None:
    before = said()
    html = post(desk, typed((0, "09:00", "12:30"), (0, "12:00", "17:00"), save="1")).content.decode()

    assert "Row 2 (Monday 12:00 to 17:00) overlaps row 1 (Monday 09:00 to 12:30)." in html
    assert "<title>Error:" in html
    assert said() == before


def test_bad_input_is_named_and_kept(desk: Browser) -> None:
    rows = typed((0, "nine", "12:00"), ("", "09:00", "10:00"), (1, "09:00", "12:00", "2027-03-01", "2027-02-01"))
    html = post(desk, {**rows, "save": "1"}).content.decode()

    assert "Enter a time, for example 14:30." in html
    assert "Choose a day." in html
    assert "The last day must not be before the first." in html
    assert 'value="nine"' in html


def test_saving_keeps_rooms_and_dates_and_a_row_can_be_taken_away(desk: Browser) -> None:
    garden = Room.objects.create(slug="garden", name="Garden room")
    rows = typed((0, "09:00", "12:00", "2027-01-01", "2027-06-30"), (1, "09:00", "12:00"), save="1")
    rows |= {"row-0-room": str(garden.code), "row-1-gone": "on"}
    assert post(desk, rows).status_code == 302

    row = cast.clara().working_hours.get()
    assert (row.room, row.since_on, row.until_on) == (garden, date(2027, 1, 1), date(2027, 6, 30))


def test_sessions_in_closed_hours_are_listed_with_three_ways_and_nothing_is_lost(desk: Browser) -> None:
    booking = make.booked(start=TEN)
    rows = typed((0, "13:00", "17:00"), save="1")
    asked = post(desk, rows)
    html = asked.content.decode()
    assert asked.status_code == 409
    assert "Monday 8 February at 10:00, Ada Byron" in html
    assert html.count(f'name="decide-{booking.code}"') == 3
    assert '<input type="hidden" name="row-0-opens" value="13:00">' in html

    answer = post(desk, {**rows, f"decide-{booking.code}": "move"})
    assert answer["Location"] == reverse("desk-outside")
    outside = desk.get(reverse("desk-outside")).content.decode()
    assert reverse("desk-booking-move", args=[booking.code]) in outside
    assert said() == [(0, 780, 1020)]


@pytest.mark.parametrize(("who", "status"), [("dov", 404), ("fay", 404), ("olu", 200)])
def test_only_she_and_the_owner_change_her_hours(client: Browser, first: Service, who: str, status: int) -> None:
    user = {"dov": lambda: cast.user_of(cast.dov()), "fay": cast.fay, "olu": cast.olu}[who]()
    client.force_login(user)

    assert client.get(reverse("desk-hours", args=["clara"])).status_code == status


def test_sessions_outside_take_as_many_queries_for_one_as_for_three(
    desk: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        make.booking(starts_at=TEN + timedelta(days=number, hours=11))
        with django_assert_num_queries(7):
            html = desk.get(reverse("desk-outside")).content.decode()
        assert html.count("desk/bookings/") == 2 * (number + 1)  # the booking, and its move


# --- overlaps, against counting minutes ---------------------------------------------------------

wall = st.integers(0, 47).map(lambda half: half * 30)
rows = st.builds(WeeklyRow, st.integers(0, 6), st.builds(Interval, wall, wall))


def minutes(row: WeeklyRow) -> set[int]:
    begin = row.weekday * 1440 + row.interval.opens
    long = (row.interval.closes - row.interval.opens) % 1440 or 1440
    return {minute % 10080 for minute in range(begin, begin + long, 30)}


@given(rows, rows)
def test_rows_overlap_when_they_share_a_minute_of_the_week(one: WeeklyRow, two: WeeklyRow) -> None:
    assert overlap(one, two) == bool(minutes(one) & minutes(two))


def test_rows_that_are_never_valid_together_do_notoverlap() -> None:
    spring = WeeklyRow(0, Interval(540, 720), None, date(2027, 3, 31))
    summer = WeeklyRow(0, Interval(540, 720), date(2027, 4, 1), None)

    assert not overlap(spring, summer)
