"""What a page offers: the free times of a service, and what is near when a time is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bookings import calendar, times
from bookings.calendar import Diary, Ignoring
from bookings.models import Booking, Service
from bookings.zones import moment
from clinic.people.models import Practice, Practitioner

NEAR_DAYS = 14  # how far round a lost time we look for others


@dataclass(frozen=True)
class Full:
    """Nothing is free for weeks: until when, where something is free at all."""

    until: date | None


@dataclass(frozen=True)
class Standing:
    """How a hold stands: kept, run out but still free, or lost; then `instead` names the nearest times."""

    is_kept: bool
    is_lost: bool
    instead: list[tuple[str, str]]


def free_times(
    service: Service,
    practitioner: Practitioner | None,
    *,
    since: date | None,
    now: datetime,
    practice: Practice,
    ignoring: Ignoring,
    but: datetime | None = None,
) -> times.Times:
    """The page of free times, over the whole booking window; without the one that the session to move has now."""
    zone = practitioner.timezone if practitioner else practice.timezone
    today = now.astimezone(practice.zone).date()
    diary = calendar.load(
        service=service,
        practitioner=practitioner,
        first=today - timedelta(days=1),
        last=today + timedelta(days=practice.window_days + 1),
        now=now,
        practice=practice,
        ignoring=ignoring,
    )
    return times.page(diary, zone=zone, since=since, but=but)


def full_until(services: Iterable[Service], *, now: datetime, practice: Practice) -> Full | None:
    """Whether nothing at all is free for weeks, and from when something is; None where there are free times."""
    offered = list(services)
    soon = timedelta(days=times.FAR_DAYS)
    if not offered or any(_first_day(each, soon, now, practice) for each in offered):
        return None
    whole = timedelta(days=practice.window_days + 1)
    days = [day for each in offered if (day := _first_day(each, whole, now, practice))]
    return Full(min(days, default=None))


def _first_day(service: Service, ahead: timedelta, now: datetime, practice: Practice) -> date | None:
    today = now.astimezone(practice.zone).date()
    facts: dict[str, Any] = {"service": service, "practitioner": None, "now": now, "practice": practice}
    first = next(iter(calendar.load(first=today, last=today + ahead, **facts).free_starts()), None)
    return None if first is None else moment(first).astimezone(practice.zone).date()


def standing(held: Booking, *, now: datetime, practice: Practice, is_refused: bool = False) -> Standing:
    """Whether the visitor still has her time; `is_refused`: the database or the rules just said no."""
    is_kept = held.status == Booking.Status.HELD and held.hold_until is not None and now < held.hold_until
    if is_kept and not is_refused:
        return Standing(is_kept=True, is_lost=False, instead=[])
    near = times.nearest(_diary_near(held, now, practice), zone=held.zone, to=held.starts_at)
    if not is_refused and any(each.start == held.starts_at for each, _ in near):
        return Standing(is_kept=False, is_lost=False, instead=[])
    return Standing(is_kept=False, is_lost=True, instead=[_choice(each, day) for each, day in near])


def _diary_near(held: Booking, now: datetime, practice: Practice) -> Diary:
    return calendar.load_round(
        start=held.starts_at,
        days=NEAR_DAYS,
        service=held.service,
        practitioner=None if held.wants_anyone else held.practitioner,
        now=now,
        practice=practice,
        ignoring=Ignoring(visitor=held.visitor, booking=held.code),
    )


def near(service: Service, practitioner: Practitioner | None, start: datetime, **facts: Any) -> list[tuple[str, str]]:
    """The free times nearest to a start: (value to post, words)."""
    practice: Practice = facts["practice"]
    diary = calendar.load_round(start=start, days=NEAR_DAYS, service=service, practitioner=practitioner, **facts)
    zone = practitioner.timezone if practitioner else practice.timezone
    return [_choice(each, day) for each, day in times.nearest(diary, zone=zone, to=start)]


def _choice(time: times.FreeTime, day: str) -> tuple[str, str]:
    return time.value, f"{day} at {time.clock}"
