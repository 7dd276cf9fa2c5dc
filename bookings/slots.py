"""Says which starts may be booked: the slot rules as pure arithmetic on minutes since 1970.

All intervals are half-open. Nothing here knows a model, a query or the present time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from bookings.spans import ALWAYS, Span, common, forbidden_starts, gaps, meets, merged
from bookings.zones import DAY, EPOCH_ORDINAL, local_day, midnight, resolve, stretches

FOREVER = date.max.toordinal()
Rooms = Mapping[str, Sequence[Span]]
Blocks = Mapping[str | None, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Hours:
    """One open interval in wall-clock minutes; closing at or before opening means the next day."""

    opens: int
    closes: int
    room: str | None = None

    def span(self, zone: str, ordinal: int) -> Span:
        """The instants between which the practitioner is there, for the date that this interval belongs to."""
        return resolve(zone, ordinal, self.opens), resolve(zone, ordinal, self.ends)

    @property
    def ends(self) -> int:
        """The closing in minutes of the date that it opens on."""
        return self.closes + DAY if self.closes <= self.opens else self.closes


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Hours of one weekday (0 is Monday), valid from and until these dates (ordinals, inclusive)."""

    weekday: int
    hours: Hours
    since: int | None = None
    until: int | None = None

    def valid(self) -> tuple[Hours, int, int]:
        """The hours, and the first and last date on which they count."""
        return self.hours, self.since or 0, FOREVER if self.until is None else self.until


class Busy(NamedTuple):
    """A booking or hold: when it starts, and what it keeps busy with its own buffers."""

    starts_at: int
    busy_from: int
    busy_until: int


@dataclass(frozen=True, slots=True)
class Want:
    """What the service needs."""

    minutes: int
    before: int = 0
    after: int = 0
    needs_room: bool = False

    def busy(self, start: int) -> Span:
        return start - self.before, start + self.minutes + self.after


@dataclass(frozen=True)
class Person:
    """A practitioner's calendar as plain data; an exception replaces the hours of its date."""

    slug: str
    zone: str
    grid: int = 15
    position: int = 0
    weekly: Sequence[WeeklyHours] = ()
    exceptions: Mapping[int, Sequence[Hours]] = field(default_factory=dict)
    away: Sequence[Span] = ()
    busy: Sequence[Busy] = ()

    def hours_on(self, ordinal: int) -> Sequence[Hours]:
        """The open intervals that belong to this date."""
        if ordinal in self.exceptions:
            return self.exceptions[ordinal]
        return [hours for hours, since, until in self._by_weekday[(ordinal - 1) % 7] if since <= ordinal <= until]

    @cached_property
    def _by_weekday(self) -> Sequence[Sequence[tuple[Hours, int, int]]]:
        return [[row.valid() for row in self.weekly if row.weekday == weekday] for weekday in range(7)]

    def hours_round(self, start: int, minutes: int) -> list[Hours]:
        """The open intervals that hold the whole session; a night shift belongs to the day before."""
        day = local_day(self.zone, start)
        near = [(hours, hours.span(self.zone, each)) for each in (day - 1, day) for hours in self.hours_on(each)]
        return [hours for hours, (opens, closes) in near if opens <= start and start + minutes <= closes]

    def bookings_by_day(self) -> Counter[int]:
        return Counter(local_day(self.zone, each.starts_at) for each in self.busy)

    def busy_spans(self) -> list[Span]:
        return [(since, until) for _, since, until in self.busy]


@dataclass(frozen=True, slots=True)
class Limits:
    """The practice's policy at one moment: the earliest start that notice allows, the window, the cap of a day."""

    now: int
    earliest: int
    window_days: int
    max_per_day: int | None = None

    def last_day(self, zone: str) -> int:
        """The last local date that may be booked."""
        return local_day(zone, self.now) + self.window_days

    def full_days(self, person: Person) -> set[int]:
        if self.max_per_day is None:
            return set()
        return {day for day, count in person.bookings_by_day().items() if count >= self.max_per_day}


def free_starts(
    people: Iterable[Person], want: Want, limits: Limits, rooms: Rooms, *, first: int, last: int
) -> dict[int, list[str]]:
    """Every free start on the local dates first..last (ordinals, inclusive) with who is free, in order."""
    found: dict[int, list[str]] = defaultdict(list)
    taken = room_blocks(rooms, want)
    for person in sorted(people, key=lambda each: each.slug):
        for start in starts_of(person, want, limits, taken, first=first, last=last):
            found[start].append(person.slug)
    return dict(sorted(found.items()))


def starts_of(person: Person, want: Want, limits: Limits, taken: Blocks, *, first: int, last: int) -> list[int]:
    """One practitioner's free starts in order, each once."""
    zone, grid, last = person.zone, person.grid, min(last, limits.last_day(person.zone))
    full = limits.full_days(person)
    own = own_blocks(person, want)
    blocks: dict[str | None, list[Span]] = {}
    starts: list[int] = []
    # A night shift that began the day before may reach into the first day asked for.
    for ordinal in range(first - 1, last + 1):
        for hours in person.hours_on(ordinal):
            if hours.room not in blocks:
                blocks[hours.room] = merged([*own, *taken.get(hours.room, ALWAYS)]) if want.needs_room else own
            for begin, end, ahead in begins(hours, zone, ordinal, limits.earliest, want.minutes):
                day = (begin + ahead) // DAY + EPOCH_ORDINAL
                if first <= day <= last and day not in full:
                    for since, until in gaps(begin, end, blocks[hours.room]):
                        # Minutes of the wall clock that are a multiple of the grid.
                        starts += range(since + -((since + ahead) % DAY) % grid, until, grid)
    return sorted(set(starts))  # hours may overlap


def begins(hours: Hours, zone: str, ordinal: int, earliest: int, minutes: int) -> Sequence[tuple[int, int, int]]:
    """When something so long may begin within these hours: (from, until, offset), each of one date and one offset."""
    start = midnight(zone, ordinal)
    if start is not None and hours.opens < hours.closes:  # nearly always: the clocks stand, and midnight is not passed
        begin, end = max(start + hours.opens, earliest), start + hours.closes - minutes + 1
        return ((begin, end, (ordinal - EPOCH_ORDINAL) * DAY - start),) if begin < end else ()
    opens, closes = hours.span(zone, ordinal)
    return stretches(zone, max(opens, earliest), closes - minutes + 1)


def own_blocks(person: Person, want: Want) -> list[Span]:
    """The starts that time off and bookings forbid; only between bookings do buffers count."""
    away = forbidden_starts(person.away, 0, want.minutes)
    before, after = want.before, want.minutes + want.after - 1
    return merged(away + [(since - after, until + before) for _, since, until in person.busy])


def room_blocks(rooms: Rooms, want: Want) -> Blocks:
    """The starts that each room forbids; under None, those at which no room at all is free."""
    blocks: dict[str | None, Sequence[Span]] = {
        room: merged(forbidden_starts(spans, want.before, want.minutes + want.after)) for room, spans in rooms.items()
    }
    everywhere: Sequence[Span] = ALWAYS
    for spans in blocks.values():
        everywhere = common(everywhere, spans)
    return {**blocks, None: everywhere}


def choose(start: int, free: Iterable[Person]) -> Person:
    """Who gets an any-practitioner booking: fewest bookings that day, then steady order."""

    def turn(person: Person) -> tuple[int, int, str]:
        return person.bookings_by_day()[local_day(person.zone, start)], person.position, person.slug

    return min(free, key=turn)


def choose_room(start: int, want: Want, hours: Sequence[Hours], rooms: Rooms) -> str | None:
    """The first suitable room free for this start: the one the hours name, or any where they name none."""
    named = {each.room for each in hours if each.room in rooms}
    suitable = sorted(rooms) if any(each.room is None for each in hours) else sorted(filter(None, named))
    return next((room for room in suitable if not meets(*want.busy(start), rooms[room])), None)
