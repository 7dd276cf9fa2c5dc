"""How many times clients will see next week, from hours that are typed but not yet saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from bookings import calendar
from bookings.keeping_hours import WeeklyRow
from bookings.models import Room, Service
from bookings.slots import Hours, WeeklyHours
from clinic.people.models import Practice, Practitioner


def next_week(
    practitioner: Practitioner, rows: Sequence[WeeklyRow], *, practice: Practice, now: datetime
) -> list[tuple[str, int]]:
    """(service, number of times) for each service that clients may book with her, Monday to Sunday."""
    today = now.astimezone(practitioner.zone).date()
    monday = today + timedelta(days=7 - today.weekday())
    rooms = dict(Room.objects.values_list("code", "slug"))
    weekly = [_weekly(each, rooms) for each in rows]
    found = []
    for service in Service.objects.online().filter(offerings__practitioner=practitioner):
        diary = calendar.load(
            service=service,
            practitioner=practitioner,
            first=monday,
            last=monday + timedelta(days=6),
            now=now,
            practice=practice,
        )
        typed = replace(diary, people=[replace(each, weekly=weekly) for each in diary.people])
        found.append((service.name, len(typed.free_starts())))
    return found


def _weekly(row: WeeklyRow, rooms: Mapping[UUID, str]) -> WeeklyHours:
    hours = Hours(row.interval.opens, row.interval.closes, rooms.get(row.interval.room) if row.interval.room else None)
    since, until = (day.toordinal() if day else None for day in (row.since, row.until))
    return WeeklyHours(row.weekday, hours, since, until)
