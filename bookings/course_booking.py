"""Several sessions in one go: what would become of each date, and booking all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bookings import calendar, course_letters, series
from bookings.calendar import Diary, Ignoring
from bookings.confirming import confirm_all
from bookings.door import SlotTaken, through_the_door
from bookings.holding import holds_of, let_go, place, sweep
from bookings.models import Booking, Course, Service
from bookings.slots import choose
from bookings.zones import minute, moment
from clinic.people.matching import find_or_create_client
from clinic.people.models import Practice, Practitioner

ROUND = timedelta(days=series.NEAR_DAYS + 2)


@dataclass(frozen=True)
class Wanted:
    """A course as it was asked for."""

    service: Service
    practitioner: Practitioner
    first: datetime
    weeks: int
    times: int
    is_after: bool = False  # the first is booked already


def dates(wanted: Wanted, *, visitor: str, now: datetime, practice: Practice) -> list[series.Planned]:
    """The dates of the course, each with its fate and with what could be had instead."""
    zone = wanted.practitioner.timezone
    starts = series.starts(minute(wanted.first), zone, weeks=wanted.weeks, times=wanted.times, is_after=wanted.is_after)
    facts: dict[str, Any] = {"now": now, "practice": practice, "ignoring": Ignoring(visitor=visitor)}
    diary = _diary(wanted, [moment(each) for each in starts], **facts)
    free, person = list(diary.free_starts()), diary.people[0]
    found = []
    for start in starts:
        fate = series.fate(start, person, diary.want, diary.limits, diary.rooms)
        near = series.instead(start, free, zone, starts) if fate != "free" else []
        found.append(series.Planned(start, fate, near))
    return found


def whom(service: Service, start: datetime, *, visitor: str, now: datetime, practice: Practice) -> Practitioner | None:
    """With whom a course would be that may be with anyone: whoever would get its first session."""
    facts: dict[str, Any] = {
        "service": service,
        "now": now,
        "practice": practice,
        "ignoring": Ignoring(visitor=visitor),
    }
    diary = calendar.load_round(start=start, practitioner=None, **facts)
    free = diary.free_at(minute(start))
    return diary.practitioners[choose(minute(start), free).slug] if free else None


@through_the_door
def book_course(
    practice: Practice,
    *,
    wanted: Wanted,
    starts: Sequence[datetime],
    visitor: str,
    name: str,
    email: str,
    phone: str,
    now: datetime,
) -> Course:
    """Book all of these starts, or none of them."""
    sweep(now)
    if not starts:
        raise SlotTaken("None of these times is free.")
    client = find_or_create_client(name=name, email=email, phone=phone, now=now, practice=practice)
    course = Course.objects.create(client=client, visitor=visitor, booked_at=now)
    diary = _diary(wanted, starts, now=now, practice=practice, ignoring=Ignoring(visitor=visitor))
    bookings, own = [], holds_of(visitor)
    for start in sorted(starts):
        booking = Booking(service=wanted.service, visitor=visitor, course=course, fixed_at=now)
        place(booking, diary, start)
        let_go(booking, own, now)
        bookings.append(booking)
    confirm_all(bookings, client=client, reasons=[], practice=practice, now=now, act=Booking.Act.COURSE)
    course_letters.resync(course.code, now=now)
    return course


def _diary(wanted: Wanted, starts: Sequence[datetime], **facts: Any) -> Diary:
    return calendar.load(
        service=wanted.service,
        practitioner=wanted.practitioner,
        first=(min(starts) - ROUND).date(),
        last=(max(starts) + ROUND).date(),
        **facts,
    )
