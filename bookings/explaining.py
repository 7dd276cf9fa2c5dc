"""Answers "why can I not book this time?" with every slot rule that forbids it."""

from collections.abc import Iterable
from dataclasses import dataclass

from bookings.slots import Hours, Limits, Person, Rooms, Want, choose_room
from bookings.spans import meets
from bookings.zones import DAY, local_day, offset


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that forbids the start for one practitioner."""

    practitioner: str
    rule: str
    words: str


WORDS = {
    "grid": "Times start on a grid of {grid} minutes.",
    "hours": "This is outside the open hours.",
    "time_off": "This meets time off.",
    "booked": "Another booking or its buffer is in the way.",
    "notice": "This is too soon: the practice asks for more notice.",
    "window": "This is further ahead than bookings are open.",
    "day_full": "That day has as many bookings as it may.",
    "room": "No suitable room is free.",
}


def explain(start: int, people: Iterable[Person], want: Want, limits: Limits, rooms: Rooms) -> list[Reason]:
    """Every rule that forbids this start, practitioner by practitioner; one with no reason is free."""
    return [
        Reason(person.slug, rule, WORDS[rule].format(grid=person.grid))
        for person in sorted(people, key=lambda each: each.slug)
        for rule in broken_rules(start, person, want, limits, rooms)
    ]


def broken_rules(start: int, person: Person, want: Want, limits: Limits, rooms: Rooms) -> list[str]:
    """The names of the rules that this start breaks, in the order in which they are written down."""
    day = local_day(person.zone, start)
    hours = person.hours_round(start, want.minutes)
    broken = {
        "grid": (start + offset(person.zone, start)) % DAY % person.grid != 0,
        "hours": not hours,
        "time_off": meets(start, start + want.minutes, person.away),
        "booked": meets(*want.busy(start), person.busy_spans()),
        "notice": start < limits.earliest,
        "window": day > limits.last_day(person.zone),
        "day_full": day in limits.full_days(person),
        "room": want.needs_room and not _has_room(start, want, hours, rooms),
    }
    return [rule for rule, is_broken in broken.items() if is_broken]


def _has_room(start: int, want: Want, hours: list[Hours], rooms: Rooms) -> bool:
    """Outside the hours no room is named, so any would do."""
    return choose_room(start, want, hours or [Hours(0, 0)], rooms) is not None
