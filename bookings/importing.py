"""Takes bookings over from another program: all or nothing, through the same door as every booking.

They may lie outside the hours and in the past, but never overlap. Coming ones are asked their questions and told of by
one letter; about past ones nothing is sent.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TextIO

from bookings import calendar, letters, said
from bookings.door import through_the_door
from bookings.holding import sweep
from bookings.import_rows import Fault, FileFaults, Reader, Row
from bookings.models import Booking, Offering, Room, Service
from bookings.slots import Person
from bookings.zones import minute
from clinic.outbox.services import queue_all
from clinic.people import audit
from clinic.people.matching import Identity, find_or_create_clients, note_care_of
from clinic.people.models import Client, Practice, Practitioner
from intake.asking_many import Asking, ask_many, clients_who_answered

AT_ONCE = 500  # rows in one statement
Tell = Callable[[str], None]
Key = tuple[str, Any]  # ("practitioner" or "room", its key)


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do."""

    rows: int
    coming: int
    clients: int  # new ones


class Taken:
    """What is busy, for each practitioner and each room: spans that never overlap, with whose they are."""

    def __init__(self) -> None:
        self.spans: dict[Key, list[tuple[datetime, datetime, str]]] = defaultdict(list)

    def add(self, key: Key, begin: datetime, end: datetime, whose: str) -> None:
        insort(self.spans[key], (begin, end, whose))

    def by(self, key: Key, begin: datetime, end: datetime) -> str | None:
        """Whose time this would overlap."""
        spans = self.spans[key]
        at = bisect(spans, (begin, end, ""))
        near = spans[max(0, at - 1) : at + 1]
        return next((whose for since, until, whose in near if since < end and begin < until), None)


def import_file(*, file: TextIO, now: datetime, tell: Tell, dry_run: bool = False) -> Outcome:
    """Import every row, or raise FileFaults with all that is wrong with any of them."""
    reader = _reader(now)
    rows = reader.read(file, lambda number: tell(f"{number} rows read") if number % 1000 == 0 else None)
    return store(rows=rows, faults=reader.faults, now=now, tell=tell, dry_run=dry_run)


@through_the_door
def store(
    practice: Practice, *, rows: Sequence[Row], faults: Sequence[Fault], now: datetime, tell: Tell, dry_run: bool
) -> Outcome:
    """Give each row its place between what is booked already, and write them all."""
    sweep(now)
    bookings, overlaps = _place(rows, now)
    if faults or overlaps:
        raise FileFaults([*faults, *overlaps])
    people = [Identity(row.name, row.email, row.phone) for row in rows]
    coming = sum(row.start > now for row in rows)
    if dry_run:
        return Outcome(len(rows), coming, clients=0)
    tell(f"{len(rows)} rows checked; none overlaps")
    before = Client.objects.count()
    clients = find_or_create_clients(people, now=now)
    _write(list(zip(rows, bookings, (clients[each] for each in people), strict=True)), practice, now, tell)
    audit.record(actor=None, verb="imported", about=practice, client=None, fields=["bookings"], now=now)
    return Outcome(len(rows), coming, Client.objects.count() - before)


def _reader(now: datetime) -> Reader:
    return Reader(
        practitioners={each.slug: each for each in Practitioner.objects.all()},
        services={each.slug: each for each in Service.objects.all()},
        rooms={each.slug: each for each in Room.objects.filter(is_active=True)},
        offered=frozenset(
            Offering.objects.filter(practitioner__is_active=True, service__is_active=True).values_list(
                "practitioner", "service"
            )
        ),
        country=Practice.objects.the().country,
        now=now,
    )


def _place(rows: Sequence[Row], now: datetime) -> tuple[list[Booking], list[Fault]]:
    """The rows as bookings with their rooms, and the faults of those that would overlap."""
    if not rows:
        return [], []
    taken = _taken_between(min(row.start for row in rows), max(row.start for row in rows), now)
    hours = _hours_of(rows)
    rooms = {each.slug: each for each in Room.objects.filter(is_active=True)}
    bookings = {row.line: _booking(row, now) for row in rows}
    faults = []
    # Rows that name their room choose first; then in order of time, so that as many as can be find a room.
    for row in sorted(rows, key=lambda each: (each.room is None, each.start, each.line)):
        reason = _find_place(row, bookings[row.line], taken, hours, rooms)
        if reason:
            faults.append(Fault(row.line, reason))
    return [bookings[row.line] for row in rows], faults


def _find_place(
    row: Row, booking: Booking, taken: Taken, hours: Mapping[str, Person], rooms: Mapping[str, Room]
) -> str | None:
    """Note the row's time and room as taken, or say why it has none."""
    if booking.status in Booking.FREE:
        return None
    begin, end = booking.busy_from, booking.busy_until
    own = ("practitioner", row.practitioner.code)
    other = taken.by(own, begin, end)
    if other:
        return f"It overlaps {other} of {row.practitioner.slug}, the time kept free round each included."
    if row.room is not None or row.service.needs_room:
        booking.room = _free_room(row, booking, taken, hours, rooms)
        if booking.room is None:
            return f"room: {row.room.slug} is taken then." if row.room else "room: No room is free then."
        taken.add(("room", booking.room.code), begin, end, f"line {row.line}")
    taken.add(own, begin, end, f"line {row.line}")
    return None


def _free_room(
    row: Row, booking: Booking, taken: Taken, hours: Mapping[str, Person], rooms: Mapping[str, Room]
) -> Room | None:
    """The room that the row names; else one that the hours name; else any."""
    if row.room:
        wanted = [row.room]
    else:
        named = {each.room for each in hours[row.practitioner.slug].hours_round(minute(row.start), row.minutes)}
        wanted = sorted(rooms.values(), key=lambda room: (room.slug not in named, room.slug))
    begin, end = booking.busy_from, booking.busy_until
    return next((room for room in wanted if not taken.by(("room", room.code), begin, end)), None)


def _taken_between(first: datetime, last: datetime, now: datetime) -> Taken:
    taken = Taken()
    margin = timedelta(days=3)
    busy = Booking.objects.busy(now).filter(busy_until__gt=first - margin, busy_from__lt=last + margin).order_by()
    columns = ("practitioner", "room", "busy_from", "busy_until", "starts_at", "status")
    for practitioner, room, begin, end, start, status in busy.values_list(*columns):
        kind = "a time that is being booked just now" if status == Booking.Status.HELD else "the session"
        whose = f"{kind} at {start:%Y-%m-%dT%H:%MZ} that is here already"
        taken.add(("practitioner", practitioner), begin, end, whose)
        if room:
            taken.add(("room", room), begin, end, whose)
    return taken


def _hours_of(rows: Sequence[Row]) -> dict[str, Person]:
    days = [row.start.date() for row in rows]
    found = calendar.persons({row.practitioner.slug: row.practitioner for row in rows}, min(days), max(days))
    return {each.slug: each for each in found}


def _booking(row: Row, now: datetime) -> Booking:
    booking = Booking(
        practitioner=row.practitioner,
        service=row.service,
        room=row.room,
        status=row.status,
        zone=row.practitioner.timezone,
        version=1,
        booked_at=now,
        fixed_at=now,
        fixed_by=Booking.Act.IMPORTED,
        cancelled_at=now if row.status == Booking.Status.CANCELLED else None,
    )
    booking.set_start(row.start, row.service)
    longer = timedelta(minutes=row.minutes - row.service.minutes)
    booking.ends_at, booking.busy_until = booking.ends_at + longer, booking.busy_until + longer
    return booking


def _write(found: Sequence[tuple[Row, Booking, Client]], practice: Practice, now: datetime, tell: Tell) -> None:
    for row, booking, client in found:
        booking.client = client
        booking.sealed_note = said.sealed(client, said.NOTE, booking, row.note)
    # The database refuses overlaps here too: a fault of ours would end the whole import, not double a booking.
    Booking.objects.bulk_create([booking for _, booking, _ in found], batch_size=AT_ONCE)
    note_care_of({(client.code, booking.practitioner_id) for _, booking, client in found})
    tell(f"{len(found)} bookings written")
    coming = [(booking, client) for _, booking, client in found if booking.is_coming(now)]
    _announce(coming, practice, now, tell)


def _announce(coming: Sequence[tuple[Booking, Client]], practice: Practice, now: datetime, tell: Tell) -> None:
    for begin in range(0, len(coming), AT_ONCE):
        some = coming[begin : begin + AT_ONCE]
        answered = clients_who_answered({client.code for _, client in some})
        facts: dict[str, Any] = {"answered": answered, "practice": practice, "now": now}
        planned = ask_many([_asking(booking, client) for booking, client in some], **facts)
        queue_all([*planned, *letters.announce_many(some, **facts)], now=now)
        tell(f"letters planned for {begin + len(some)} of {len(coming)} coming bookings")


def _asking(booking: Booking, client: Client) -> Asking:
    return Asking(client, booking.practitioner, booking.code, booking.starts_at, tuple(booking.service.asks))
