"""The measured workloads, seeded: practitioners in New York, Monday to Friday 9 to 17 with a lunch break."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.models import Booking, Offering, Service, TimeOff, WorkingHours
from clinic.people.matching import find_or_create_client
from clinic.people.models import Practice, Practitioner

ZONE = "America/New_York"
START = date.fromisoformat(os.environ.get("BENCH_START", "2027-02-01"))
MINUTES, AFTER, GRID, NOTICE_HOURS = 60, 15, 15, 24
OPEN = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
Moments = list[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Workload:
    """One case: so many practitioners with so many bookings each in so many days."""

    name: str
    days: int
    bookings: int
    practitioners: int = 1
    start: date = START
    tz: ZoneInfo = field(default=ZoneInfo(ZONE))
    weekly: tuple[tuple[int, int, int], ...] = tuple((day, *hours) for day in range(5) for hours in OPEN)

    @property
    def last(self) -> date:
        return self.start + timedelta(days=self.days - 1)

    @property
    def now(self) -> datetime:
        noon = datetime(self.start.year, self.start.month, self.start.day, 12, tzinfo=self.tz)
        return (noon - timedelta(days=1)).astimezone(UTC)

    @property
    def earliest(self) -> int:
        return int((self.now + timedelta(hours=NOTICE_HOURS)).timestamp()) // 60


ALL = (
    Workload("W1-30", 30, 60),
    Workload("W1-90", 90, 300),
    Workload("W1-365", 365, 1200),
    Workload("W2-10", 30, 60, 10),
    Workload("W2-50", 30, 60, 50),
)
BY_NAME = {each.name: each for each in ALL}


def store(workload: Workload) -> Service:
    """The workload as the only calendar in the database."""
    for model in (Booking, TimeOff, WorkingHours, Offering, Service, Practitioner):
        model._default_manager.all().delete()
    Practice.objects.the()
    Practice.objects.update(
        timezone=ZONE, minimum_notice_hours=NOTICE_HOURS, window_days=workload.days + 1, max_per_day=None
    )
    service = Service.objects.create(slug="hour", name="An hour", minutes=MINUTES, buffer_after=AFTER)
    for number in range(workload.practitioners):
        _store_one(workload, service, number)
    return service


def _store_one(workload: Workload, service: Service, number: int) -> None:
    person = Practitioner.objects.create(
        slug=f"p{number + 1:02}", name=f"Practitioner {number + 1}", timezone=ZONE, grid=GRID, position=number
    )
    Offering.objects.create(service=service, practitioner=person)
    WorkingHours.objects.bulk_create(
        WorkingHours(practitioner=person, weekday=day, opens=opens, closes=closes)
        for day, opens, closes in workload.weekly
    )
    away, sessions = calendar(workload, seed=number)
    TimeOff.objects.bulk_create(TimeOff(practitioner=person, starts_at=begin, ends_at=end) for begin, end in away)
    client = find_or_create_client(name="Ada Byron", email="ada@example.org", now=workload.now)
    Booking.objects.bulk_create(
        Booking(
            practitioner=person,
            service=service,
            client=client,
            status=Booking.Status.BOOKED,
            starts_at=begin,
            ends_at=end,
            busy_from=begin,
            busy_until=end + timedelta(minutes=AFTER),
            zone=ZONE,
            agreed_local=begin.astimezone(workload.tz).isoformat(timespec="minutes"),
            booked_at=workload.now,
        )
        for begin, end in sessions
    )


def calendar(workload: Workload, *, seed: int) -> tuple[Moments, Moments]:
    """One practitioner's absences (a day and two hours in thirty days) and sessions, a quarter of an hour apart."""
    draw = random.Random(f"{workload.name} {seed}")
    workdays = [day for n in range(workload.days) if (day := workload.start + timedelta(days=n)).weekday() < 5]
    away: Moments = []
    for month in range(max(1, workload.days // 30)):
        near = [day for day in workdays if month * 30 <= (day - workload.start).days < month * 30 + 30]
        whole, part = draw.sample(near[2:], 2)
        away.append((_at(workload, whole, 0), _at(workload, whole + timedelta(days=1), 0)))
        away.append((_at(workload, part, 14 * 60), _at(workload, part, 16 * 60)))
    return away, _sessions(workload, draw, workdays, away)


def _sessions(workload: Workload, draw: random.Random, workdays: list[date], away: Moments) -> Moments:
    by_day: dict[date, Moments] = {}
    made: Moments = []
    tries = 0
    while len(made) < workload.bookings:
        tries += 1
        day, length = draw.choice(workdays), draw.choice((30, 45, 60)) if tries < 20 * workload.bookings else 30
        opens, closes = draw.choice(OPEN)
        begin = _at(workload, day, opens + 15 * draw.randrange((closes - opens - length) // 15 + 1))
        end, gap = begin + timedelta(minutes=length), timedelta(minutes=AFTER)
        is_taken = any(begin < until + gap and end + gap > since for since, until in by_day.get(day, ()))
        if not is_taken and not any(begin < until and end > since for since, until in away):
            by_day.setdefault(day, []).append((begin, end))
            made.append((begin, end))
    return made


def _at(workload: Workload, day: date, wall: int) -> datetime:
    return datetime(day.year, day.month, day.day, wall // 60, wall % 60, tzinfo=workload.tz).astimezone(UTC)
