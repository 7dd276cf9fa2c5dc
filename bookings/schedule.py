"""A week or a day of the practice as columns of things that take time, for the desk's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.models import Booking, TimeOff
from bookings.slots import Person
from bookings.spans import Span, common, gaps, merged
from bookings.zones import DAY, minute, moment, resolve
from clinic.people import wording
from clinic.people.models import Practitioner

GAP = 30  # a shorter gap is not worth a line
LONG_DAY = 12  # a longer list is divided into morning, afternoon and evening
BEFORE = -1  # what began on an earlier day stands in the first row
FIRST_HOUR, LAST_HOUR = 9, 17  # shown even where nobody is there


@dataclass(frozen=True)
class Item:
    """One line: a session, a hold, time off, or a free gap."""

    start: datetime
    end: datetime
    kind: str  # booking, busy, held, away or free
    practitioner: Practitioner
    booking: Booking | None = None
    away: TimeOff | None = None
    on: date | None = None  # of a gap


@dataclass(frozen=True)
class Part:
    """Morning, afternoon or evening of a long day; a short day has one part without a name."""

    name: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Column:
    """One day, or one practitioner's day."""

    on: date
    words: str
    hours: str
    items: Sequence[Item]
    open: Sequence[Span] = field(default_factory=tuple)
    practitioner: Practitioner | None = None

    def parts(self, zone: ZoneInfo) -> list[Part]:
        if len(self.items) <= LONG_DAY:
            return [Part("", self.items)]
        names = ("Morning", "Afternoon", "Evening")
        found = {name: [each for each in self.items if _part(each, zone) == name] for name in names}
        return [Part(name, items) for name, items in found.items() if items]


@dataclass(frozen=True)
class Cell:
    """One hour of one column."""

    is_open: bool
    items: Sequence[Item]


@dataclass(frozen=True)
class Hour:
    """One row of the table."""

    words: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Facts:
    """What is in the calendar: who is there when, and what takes time."""

    people: Sequence[Person]
    practitioners: Mapping[str, Practitioner]
    bookings: Sequence[Booking]
    away: Sequence[TimeOff]
    seen: frozenset[object]  # the clients whose names this user may see
    zone: ZoneInfo


def by_day(facts: Facts, days: Iterable[date], *, with_gaps: bool) -> list[Column]:
    """One column a day, all practitioners together."""
    return [_column(facts, facts.people, day, _day_words(day), None, with_gaps=with_gaps) for day in days]


def by_practitioner(facts: Facts, day: date) -> list[Column]:
    """One column a practitioner, for one day."""
    found = []
    for person in facts.people:
        who = facts.practitioners[person.slug]
        found.append(_column(facts, [person], day, who.name, who, with_gaps=True))
    return found


def rows(columns: Sequence[Column], zone: ZoneInfo) -> list[Hour]:
    """The columns cut into hours, from the first that matters to the last."""
    hours = {_hour(each, column.on, zone) for column in columns for each in column.items} - {BEFORE}
    for column in columns:
        for since, until in column.open:
            hours |= {moment(since).astimezone(zone).hour, moment(until - 1).astimezone(zone).hour}
    first, last = min(hours | {FIRST_HOUR}), max(hours | {LAST_HOUR - 1})
    found = []
    for hour in range(first, last + 1):
        wanted = {hour, BEFORE} if hour == first else {hour}
        found.append(Hour(f"{hour}:00", [_cell(column, hour, wanted, zone) for column in columns]))
    return found


def open_on(person: Person, day: date, zone: str) -> list[Span]:
    """When the practitioner is there on a local date of this zone; a night shift may reach into it."""
    ordinal = day.toordinal()
    bounds = (resolve(zone, ordinal, 0), resolve(zone, ordinal, DAY))
    near = [
        hours.span(person.zone, each) for each in range(ordinal - 2, ordinal + 2) for hours in person.hours_on(each)
    ]
    return common(merged(near), [bounds])


def _column(
    facts: Facts,
    people: Sequence[Person],
    day: date,
    words: str,
    who: Practitioner | None,
    *,
    with_gaps: bool,
) -> Column:
    slugs = {each.slug for each in people}
    items = [each for each in _items(facts, slugs) if _touches(each, day, facts.zone)]
    spans = {each.slug: open_on(each, day, facts.zone.key) for each in people}
    if with_gaps:
        items += [gap for each in people for gap in _free(facts, each, spans[each.slug], day)]
    together = merged(span for some in spans.values() for span in some)
    ordered = sorted(items, key=lambda each: (each.start, each.practitioner.position, each.practitioner.slug))
    return Column(day, words, _hours_words(together, facts.zone), ordered, together, who)


def _items(facts: Facts, slugs: set[str]) -> Iterable[Item]:
    for booking in facts.bookings:
        if booking.practitioner.slug in slugs:
            yield Item(booking.starts_at, booking.ends_at, _kind(booking, facts), booking.practitioner, booking)
    for away in facts.away:
        if away.practitioner.slug in slugs:
            yield Item(away.starts_at, away.ends_at, "away", away.practitioner, away=away)


def _kind(booking: Booking, facts: Facts) -> str:
    if booking.status == Booking.Status.HELD:
        return "held"
    return "booking" if booking.client_id in facts.seen else "busy"


def _free(facts: Facts, person: Person, spans: Sequence[Span], on: date) -> Iterable[Item]:
    busy = [
        (minute(each.busy_from), minute(each.busy_until))
        for each in facts.bookings
        if each.practitioner.slug == person.slug and each.status not in Booking.FREE
    ]
    blocks = merged([*busy, *person.away])
    for begin, end in spans:
        for since, until in gaps(begin, end, blocks):
            if until - since >= GAP:
                yield Item(moment(since), moment(until), "free", facts.practitioners[person.slug], on=on)


def _touches(item: Item, day: date, zone: ZoneInfo) -> bool:
    """Things stand on the day they start; time off on every day it covers."""
    first, last = item.start.astimezone(zone).date(), (item.end - timedelta(minutes=1)).astimezone(zone).date()
    return first <= day <= last if item.kind == "away" else first == day


def _cell(column: Column, hour: int, wanted: set[int], zone: ZoneInfo) -> Cell:
    ordinal = column.on.toordinal()
    begin, end = resolve(zone.key, ordinal, hour * 60), resolve(zone.key, ordinal, (hour + 1) * 60)
    is_open = any(since < end and begin < until for since, until in column.open)
    return Cell(is_open, [each for each in column.items if _hour(each, column.on, zone) in wanted])


def _hour(item: Item, on: date, zone: ZoneInfo) -> int:
    """The row that it stands in."""
    local = item.start.astimezone(zone)
    return local.hour if local.date() == on else BEFORE


def _hours_words(spans: Sequence[Span], zone: ZoneInfo) -> str:
    said = [f"{wording.time(moment(since), zone)} to {wording.time(moment(until), zone)}" for since, until in spans]
    return ", ".join(said) or "Closed"


def _day_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _part(item: Item, zone: ZoneInfo) -> str:
    hour = item.start.astimezone(zone).hour
    if hour < 12:
        return "Morning"
    return "Afternoon" if hour < 17 else "Evening"
