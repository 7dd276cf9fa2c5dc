"""Loading the facts for the slot rules: how many queries, and what counts as busy."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import calendar
from bookings.calendar import Ignoring
from bookings.models import Room, Service
from bookings.zones import minute
from clinic.people.models import Practice, Practitioner
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 2, 8)


def load(service: Service, days: int = 1, **facts: Any) -> calendar.Diary:
    known = {"practitioner": None, "now": NOW, "practice": facts.get("practice") or Practice.objects.the()}
    last = MONDAY + timedelta(days=days - 1)
    return calendar.load(service=service, first=MONDAY, last=last, **{**known, **facts})


def free_people(service: Service, **facts: Any) -> list[str]:
    return load(service, **facts).free_starts().get(minute(TEN), [])


@pytest.mark.parametrize("needs_room", [False, True])
def test_a_year_takes_as_many_queries_as_a_day(first: Service, needs_room: bool) -> None:
    first.needs_room = needs_room
    Room.objects.create(slug="east", name="East")
    Practice.objects.update(window_days=1000)
    practice, counts = Practice.objects.the(), []
    for days in (1, 30, 365):
        make.booking(starts_at=TEN + timedelta(days=days), of=first)
        with CaptureQueriesContext(connection) as queries:
            load(first, days, practice=practice).free_starts()
        counts.append(len(queries))

    assert counts == [1 + needs_room] * 3


@pytest.mark.parametrize("practitioners", [1, 7])
def test_many_practitioners_take_as_many_queries_as_one(first: Service, practitioners: int) -> None:
    for number in range(practitioners):
        make.offers(Practitioner.objects.create(slug=f"p{number}", name=f"P{number}"), first)
    practice = Practice.objects.the()
    with CaptureQueriesContext(connection) as queries:
        assert len(load(first, practice=practice).people) == practitioners + 2

    assert len(queries) == 1


def test_cancelled_missed_and_lapsed_take_no_time(first: Service) -> None:
    for status in ("cancelled", "missed"):
        make.booking(starts_at=TEN, status=status, of=first)
    make.booking(starts_at=TEN, status="held", of=first, hold_until=NOW)

    assert free_people(first) == ["clara", "dov"]


def test_a_visitors_own_hold_and_the_booking_that_moves_are_not_in_her_way(first: Service) -> None:
    make.booking(starts_at=TEN, status="held", of=first)
    booked = make.booking(practitioner=cast.dov(), starts_at=TEN, of=first)

    assert free_people(first) == []
    assert free_people(first, ignoring=Ignoring(visitor="somebody")) == ["clara"]
    assert free_people(first, ignoring=Ignoring(booking=booked.code)) == ["dov"]


def test_a_room_that_somebody_else_uses_for_another_service_is_taken(first: Service) -> None:
    east = Room.objects.create(slug="east", name="East")
    other = make.service("other", minutes=60)
    make.booking(practitioner=make.offers(cast.dov(), other), starts_at=TEN, of=other, room=east)
    needs = make.service(needs_room=True)

    assert free_people(needs, practitioner=cast.clara()) == []
    Room.objects.create(slug="west", name="West")
    assert free_people(needs, practitioner=cast.clara()) == ["clara"]
    Room.objects.filter(slug="west").update(is_active=False)
    assert free_people(needs, practitioner=cast.clara()) == []


def test_time_off_and_exceptions_are_read(first: Service) -> None:
    cast.clara().time_off.create(starts_at=TEN + timedelta(minutes=74), ends_at=TEN + timedelta(hours=3))
    cast.dov().hours_exceptions.create(on=MONDAY)
    assert free_people(first) == []

    cast.dov().hours_exceptions.get().intervals.create(opens=600, closes=675)
    assert free_people(first) == ["dov"]


def test_a_practitioner_who_is_gone_or_offers_something_else_is_not_offered(first: Service) -> None:
    cast.clara().offerings.all().delete()

    assert free_people(first) == ["dov"]
