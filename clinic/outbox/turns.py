"""Whose day it is: the letters of one client side by side, for the rule of one letter a day (`days`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from clinic.outbox.days import YIELDS, Turn, yielding
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS
from clinic.people.models import Client, Practice
from clinic.people.quiet import Quiet

Status = Message.Status
NEAR = timedelta(days=2)  # no two moments further apart share a day, in whatever zone
COLUMNS = ("code", "about", "client_id", "client__timezone", "kind", "due_at", "not_after", "sent_at", "status")
# Of one client, by hand: for Django to put it together costs more than to run it, and every reminder asks it.
DAY = """SELECT m.code, m.about, m.client_id, c.timezone AS client__timezone, m.kind, m.due_at, m.not_after, m.sent_at,
    m.status
FROM outbox_message m JOIN people_client c ON c.code = m.client_id
WHERE m.client_id = %s AND m.due_at < %s
    AND ((m.sent_at IS NULL AND m.status IN ('queued', 'leased', 'sending')) OR m.sent_at > %s)"""
HAVE_LEFT = (Status.SENDING, Status.SENT)  # perhaps, or certainly
Row = dict[str, Any]


def gives_way(message: Message, *, now: datetime) -> bool:
    """Whether this letter, about to leave, must leave the day to another one that left or goes today."""
    kind = KINDS.get(message.kind)
    if kind is None or not kind.rank or message.client_id is None:
        return False
    near = [connection.ops.adapt_datetimefield_value(moment) for moment in (now + NEAR, now - NEAR)]
    client = Message._meta.pk.get_db_prep_value(message.client_id, connection)
    rows = [vars(each) for each in Message.objects.raw(DAY, [client, *near])]
    going = [row for row in rows if row["kind"] in _ranked() and (row["sent_at"] or not _is_late(row, now))]
    return message.code in yielding(_turn(row, now, leaving=message.code) for row in going)


def sleeps_until(name: str, client: Client, *, now: datetime) -> datetime | None:
    """The end of the client's quiet hours, where a letter that nobody waits for would break them."""
    kind = KINDS.get(name)
    if kind is None or not kind.rank:
        return None
    practice = Practice.objects.the()
    morning = Quiet(practice.quiet_from, practice.quiet_to, client.zone).later(now)
    return morning if morning > now else None


def settle(*, now: datetime) -> None:
    """Show ahead which letters will give way, and let those go again whose day has become free."""
    lost, free = [], []
    for rows in _by_client(now):
        giving = yielding(_turn(row, now) for row in rows)
        lost += [row["code"] for row in rows if row["code"] in giving and row["status"] == Status.QUEUED]
        free += [row["code"] for row in rows if row["code"] not in giving and _waits_for_its_day(row, now)]
    if lost:
        Message.objects.filter(code__in=lost, status=Status.QUEUED).update(status=Status.SUPERSEDED, outcome=YIELDS)
    if free:
        yielded = Message.objects.filter(code__in=free, status=Status.SUPERSEDED, outcome=YIELDS)
        yielded.update(status=Status.QUEUED, outcome="")


def _by_client(now: datetime) -> Iterator[list[Row]]:
    """Letters near enough to matter, of one client after the other."""
    rows = Message.objects.filter(kind__in=_ranked(), due_at__gt=now - NEAR, due_at__lt=now + 30 * NEAR).exclude(
        client=None
    )
    live = Q(status__in=Message.UNSENT) | Q(status=Status.SENT) | Q(status=Status.SUPERSEDED, outcome=YIELDS)
    listed = rows.filter(live).order_by("client_id").values(*COLUMNS).iterator(chunk_size=500)
    for _, group in groupby(listed, key=lambda row: row["client_id"]):
        yield list(group)


def _ranked() -> set[str]:
    return {kind.name for kind in KINDS.values() if kind.rank}


def _turn(row: Row, now: datetime, *, leaving: UUID | None = None) -> Turn:
    """An overdue letter goes now; one in the hands of another worker has its day already."""
    kind = KINDS[row["kind"]]
    moment = row["sent_at"] or (now if row["code"] == leaving else max(row["due_at"], now))
    return Turn(
        code=row["code"],
        about=row["about"],
        kind=row["kind"],
        rank=kind.rank,
        day=moment.astimezone(ZoneInfo(row["client__timezone"])).date(),
        due_at=row["due_at"],
        has_left=row["status"] in HAVE_LEFT and row["code"] != leaving,
        may_repeat=not kind.optional,
    )


def _waits_for_its_day(row: Row, now: datetime) -> bool:
    return row["status"] == Status.SUPERSEDED and row["due_at"] > now and not _is_late(row, now)


def _is_late(row: Row, now: datetime) -> bool:
    return row["not_after"] is not None and row["not_after"] < now
