"""Reads calendars in one statement: a row for each practitioner or room, with everything on it as text full of numbers.

Turning database rows into Python objects is nearly all that finding free times costs, so the database joins each kind
of row into one text. PostgreSQL keeps the plan of the statement for as long as the connection lives.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from bookings.slots import FOREVER, Busy, Hours, Person, WeeklyHours
from bookings.spans import Span

PEOPLE = """
SELECT p.slug, p.timezone, p.grid, p.position,
  (SELECT {join}(h.weekday || ',' || h.opens || ',' || h.closes || ',' || COALESCE({h.since_on}, 0) || ','
     || COALESCE({h.until_on}, {forever}) || ',' || COALESCE(r.slug, ''), ' ')
   FROM bookings_workinghours h LEFT JOIN bookings_room r ON r.code = h.room_id
   WHERE h.practitioner_id = p.code),
  (SELECT {join}({e.on} || ',' || COALESCE(i.opens || ',' || i.closes || ',' || COALESCE(r.slug, ''), ''), ' ')
   FROM bookings_hoursexception e LEFT JOIN bookings_exceptioninterval i ON i.exception_id = e.code
   LEFT JOIN bookings_room r ON r.code = i.room_id
   WHERE e.practitioner_id = p.code AND e."on" >= %s AND e."on" <= %s),
  (SELECT {join}({t.starts_at} || ',' || {t.ends_at}, ',')
   FROM bookings_timeoff t WHERE t.practitioner_id = p.code AND t.ends_at > %s AND t.starts_at < %s),
  (SELECT {join}({b.starts_at} || ',' || {b.busy_from} || ',' || {b.busy_until}, ',')
   FROM bookings_booking b WHERE b.practitioner_id = p.code AND {busy})
FROM people_practitioner p WHERE {who} ORDER BY p.position, p.slug"""
ROOMS = """
SELECT r.slug,
  (SELECT {join}({b.busy_from} || ',' || {b.busy_until}, ',')
   FROM bookings_booking b WHERE b.room_id = r.code AND {busy})
FROM bookings_room r WHERE r.is_active"""
BUSY = """b.status NOT IN ('cancelled', 'missed') AND b.busy_until > %s AND b.busy_from < %s
     AND NOT (b.status = 'held' AND b.hold_until <= %s)"""
# What changes whenever anything at all was committed: PostgreSQL's snapshot is by its meaning the same only where the
# same is seen; SQLite counts what others wrote, and what this connection did.
STAMP = {"postgresql": "SELECT pg_current_snapshot()::text", "sqlite": "SELECT data_version || '/' || total_changes()"}
IS_STEADY = """, NOT EXISTS (
  SELECT 1 FROM bookings_booking WHERE status = 'held' AND hold_until > %s AND hold_until < %s)"""
FROM_WHERE = {"postgresql": "", "sqlite": " FROM pragma_data_version"}
OFFERS = "p.is_active AND p.code IN (SELECT o.practitioner_id FROM bookings_offering o WHERE o.service_id = %s)"

JOIN = {"postgresql": "string_agg", "sqlite": "group_concat"}
# A moment as whole minutes since 1970, a date as its ordinal: numbers are several times cheaper to read than dates.
MINUTE = {"postgresql": "(date_part('epoch', {})::bigint / 60)", "sqlite": "(strftime('%%s', {}) / 60)"}
ORDINAL = {"postgresql": "({} - DATE '0001-01-01' + 1)", "sqlite": "CAST(julianday({}) - 1721424.5 AS INTEGER)"}
Parameters = list[Any]


@dataclass(frozen=True)
class Ignoring:
    """Busy time that does not count: a visitor's own holds, and the booking that is being moved."""

    visitor: str = ""
    booking: UUID | None = None


NOBODY = Ignoring()


@dataclass(frozen=True)
class Scope:
    """The local dates that are read, as wide as any zone and a night shift from the day before need; and as of when."""

    first: date
    last: date
    now: datetime
    ignoring: Ignoring = NOBODY

    def window(self) -> Parameters:
        begin = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC) - timedelta(days=2)
        end = datetime(self.last.year, self.last.month, self.last.day, tzinfo=UTC) + timedelta(days=3)
        return [begin, end]

    def dates(self) -> Parameters:
        return [self.first - timedelta(days=2), self.last + timedelta(days=1)]

    def busy(self) -> tuple[str, Parameters]:
        """The condition for what takes time, and its parameters."""
        condition, parameters = BUSY, [*self.window(), self.now]
        if self.ignoring.visitor:
            condition += " AND NOT (b.status = 'held' AND b.visitor = %s)"
            parameters.append(self.ignoring.visitor)
        if self.ignoring.booking:
            condition += " AND b.code <> %s"
            parameters.append(self.ignoring.booking)
        return condition, parameters


def people_offering(service: UUID, practitioner: UUID | None, scope: Scope) -> list[Person]:
    """The calendars of all who offer the service, or of one of them."""
    if practitioner:
        return _people(f"{OFFERS} AND p.code = %s", [service, practitioner], scope)
    return _people(OFFERS, [service], scope)


def people_with(codes: Sequence[UUID], scope: Scope) -> list[Person]:
    """The calendars of these practitioners."""
    return _people(f"p.code IN ({', '.join(['%s'] * len(codes))})", list(codes), scope) if codes else []


def rooms(scope: Scope) -> dict[str, list[Span]]:
    """Every room in use, and when it is taken."""
    condition, parameters = scope.busy()
    return {slug: _pairs(text) for slug, text in _rows(_written(ROOMS, busy=condition), parameters)}


class Stamp(NamedTuple):
    """What stays the same for as long as the database does, and to whom it is said."""

    seen: str
    by: Hashable  # the connection, where its counts mean nothing to another
    is_steady: bool  # no hold runs out before the next minute


def stamp(now: datetime) -> Stamp:
    vendor, next_minute = connection.vendor, now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    [(seen, is_steady)] = _rows(STAMP[vendor] + IS_STEADY + FROM_WHERE[vendor], [now, next_minute])
    return Stamp(seen, connection.connection if vendor == "sqlite" else None, bool(is_steady))


def _people(who: str, codes: Parameters, scope: Scope) -> list[Person]:
    condition, parameters = scope.busy()
    statement = _written(PEOPLE, busy=condition, who=who, forever=FOREVER)
    found = _rows(statement, [*scope.dates(), *scope.window(), *parameters, *codes])
    return [
        Person(
            slug=slug,
            zone=zone,
            grid=grid,
            position=position,
            weekly=_weekly(weekly or ""),
            exceptions=_exceptions(exceptions),
            away=_pairs(away),
            busy=_busy(busy),
        )
        for slug, zone, grid, position, weekly, exceptions, away, busy in found
    ]


@lru_cache(maxsize=1000)
def _weekly(text: str) -> tuple[WeeklyHours, ...]:
    rows = (row.split(",") for row in text.split())
    return tuple(
        WeeklyHours(int(weekday), Hours(int(opens), int(closes), room or None), int(since), int(until))
        for weekday, opens, closes, since, until, room in rows
    )


def _exceptions(text: str | None) -> dict[int, list[Hours]]:
    found: dict[int, list[Hours]] = {}
    for row in (text or "").split():
        on, *hours = row.split(",")
        intervals = found.setdefault(int(on), [])
        if len(hours) == 3:  # a date without intervals is closed
            intervals.append(Hours(int(hours[0]), int(hours[1]), hours[2] or None))
    return found


def _busy(text: str | None) -> list[Busy]:
    numbers = _numbers(text)
    return list(map(Busy._make, zip(numbers, numbers, numbers, strict=True)))


def _pairs(text: str | None) -> list[Span]:
    numbers = _numbers(text)
    return list(zip(numbers, numbers, strict=True))


def _numbers(text: str | None) -> Iterator[int]:
    return map(int, text.split(",")) if text else iter(())


class _Columns:
    """Lets a statement name a column, `{b.busy_from}`, and get it as a number in this database's words."""

    def __init__(self, table: str, vendor: str) -> None:
        self.table, self.vendor = table, vendor

    def __getattr__(self, name: str) -> str:
        as_number = ORDINAL if name in {"on", "since_on", "until_on"} else MINUTE
        return as_number[self.vendor].format(f'{self.table}."{name}"')


@lru_cache(maxsize=100)
def _worded(statement: str, vendor: str, busy: str, who: str, forever: int) -> str:
    tables = {name: _Columns(name, vendor) for name in "ehtb"}
    return statement.format(join=JOIN[vendor], busy=busy, who=who, forever=forever, **tables)


def _written(statement: str, *, busy: str, who: str = "", forever: int = 0) -> str:
    return _worded(statement, connection.vendor, busy, who, forever)


def _rows(statement: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [_adapted(each) for each in parameters])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _adapted(value: Any) -> Any:
    """As this database stores it: SQLite keeps moments, dates and codes as text."""
    if connection.vendor == "postgresql":
        return value
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value.hex if isinstance(value, UUID) else value
