"""Loads the facts that the slot rules need, in one statement or two, and asks the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from bookings import reading, slots
from bookings.explaining import Reason, broken_rules, explain
from bookings.models import Service
from bookings.reading import NOBODY, Ignoring, Scope
from bookings.zones import local_day, minute, minute_at_or_after, moment
from clinic.people.models import Practice, Practitioner

__all__ = ["NOBODY", "Diary", "Ignoring", "as_moments", "limits", "load", "load_round", "persons", "starts_on"]


@dataclass(frozen=True)
class Diary:
    """One service's calendar over some days: who offers it, and everything that stands in the way."""

    want: slots.Want
    limits: slots.Limits
    people: Sequence[slots.Person]
    rooms: slots.Rooms
    first: int
    last: int
    practitioner: Practitioner | None = None  # the one that was asked for

    @cached_property
    def practitioners(self) -> Mapping[str, Practitioner]:
        """Who offers it, by slug; read only where more than the calendar is wanted."""
        if self.practitioner and self.people:
            return {self.practitioner.slug: self.practitioner}
        found = Practitioner.objects.filter(slug__in=[each.slug for each in self.people])
        return {each.slug: each for each in found}

    def free_starts(self) -> dict[int, list[str]]:
        return slots.free_starts(self.people, self.want, self.limits, self.rooms, first=self.first, last=self.last)

    def free_at(self, start: int) -> list[slots.Person]:
        """Those who may be booked at this start."""
        return [each for each in self.people if not broken_rules(start, each, self.want, self.limits, self.rooms)]

    def room_at(self, start: int, person: slots.Person) -> str | None:
        if not self.want.needs_room:
            return None
        return slots.choose_room(start, self.want, person.hours_round(start, self.want.minutes), self.rooms)

    def explain(self, start: int) -> list[Reason]:
        return explain(start, self.people, self.want, self.limits, self.rooms)


def load(
    *,
    service: Service,
    practitioner: Practitioner | None,
    first: date,
    last: date,
    now: datetime,
    practice: Practice,
    ignoring: Ignoring = NOBODY,
) -> Diary:
    """The diary for these local dates, inclusive; for every practitioner who offers the service, or for one."""
    scope = Scope(first, last, now, ignoring)
    want = slots.Want(service.minutes, service.buffer_before, service.buffer_after, service.needs_room)
    return Diary(
        want=want,
        limits=limits(practice, now),
        people=reading.people_offering(service.code, practitioner.code if practitioner else None, scope),
        rooms=reading.rooms(scope) if service.needs_room else {},
        first=first.toordinal(),
        last=last.toordinal(),
        practitioner=practitioner,
    )


def persons(practitioners: Mapping[str, Practitioner], first: date, last: date) -> list[slots.Person]:
    """Their hours and time off on these local dates, whatever is booked."""
    scope = Scope(first, last, now=datetime.combine(first, time.min, tzinfo=UTC))
    found = reading.people_with([each.code for each in practitioners.values()], scope)
    return [replace(each, busy=()) for each in found]


def load_round(*, start: datetime, days: int = 0, practitioner: Practitioner | None, **facts: Any) -> Diary:
    """The diary of the local date of one start (the practitioner's, or the practice's) and some days round it."""
    zone = practitioner.zone if practitioner else facts["practice"].zone
    day = start.astimezone(zone).date()
    # Practitioners may live in other zones than the practice: a day either side covers them all.
    margin = timedelta(days=days if practitioner else days + 1)
    return load(practitioner=practitioner, first=day - margin, last=day + margin, **facts)


def limits(practice: Practice, now: datetime) -> slots.Limits:
    notice = timedelta(hours=practice.minimum_notice_hours)
    return slots.Limits(minute(now), minute_at_or_after(now + notice), practice.window_days, practice.max_per_day)


def starts_on(starts: Mapping[int, list[str]], zone: str) -> dict[int, list[int]]:
    """Starts by local date, in order."""
    days: dict[int, list[int]] = defaultdict(list)
    for start in starts:
        days[local_day(zone, start)].append(start)
    return dict(days)


def as_moments(starts: Mapping[int, list[str]]) -> list[tuple[datetime, list[str]]]:
    """Free starts as the API and the command print them."""
    return [(moment(start), names) for start, names in starts.items()]
