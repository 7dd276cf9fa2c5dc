"""Writes the installation as the content of a practice file."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bookings.models import Room, Service
from bookings.practice_file import DAYS, POLICY, PRACTICE, letters, wall_words
from clinic.people.models import Practice, Practitioner

Content = dict[str, Any]


def dump() -> Content:
    """Everything that `load` would write, in the file's own words; what is retired is left out."""
    practice = Practice.objects.the()
    return {
        "practice": {name: getattr(practice, name) for name in PRACTICE},
        "policy": {name: _plain(getattr(practice, name)) for name in POLICY},
        "letters": letters(practice.steps),
        "rooms": [{"slug": each.slug, "name": each.name} for each in Room.objects.filter(is_active=True)],
        "services": [_service(each) for each in Service.objects.active()],
        "practitioners": [_practitioner(each) for each in Practitioner.objects.filter(is_active=True)],
    }


def _plain(value: Any) -> Any:
    return value.strftime("%H:%M") if hasattr(value, "strftime") else value


def _service(service: Service) -> Content:
    return {
        "slug": service.slug,
        "name": service.name,
        "description": service.description,
        "minutes": service.minutes,
        "before": service.buffer_before,
        "after": service.buffer_after,
        "price": service.price,
        "needs_room": service.needs_room,
        "online": service.is_online,
        "asks": service.asks,
    }


def _practitioner(person: Practitioner) -> Content:
    return {
        "slug": person.slug,
        "name": person.name,
        "email": person.email,
        "timezone": person.timezone,
        "grid": person.grid,
        "about": person.about,
        "services": [each.slug for each in person.services.filter(is_active=True)],
        "hours": _hours(person),
        "exceptions": _exceptions(person),
        "time_off": [
            {"from": _local(each.starts_at, person.zone), "to": _local(each.ends_at, person.zone), "note": each.note}
            for each in person.time_off.all()
        ],
    }


def _hours(person: Practitioner) -> list[Content]:
    """Days with the same hours stand in one row."""
    days: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for row in person.working_hours.select_related("room"):
        room = row.room.slug if row.room else None
        days[row.opens, row.closes, room, row.since_on, row.until_on].append(DAYS[row.weekday])
    return [
        {"days": names, **_interval(opens, closes, room), "since": since, "until": until}
        for (opens, closes, room, since, until), names in days.items()
    ]


def _exceptions(person: Practitioner) -> list[Content]:
    return [
        {
            "on": each.on,
            "hours": [
                _interval(row.opens, row.closes, row.room.slug if row.room else None) for row in each.intervals.all()
            ],
        }
        for each in person.hours_exceptions.prefetch_related("intervals__room")
    ]


def _interval(opens: int, closes: int, room: str | None) -> Content:
    return {"from": wall_words(opens), "to": wall_words(closes), "room": room}


def _local(moment: datetime, zone: ZoneInfo) -> str:
    """The wall clock; with its offset where the wall clock alone would mean another moment."""
    local = moment.astimezone(zone)
    plain = local.replace(tzinfo=None)
    is_plain = plain.replace(tzinfo=zone).astimezone(UTC) == moment
    return plain.isoformat(timespec="minutes") if is_plain else local.isoformat(timespec="minutes")
