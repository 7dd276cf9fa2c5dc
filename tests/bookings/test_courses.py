"""Several sessions in one go: what becomes of each date, and all or nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bookings import series
from bookings.course_booking import Wanted, book_course, dates
from bookings.door import Refused
from bookings.models import Booking, Course, Service, TimeOff
from bookings.services import cancel
from bookings.slots import Hours, Limits, Person, Want, WeeklyHours
from bookings.zones import minute, moment
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail, Stop
from clinic.outbox.services import differences
from clinic.people.models import Client, Practice
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

WEEK = timedelta(weeks=1)
SEVERAL = "/book/several/?service=first&practitioner=clara&start=2027-02-08T10:00Z&weeks=1&times=4"
DETAILS = {"name": "Ada Byron", "email": "ada@example.org", "phone": ""}


# --- pure ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/London", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo"])
@settings(max_examples=60, deadline=None)
@given(
    at=st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2028-12-01")),
    weeks=st.sampled_from([1, 2]),
    times=st.integers(2, 8),
    is_after=st.booleans(),
)
def test_every_date_has_the_weekday_and_the_wall_clock_of_the_first(
    zone: str, at: datetime, weeks: int, times: int, is_after: bool
) -> None:
    local = ZoneInfo(zone)
    first = at.replace(second=0, microsecond=0, tzinfo=local).astimezone(UTC)
    wall = first.astimezone(local)

    found = series.starts(minute(first), zone, weeks=weeks, times=times, is_after=is_after)
    assert len(found) == times
    for number, start in enumerate(found, start=is_after):
        naive = wall.replace(tzinfo=None) + timedelta(weeks=weeks * number)
        # Naively: the same wall clock so many days later; where the clocks skip it, what comes of it.
        wanted = naive.replace(tzinfo=local, fold=0).astimezone(UTC) if number else first
        assert moment(start) == wanted


def person(**more: Any) -> Person:
    open_all_week = [WeeklyHours(weekday, Hours(9 * 60, 17 * 60)) for weekday in range(7)]
    return Person("clara", "Europe/London", weekly=open_all_week, **more)


@pytest.mark.parametrize(
    ("start", "more", "fate"),
    [
        (TEN, {}, "free"),
        (TEN.replace(hour=20), {}, "closed"),
        (TEN, {"away": [(minute(TEN), minute(TEN) + 5)]}, "closed"),
        (NOW, {}, "soon"),
        (TEN + timedelta(days=200), {}, "beyond"),
        (TEN.replace(hour=20) + timedelta(days=200), {}, "beyond"),
    ],
)
def test_the_fate_of_a_date(start: datetime, more: dict[str, Any], fate: str) -> None:
    limits = Limits(minute(NOW), minute(NOW) + 60, window_days=90)

    assert series.fate(minute(start), person(**more), Want(60), limits, {}) == fate


def test_what_is_offered_instead_is_that_day_or_near_and_never_on_the_day_of_another_date() -> None:
    at, day = minute(TEN), 24 * 60
    free = [at - day, at + 30, at + 120, at + 300, at + day, at + 7 * day]

    assert series.instead(at, free, "Europe/London", [at, at + 7 * day]) == [at + 30, at + 120, at + 300]
    assert series.instead(at, [at - day, at + day, at + 6 * day], "Europe/London", [at]) == [at - day, at + day]
    assert series.instead(at, [at + day], "Europe/London", [at, at + day]) == []


# --- with the calendar -----------------------------------------------------------------------------------------------

database = pytest.mark.django_db


def wanted(service: Service, *, weeks: int = 1, times: int = 4) -> Wanted:
    return Wanted(service, cast.clara(), TEN, weeks, times)


def book(service: Service, starts: list[datetime], now: datetime = NOW) -> Course:
    return book_course(wanted=wanted(service), starts=starts, visitor="ann", **DETAILS, now=now)


@database
def test_each_date_shows_its_fate_and_what_could_be_had_instead(first: Service) -> None:
    make.booked("Ben Okri", start=TEN + WEEK, visitor="ben")
    TimeOff.objects.create(practitioner=cast.clara(), starts_at=TEN + 2 * WEEK, ends_at=TEN + 2 * WEEK + WEEK / 7)
    Practice.objects.update(window_days=27)

    found = dates(wanted(first), visitor="ann", now=NOW, practice=Practice.objects.the())
    assert [each.fate for each in found] == ["free", "taken", "closed", "beyond"]
    assert moment(found[1].instead[0]).date() == date(2027, 2, 15)
    assert all(moment(each) != TEN + WEEK for each in found[1].instead)


@database
def test_a_course_is_one_letter_with_one_file_and_each_session_is_a_booking_of_its_own(first: Service) -> None:
    course = book(first, [TEN + number * WEEK for number in range(4)])

    bookings = list(Booking.objects.filter(course=course).order_by("starts_at"))
    assert [each.starts_at for each in bookings] == [TEN + number * WEEK for number in range(4)]
    assert {each.status for each in bookings} == {"booked"}
    queued = Message.objects.filter(status="queued")
    assert not queued.filter(kind__in=["m00_booked", "notice_booked"]).exists()
    assert sorted(queued.filter(about=course.code).values_list("kind", flat=True)) == ["course_booked", "notice_course"]
    assert queued.filter(kind="m04_tomorrow").count() == 4
    found = differences(now=NOW)
    afterwards = [each for each in found.missing if each.kind.startswith("m1")]  # the sweep plans these
    assert found.missing == afterwards
    assert not found.extra


@database
def test_the_letter_lists_every_date_with_its_own_link_and_the_file_holds_them_all(first: Service) -> None:
    course = book(first, [TEN, TEN + WEEK])
    letter = KINDS["course_booked"].write(course.code, NOW)
    assert isinstance(letter, Mail)

    assert letter.subject == "Monday 8 February: your 2 bookings"
    assert "- Monday 8 February at 10:00. Change or cancel: http://testserver/b/" in letter.text
    assert "- Monday 15 February at 10:00. Change or cancel: http://testserver/b/" in letter.text
    assert letter.ics is not None
    calendar = Calendar.from_ical(letter.ics.content)
    events = calendar.walk("VEVENT")
    assert (letter.ics.method, calendar["method"]) == ("PUBLISH", "PUBLISH")
    assert [each.decoded("dtstart") for each in events] == [TEN, TEN + WEEK]
    assert len({each["uid"] for each in events}) == 2
    assert {each["summary"] for each in events} == {"Appointment"}


@database
def test_all_or_nothing(first: Service) -> None:
    make.booked("Ben Okri", start=TEN + WEEK, visitor="ben")

    with pytest.raises(Refused):
        book(first, [TEN, TEN + WEEK, TEN + 2 * WEEK])
    assert Booking.objects.count() == 1
    assert not Course.objects.exists()
    assert not Client.objects.filter(name="Ada Byron").exists()


@database
def test_the_cap_of_one_client_counts_the_whole_course(first: Service) -> None:
    Practice.objects.update(max_upcoming_per_client=2)

    with pytest.raises(Refused, match="as many as we can keep"):
        book(first, [TEN, TEN + WEEK, TEN + 2 * WEEK])
    assert not Booking.objects.exists()


@database
def test_one_session_of_a_course_is_cancelled_by_itself(first: Service) -> None:
    course = book(first, [TEN, TEN + WEEK])
    one, other = Booking.objects.filter(course=course).order_by("starts_at")

    cancel(booking=one, by="client", now=NOW)
    other.refresh_from_db()
    assert other.status == "booked"
    letter = KINDS["course_booked"].write(course.code, NOW)
    assert isinstance(letter, Mail)
    assert "8 February" not in letter.text
    cancel(booking=other, by="client", now=NOW)
    assert isinstance(KINDS["course_booked"].write(course.code, NOW), Stop)


# --- pages -----------------------------------------------------------------------------------------------------------


@database
def test_from_the_times_to_a_course_in_one_browser(client: Browser, first: Service) -> None:
    picker = client.get("/book/times/?service=first&several=1&practitioner=clara").content.decode()
    assert 'method="get" action="/book/several/"' in picker
    assert '<input type="hidden" name="practitioner" value="clara">' in picker

    html = client.get(SEVERAL).content.decode()
    assert "4 of 4 are free." in html
    assert "Monday 1 March at 10:00" in html

    done = client.post(SEVERAL, DETAILS)
    html = client.get(done["Location"]).content.decode()
    assert "You are booked" in html
    assert "4 times" in html
    file = client.get(f"{done['Location']}appointments.ics").content
    assert file.count(b"BEGIN:VEVENT") == 4
    assert Browser().get(done["Location"]).status_code == 404


@database
def test_a_date_that_is_taken_asks_what_to_do_and_keeps_what_was_typed(client: Browser, first: Service) -> None:
    make.booked("Ben Okri", start=TEN + WEEK, visitor="ben")
    html = client.get(SEVERAL).content.decode()
    assert "3 of 4 are free." in html
    assert "Monday 15 February at 10:00: this time is taken" in html

    response = client.post(SEVERAL, DETAILS)
    html = response.content.decode()
    assert "Choose what to do about Monday 15 February at 10:00." in html
    assert 'value="Ada Byron"' in html
    assert not Course.objects.exists()

    name = f"date_{minute(TEN + WEEK)}"
    half_past_eleven = minute(TEN + WEEK + timedelta(minutes=90))
    client.post(SEVERAL, {**DETAILS, name: str(half_past_eleven)})
    assert Booking.objects.filter(course__isnull=False, starts_at=moment(half_past_eleven)).exists()


@database
def test_a_date_can_be_left_out(client: Browser, first: Service) -> None:
    make.booked("Ben Okri", start=TEN + WEEK, visitor="ben")

    client.post(SEVERAL, {**DETAILS, f"date_{minute(TEN + WEEK)}": "none"})
    assert Booking.objects.filter(course__isnull=False).count() == 3


@database
def test_sending_it_twice_books_once(client: Browser, first: Service) -> None:
    client.get(SEVERAL)
    form = {**DETAILS, "form_key": "0b9be0f6-7d9c-4d46-8d6b-2a5a0c7d1f10"}

    assert client.post(SEVERAL, form)["Location"] == client.post(SEVERAL, form)["Location"]
    assert Booking.objects.count() == 4
    assert client.post(SEVERAL, {**form, "name": "Eve"}).status_code == 422


@database
def test_from_the_booked_page_the_course_goes_on_after_it_and_knows_who_it_is(client: Browser, first: Service) -> None:
    details = client.post("/book/times/?service=first", {"start": TEN.isoformat()})["Location"]
    done = client.post(details, {**DETAILS, "reasons": []})["Location"]
    html = client.get(done).content.decode()
    address = html.split('href="/book/several/')[1].split('"')[0].replace("&amp;", "&")

    html = client.get(f"/book/several/{address}").content.decode()
    assert "Monday 15 February at 10:00" in html
    assert "Monday 8 February at 10:00" not in html
    assert 'value="ada@example.org"' in html
    assert 'value="ada@example.org"' not in Browser().get(f"/book/several/{address}").content.decode()


@database
@pytest.mark.parametrize(
    "asked",
    ["", "service=first", "service=nothing&start=2027-02-08T10:00Z", "service=first&start=x",
     "service=first&start=2027-02-08T10:00Z&times=99", "service=first&start=2020-02-08T10:00Z",
     "service=first&start=2199-02-08T10:00Z", "service=first&start=2027-02-08T10:00Z&weeks=9"],
)  # fmt: skip
def test_a_strange_address_goes_back_to_the_times(client: Browser, first: Service, asked: str) -> None:
    assert client.get(f"/book/several/?{asked}")["Location"].startswith("/book/")


@database
def test_with_anyone_a_course_is_with_whoever_would_get_the_first_session(client: Browser, first: Service) -> None:
    make.booked("Ben Okri", start=TEN, visitor="ben")

    html = client.get(SEVERAL.replace("&practitioner=clara", "")).content.decode()
    assert "with Dov Levi" in html
