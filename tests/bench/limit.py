"""The limit: the least that finds free starts for the measured workloads, to hold the product against.

It knows the hours already, asks one hand-written query through Django's connection, and merges intervals of minutes.
It has no rooms, no clock changes within a day, no exceptions and no caps: nothing that the workloads do not need.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from tests.bench.workloads import MINUTES, Workload

DAY = 1440
EPOCH = date(1970, 1, 1).toordinal()
AFTER = 15  # minutes kept free after each session
Span = tuple[int, int]


@dataclass(frozen=True)
class Known:
    """What the limit remembers between calls: who there is, the hours by weekday, the offset of each day."""

    people: Mapping[Any, str]
    weekly: Mapping[int, Sequence[Span]]
    offsets: Mapping[int, int]
    first: int
    last: int
    earliest: int
    since: datetime
    until: datetime


def remember(workload: Workload, people: Mapping[Any, str]) -> Known:
    weekly: dict[int, list[Span]] = defaultdict(list)
    for weekday, opens, closes in workload.weekly:
        weekly[weekday].append((opens, closes))
    first, last = workload.start.toordinal(), workload.last.toordinal()
    midnight = datetime(workload.start.year, workload.start.month, workload.start.day, tzinfo=workload.tz)
    days = [midnight + timedelta(days=n, hours=12) for n in range(workload.days)]  # no clock changes at noon
    offsets = {day.toordinal(): int((day.utcoffset() or timedelta()).total_seconds()) // 60 for day in days}
    since, until = midnight - timedelta(days=1), midnight + timedelta(days=workload.days + 1)
    return Known(people, weekly, offsets, first, last, workload.earliest, since, until)


def read(known: Known) -> list[tuple[Any, int, int, int]]:
    """(who, from, until, 1 for a booking) of everything in the way: one statement, integers only."""
    spans = {
        "postgresql": "date_part('epoch', {0})::bigint / 60, date_part('epoch', {1})::bigint / 60",
        "sqlite": "strftime('%%s', {0}) / 60, strftime('%%s', {1}) / 60",
    }[connection.vendor]
    statement = f"""
        SELECT practitioner_id, {spans.format("busy_from", "busy_until")}, 1 FROM bookings_booking
        WHERE status NOT IN ('cancelled', 'missed') AND busy_until > %s AND busy_from < %s
        UNION ALL
        SELECT practitioner_id, {spans.format("starts_at", "ends_at")}, 0 FROM bookings_timeoff
        WHERE ends_at > %s AND starts_at < %s"""
    window = [connection.ops.adapt_datetimefield_value(each) for each in (known.since, known.until)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*window, *window])
        rows: list[tuple[Any, int, int, int]] = cursor.fetchall()
    return rows


def compute(known: Known, rows: Iterable[tuple[Any, int, int, int]]) -> dict[int, list[str]]:
    """Every free start with who is free."""
    blocks: dict[Any, list[Span]] = {who: [] for who in known.people}
    for who, begin, end, is_booking in rows:
        blocks[who].append((begin - MINUTES - AFTER * is_booking + 1, end))
    found: dict[int, list[str]] = defaultdict(list)
    for who, slug in known.people.items():
        for start in _starts(known, _merged(blocks[who])):
            found[start].append(slug)
    return dict(sorted(found.items()))


def free_starts(known: Known) -> dict[int, list[str]]:
    return compute(known, read(known))


def _merged(spans: list[Span]) -> list[Span]:
    spans.sort()
    result: list[Span] = []
    for begin, end in spans:
        if result and begin <= result[-1][1]:
            if end > result[-1][1]:
                result[-1] = (result[-1][0], end)
        else:
            result.append((begin, end))
    return result


def _starts(known: Known, blocks: list[Span]) -> list[int]:
    found: list[int] = []
    at = 0
    for ordinal in range(known.first, known.last + 1):
        for opens, closes in known.weekly.get((ordinal - 1) % 7, ()):
            midnight = (ordinal - EPOCH) * DAY - known.offsets[ordinal]
            begin, end = max(midnight + opens, known.earliest), midnight + closes - MINUTES + 1
            while at < len(blocks) and blocks[at][1] <= begin:
                at += 1
            here = at
            while begin < end:
                until, following = (blocks[here][0], blocks[here][1]) if here < len(blocks) else (end, end)
                found += range(begin + -begin % 15, min(until, end), 15)
                begin, here = max(begin, following), here + 1
    return found
