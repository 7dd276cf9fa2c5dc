"""What one booking costs, counted in statements; and that its letters are those that planning again would find.

Each statement is done while everybody else who books waits, so none comes back unnoticed.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from bookings import keys
from bookings.course_booking import Wanted, book_course
from bookings.loading import outside_hours
from bookings.models import Booking, Service, WorkingHours
from bookings.services import book_at_once
from clinic.outbox.services import differences
from clinic.people.models import Practice, Practitioner
from intake import consents, services
from tests import cast, make
from tests.bookings.conftest import press
from tests.bookings.test_api import post, wish
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
NEW: dict[str, Any] = {"name": "Cy Young", "phone": ""}
ADA: dict[str, Any] = {"name": "Ada Byron", "email": "ada@example.org", "phone": "", "reasons": []}


def counted(queries: CaptureQueriesContext) -> list[str]:
    """Without the marks of transactions, and without the counting of how often one address asks."""
    found = [query["sql"] or "" for query in queries.captured_queries]
    return [sql[:100] for sql in found if "SAVEPOINT" not in sql and '"cache"' not in sql]


def lasting(now: Any = NOW) -> list[str]:
    """The kinds that planning again would add or take away; the floors above plan theirs with the sweep."""
    found = differences(now=now)
    kinds = [each.kind for each in found.missing] + [each.kind for each in found.extra]
    return [kind for kind in kinds if not kind.startswith("m1")]


@pytest.fixture
def secret(first: Service) -> str:
    return keys.make(name="tests", now=NOW)


def test_a_booking_over_the_api(secret: str, first: Service) -> None:
    counts = []
    for number in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert post(secret, wish(TEN + timedelta(hours=number * 2)), f"key-{number}").status_code == 201
        counts.append(len(counted(queries)))

    assert counts == [15, 14, 14]  # who comes for the first time is written down
    assert lasting() == []


def test_pressing_a_time_and_booking_it(client: Browser, first: Service) -> None:
    with CaptureQueriesContext(connection) as pressing:
        details = press(client, TEN)
    with CaptureQueriesContext(connection) as booking:
        assert client.post(details, {"name": "Cy Young", "email": "cy@example.org"}).status_code == 302

    assert (len(counted(pressing)), len(counted(booking))) == (9, 13)
    assert lasting() == []


def test_whoever_has_answered_before_has_her_letters_planned_from_her_answers(first: Service) -> None:
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    services.save_page(asked=asked, slug="general", answers={"gen_goal": "sleep"}, now=NOW)
    clara = cast.clara()
    with CaptureQueriesContext(connection) as queries:
        book_at_once(service=first, practitioner=clara, start=TEN, visitor="x", now=NOW, **ADA)

    assert len(counted(queries)) == 28, counted(queries)
    assert lasting() == []


def test_more_sessions_in_one_go_cost_one_row_each(first: Service) -> None:
    counts = []
    for times in (2, 4):
        wanted = Wanted(first, cast.clara(), TEN + timedelta(days=times), weeks=1, times=times)
        starts = [wanted.first + timedelta(weeks=number) for number in range(times)]
        with CaptureQueriesContext(connection) as queries:
            book_course(wanted=wanted, starts=starts, visitor="x", now=NOW, **{**NEW, "email": f"c{times}@example.org"})
        counts.append(len(counted(queries)))

    assert counts == [18, 20]  # each session is its own row
    assert lasting() == []


def test_the_page_of_times(client: Browser, first: Service) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/book/times/?service=first").status_code == 200

    assert len(queries) == 5  # the service, who offers it, the practice, the calendars, numbers to call in need


def test_no_more_questions_are_asked_to_find_more_sessions_outside_the_hours(first: Service) -> None:
    counts, found = [], []
    for days in (0, 7, 14):
        make.booking(starts_at=TEN.replace(hour=20) + timedelta(days=days), of=first)
        with CaptureQueriesContext(connection) as queries:
            found.append(len(outside_hours(NOW)))
        counts.append(len(queries))

    assert (found, counts) == ([1, 2, 3], [4, 4, 4])


def test_a_session_that_nobody_offers_any_more_is_outside_the_hours(first: Service) -> None:
    stays, goes = make.booking(starts_at=TEN, of=first), make.booking(cast.ben(), cast.dov(), of=first)
    first.offerings.filter(practitioner=cast.dov()).delete()

    assert outside_hours(NOW) == [goes]
    Practitioner.objects.filter(pk=stays.practitioner_id).update(is_active=False)
    assert {each.code for each in outside_hours(NOW)} == {stays.code, goes.code}


def test_what_is_found_free_is_never_stale(client: Browser, secret: str, first: Service) -> None:
    """Each change is in the next answer, of the endpoint and of the page (`test_remembering` has other processes)."""
    address = "/api/v1/slots?service=first&practitioner=clara&from=2027-02-08&to=2027-02-08"

    def starts() -> list[str]:
        return [each["starts_at"][11:16] for each in client.get(address).json()["slots"]]

    def on_the_page() -> bool:
        page = client.get("/book/times/?service=first&practitioner=clara&from=2027-02-08")
        return b'value="2027-02-08T10:00Z"' in page.content

    assert "10:00" in starts()
    assert on_the_page()
    assert post(secret, wish()).status_code == 201
    assert "10:00" not in starts()
    assert not on_the_page()
    Booking.objects.update(status="cancelled", cancelled_at=NOW)
    assert "10:00" in starts()
    WorkingHours.objects.update(opens=11 * 60)
    assert starts()[0] == "11:00"
    Practice.objects.update(minimum_notice_hours=24 * 8)
    assert starts() == []
    Service.objects.update(is_online=False)
    assert client.get(address).status_code == 422
