"""Makes the installation agree with a practice file; bookings are never touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, OuterRef

from bookings import outside
from bookings.door import through_the_door
from bookings.models import (
    Booking,
    ExceptionInterval,
    HoursException,
    Offering,
    Room,
    Service,
    TimeOff,
    WorkingHours,
)  # fmt: skip
from bookings.practice_file import DAYS, timing
from clinic.people import steps
from clinic.people.models import Practice, Practitioner

Content = dict[str, Any]


@dataclass
class Outcome:
    """What loading did, for whoever typed the command."""

    counts: dict[str, int] = field(default_factory=dict)
    outside: list[Booking] = field(default_factory=list)  # coming bookings that the new hours do not cover


@through_the_door
def load(practice: Practice, *, content: Content, now: datetime) -> Outcome:
    """Write the whole file in one go; loading it twice changes nothing."""
    for name, value in {**content["practice"], **content["policy"]}.items():
        setattr(practice, name, value)
    practice.letter_steps = steps.stored(timing(content["letters"]))
    practice.save()
    rooms = {each["slug"]: _room(each) for each in content["rooms"]}
    services = {each["slug"]: _service(each, number) for number, each in enumerate(content["services"])}
    people = [
        _practitioner(each, number, practice, rooms, services) for number, each in enumerate(content["practitioners"])
    ]
    _retire(Room.objects.all(), rooms)
    _retire(Service.objects.all(), services)
    _retire(Practitioner.objects.all(), {each.slug for each in people})
    counts = {"rooms": len(rooms), "services": len(services), "practitioners": len(people)}
    return Outcome(counts, outside_hours(now))


def outside_hours(now: datetime) -> list[Booking]:
    """Coming bookings outside the hours, inside time off or with nobody who offers them any more.

    They stay until a person decides.
    """
    offered = Offering.objects.filter(
        practitioner=OuterRef("practitioner"), service=OuterRef("service"), practitioner__is_active=True
    )
    orphaned = Booking.objects.coming(now).exclude(Exists(offered)).select_related("client", "service", "practitioner")
    found = {each.code: each for each in (*outside.outside_now(Practitioner.objects.all(), now), *orphaned)}
    return sorted(found.values(), key=lambda each: (each.starts_at, each.code))


def _room(row: Content) -> Room:
    name = row["name"] or row["slug"].replace("-", " ").capitalize()
    return Room.objects.update_or_create(slug=row["slug"], defaults={"name": name, "is_active": True})[0]


def _service(row: Content, number: int) -> Service:
    columns = {
        "name": row["name"] or row["slug"].replace("-", " ").capitalize(),
        "description": row["description"],
        "minutes": row["minutes"],
        "buffer_before": row["before"],
        "buffer_after": row["after"],
        "price": row["price"],
        "needs_room": row["needs_room"],
        "is_online": row["online"],
        "asks": list(row["asks"]),
        "position": number,
        "is_active": True,
    }
    return Service.objects.update_or_create(slug=row["slug"], defaults=columns)[0]


def _practitioner(
    row: Content, number: int, practice: Practice, rooms: Mapping[str, Room], services: Mapping[str, Service]
) -> Practitioner:
    columns = {
        "name": row["name"] or row["slug"].capitalize(),
        "email": row["email"],
        "timezone": row["timezone"] or practice.timezone,
        "grid": row["grid"],
        "about": row["about"],
        "position": number,
        "is_active": True,
    }
    person = Practitioner.objects.update_or_create(slug=row["slug"], defaults=columns)[0]
    Offering.objects.filter(practitioner=person).exclude(service__slug__in=row["services"]).delete()
    for slug in row["services"]:
        Offering.objects.get_or_create(practitioner=person, service=services[slug])
    _agree(WorkingHours, _hours(person, row["hours"], rooms), person)
    _agree(TimeOff, _time_off(person, row["time_off"]), person)
    _exceptions(person, row["exceptions"], rooms)
    return person


def _hours(person: Practitioner, rows: Iterable[Content], rooms: Mapping[str, Room]) -> list[WorkingHours]:
    return [
        WorkingHours(
            practitioner=person,
            weekday=DAYS.index(day),
            opens=row["from"],
            closes=row["to"],
            room=rooms.get(row["room"]),
            since_on=row["since"],
            until_on=row["until"],
        )
        for row in rows
        for day in row["days"]
    ]


def _time_off(person: Practitioner, rows: Iterable[Content]) -> list[TimeOff]:
    return [
        TimeOff(
            practitioner=person,
            starts_at=_instant(row["from"], person.zone),
            ends_at=_instant(row["to"], person.zone),
            note=row["note"],
        )
        for row in rows
    ]


def _instant(moment: datetime, zone: ZoneInfo) -> datetime:
    """A local wall clock, or a moment with its own offset."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _agree(model: type[models.Model], wanted: list[Any], person: Practitioner) -> None:
    """Rows that say the same stay as they are; the others go, and what is missing comes."""
    columns = [each.attname for each in model._meta.fields if not each.primary_key and each.name != "series"]
    left = {tuple(getattr(row, name) for name in columns): row for row in wanted}
    for stored in model._default_manager.filter(practitioner=person):
        if left.pop(tuple(getattr(stored, name) for name in columns), None) is None:
            stored.delete()
    model._default_manager.bulk_create(left.values())


def _exceptions(person: Practitioner, rows: Iterable[Content], rooms: Mapping[str, Room]) -> None:
    wanted = {row["on"]: [(each["from"], each["to"], each["room"]) for each in row["hours"]] for row in rows}
    for stored in HoursException.objects.filter(practitioner=person).prefetch_related("intervals__room"):
        said = [(each.opens, each.closes, each.room.slug if each.room else None) for each in stored.intervals.all()]
        if wanted.get(stored.on) == said:
            del wanted[stored.on]
        else:
            stored.delete()
    for on, intervals in wanted.items():
        exception = HoursException.objects.create(practitioner=person, on=on)
        ExceptionInterval.objects.bulk_create(
            ExceptionInterval(exception=exception, opens=opens, closes=closes, room=rooms.get(room or ""))
            for opens, closes, room in intervals
        )


def _retire(rows: models.QuerySet[Any], kept: Iterable[str]) -> None:
    """What the file does not name any more cannot be booked; it stays for the bookings that it has."""
    rows.exclude(slug__in=list(kept)).update(is_active=False)
