"""Which coming sessions lie outside the hours or inside time off; they stay until a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from bookings import calendar
from bookings.models import Booking
from bookings.slots import Person
from bookings.spans import meets
from bookings.zones import minute
from clinic.people.models import Practitioner


def coming(practitioner: Practitioner, now: datetime) -> list[Booking]:
    """The practitioner's sessions to come."""
    found = Booking.objects.coming(now).filter(practitioner=practitioner)
    return list(found.select_related("client", "service", "practitioner", "room"))


def person(practitioner: Practitioner, bookings: Sequence[Booking], now: datetime) -> Person:
    """Her hours and time off over all of these sessions."""
    days = [_day(each, practitioner) for each in bookings] or [now.astimezone(practitioner.zone).date()]
    return calendar.persons({practitioner.slug: practitioner}, min(days), max(days))[0]


def outside(who: Person, bookings: Iterable[Booking]) -> list[Booking]:
    """Those that she is not there for."""
    return [each for each in bookings if _is_outside(who, each)]


def outside_now(practitioners: Iterable[Practitioner], now: datetime) -> list[Booking]:
    """All sessions to come that their practitioners are not there for, or have left behind, in order of time."""
    found = Booking.objects.coming(now).select_related("client", "service", "practitioner", "room")
    by_slug = {each.slug: each for each in practitioners}
    bookings = list(found.filter(practitioner__in=by_slug.values()))
    if not bookings:
        return []
    days = [_day(each, each.practitioner) for each in bookings]
    people = {each.slug: each for each in calendar.persons(by_slug, min(days), max(days))}
    return [
        each
        for each in bookings
        if not each.practitioner.is_active or _is_outside(people[each.practitioner.slug], each)
    ]


def codes(bookings: Iterable[Booking]) -> set[UUID]:
    return {each.code for each in bookings}


def _day(booking: Booking, practitioner: Practitioner) -> date:
    return booking.starts_at.astimezone(practitioner.zone).date()


def _is_outside(who: Person, booking: Booking) -> bool:
    start, end = minute(booking.starts_at), minute(booking.ends_at)
    return not who.hours_round(start, end - start) or meets(start, end, who.away)
