"""Loads the facts that the slot rules need, in a constant number of queries, and asks the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from bookings import slots
from bookings.explaining import Reason, broken_rules, explain
from bookings.models import Booking, HoursException, Room, Service, TimeOff, WorkingHours
from bookings.spans import Span
from bookings.zones import local_day, minute, minute_at_or_after, moment
from clinic.people.models import Practice, Practitioner

Slugged = dict[str, list[Any]]


class Minutes(models.Func):
    """A moment as whole minutes since 1970: integers are several times cheaper to read than date-times."""

    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(STRFTIME('%%%%s', %(expressions)s) / 60)", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="(EXTRACT(EPOCH FROM %(expressions)s)::bigint / 60)", **context
        )


@dataclass(frozen=True)
class Ignoring:
    """Busy time that does not count: a visitor's own holds, and the booking that is being moved."""

    visitor: str = ""
    booking: UUID | None = None

    def among(self, bookings: models.QuerySet[Booking]) -> models.QuerySet[Booking]:
        if self.visitor:
            bookings = bookings.exclude(status=Booking.Status.HELD, visitor=self.visitor)
        return bookings.exclude(code=self.booking) if self.booking else bookings


@dataclass(frozen=True)
class Diary:
    """One service's calendar over some days: who offers it, and everything that stands in the way."""

    want: slots.Want
    limits: slots.Limits
    people: Sequence[slots.Person]
    rooms: slots.Rooms
    practitioners: Mapping[str, Practitioner]
    first: int
    last: int

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


NOBODY = Ignoring()


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
    practitioners = offering(service, practitioner)
    window = _around(first, last)
    taken = _bookings(service, list(practitioners), window, now, ignoring)
    want = slots.Want(service.minutes, service.buffer_before, service.buffer_after, service.needs_room)
    return Diary(
        want=want,
        limits=limits(practice, now),
        people=_people(practitioners, taken, first, last, window),
        rooms=_rooms(taken) if service.needs_room else {},
        practitioners=practitioners,
        first=first.toordinal(),
        last=last.toordinal(),
    )


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


def offering(service: Service, practitioner: Practitioner | None) -> dict[str, Practitioner]:
    """Who offers the service, by slug."""
    found = Practitioner.objects.filter(offerings__service=service, is_active=True)
    if practitioner:
        found = found.filter(code=practitioner.code)
    return {each.slug: each for each in found}


def starts_on(starts: Mapping[int, list[str]], zone: str) -> dict[int, list[int]]:
    """Starts by local date, in order."""
    days: dict[int, list[int]] = defaultdict(list)
    for start in starts:
        days[local_day(zone, start)].append(start)
    return dict(days)


def _around(first: date, last: date) -> tuple[datetime, datetime]:
    """Wide enough for any zone's local dates and for a night shift that began the day before."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=2)
    return begin, datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=3)


def _people(
    practitioners: Mapping[str, Practitioner],
    taken: list[tuple[Any, ...]],
    first: date,
    last: date,
    window: tuple[datetime, datetime],
) -> list[slots.Person]:
    weekly, exceptions = _weekly(practitioners), _exceptions(practitioners, first, last)
    away = _away(practitioners, window)
    busy: Slugged = defaultdict(list)
    for slug, starts_at, busy_from, busy_until, _room in taken:
        busy[slug].append(slots.Busy(starts_at, busy_from, busy_until))
    return [
        slots.Person(
            slug=slug,
            zone=each.timezone,
            grid=each.grid,
            position=each.position,
            weekly=weekly[slug],
            exceptions=exceptions[slug],
            away=away[slug],
            busy=busy[slug],
        )
        for slug, each in practitioners.items()
    ]


def _weekly(practitioners: Mapping[str, Practitioner]) -> Slugged:
    rows: Slugged = defaultdict(list)
    columns = ("practitioner__slug", "weekday", "opens", "closes", "room__slug", "since_on", "until_on")
    stored = WorkingHours.objects.filter(practitioner__in=practitioners.values()).order_by("opens")
    for slug, weekday, opens, closes, room, since, until in stored.values_list(*columns):
        hours = slots.Hours(opens, closes, room)
        rows[slug].append(slots.WeeklyHours(weekday, hours, _ordinal(since), _ordinal(until)))
    return rows


def _exceptions(
    practitioners: Mapping[str, Practitioner], first: date, last: date
) -> dict[str, dict[int, list[slots.Hours]]]:
    rows: dict[str, dict[int, list[slots.Hours]]] = defaultdict(lambda: defaultdict(list))
    columns = ("practitioner__slug", "on", "intervals__opens", "intervals__closes", "intervals__room__slug")
    stored = HoursException.objects.filter(
        practitioner__in=practitioners.values(), on__gte=first - timedelta(days=2), on__lte=last + timedelta(days=1)
    )
    for slug, on, opens, closes, room in stored.order_by("intervals__opens").values_list(*columns):
        intervals = rows[slug][on.toordinal()]
        if opens is not None:  # a date without intervals is closed
            intervals.append(slots.Hours(opens, closes, room))
    return rows


def _away(practitioners: Mapping[str, Practitioner], window: tuple[datetime, datetime]) -> Slugged:
    rows: Slugged = defaultdict(list)
    stored = TimeOff.objects.filter(
        practitioner__in=practitioners.values(), ends_at__gt=window[0], starts_at__lt=window[1]
    ).order_by()
    for slug, begin, end in stored.values_list("practitioner__slug", Minutes("starts_at"), Minutes("ends_at")):
        rows[slug].append((begin, end))
    return rows


def _bookings(
    service: Service, slugs: list[str], window: tuple[datetime, datetime], now: datetime, ignoring: Ignoring
) -> list[tuple[Any, ...]]:
    """(practitioner, start, busy from, busy until, room) of everything that takes time or a room."""
    concerned = Q(practitioner__slug__in=slugs)
    if service.needs_room:
        concerned |= Q(room__isnull=False)
    found = Booking.objects.busy(now).filter(concerned, busy_until__gt=window[0], busy_from__lt=window[1]).order_by()
    times = [Minutes("starts_at"), Minutes("busy_from"), Minutes("busy_until")]
    return list(ignoring.among(found).values_list(F("practitioner__slug"), *times, F("room__slug")))


def _rooms(taken: list[tuple[Any, ...]]) -> dict[str, list[Span]]:
    rooms: dict[str, list[Span]] = {
        slug: [] for slug in Room.objects.filter(is_active=True).values_list("slug", flat=True)
    }
    for *_rest, busy_from, busy_until, room in taken:
        if room in rooms:
            rooms[room].append((busy_from, busy_until))
    return rooms


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None


def as_moments(starts: Mapping[int, list[str]]) -> list[tuple[datetime, list[str]]]:
    """Free starts as the API and the command print them."""
    return [(moment(start), names) for start, names in starts.items()]
