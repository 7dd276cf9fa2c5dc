"""Taking due letters one at a time: leased to one worker by a token, fresh ones first, a backlog at a steady pace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection

from clinic.outbox.models import Message, Pace
from clinic.outbox.registry import KINDS
from clinic.people.models import Client

FRESH = timedelta(minutes=15)  # what is overdue for longer is a backlog
SLACK = timedelta(seconds=10)  # a pause that a pace makes up for: about one tick
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
PACE = "backlog"
FIELDS = {field.name: field for field in Message._meta.concrete_fields}
# One statement, so that no two workers take the same letter: PostgreSQL skips rows that others hold, SQLite lets one
# write at a time. The states stand as words, not as values, so that the index over them (letters_waiting) is used.
TAKE = """
UPDATE outbox_message SET status = 'leased', lease = %s, lease_until = %s, attempts = attempts + 1
WHERE code = (
    SELECT code FROM outbox_message
    WHERE status IN ('queued', 'leased', 'sending') AND due_at > %s AND due_at <= %s
        AND ((status = 'queued' AND (next_try_at IS NULL OR next_try_at <= %s))
            OR (status <> 'queued' AND lease_until <= %s))
    ORDER BY {first} due_at LIMIT 1 {lock}
) RETURNING *,
    (SELECT wrapped_key FROM people_client WHERE people_client.code = client_id) AS client_key,
    (SELECT timezone FROM people_client WHERE people_client.code = client_id) AS client_zone"""
NOTE = "UPDATE outbox_message SET {changes} WHERE code = %s AND lease = %s"
UNLESS_SUPPRESSED = " AND NOT EXISTS (SELECT 1 FROM outbox_suppression WHERE digest = %s)"


def claim(*, now: datetime, real_now: datetime) -> Message | None:
    """The next due letter, leased to this worker; None when nothing is due, or the backlog must wait for its pace."""
    if not settings.LETTERS_PER_MINUTE:
        return _take(LONG_AGO, now, real_now)
    fresh = _take(now - FRESH, now, real_now)
    if fresh is not None or not _has_backlog(now, real_now) or not _may_go_on(real_now):
        return fresh
    return _take(LONG_AGO, now - FRESH, real_now, asked_for_first=True)


def next_free(free_at: datetime, real_now: datetime, per_minute: int) -> datetime | None:
    """When the letter after the next may go, if the next may go now: a steady pace that forgives a short pause."""
    if free_at > real_now:
        return None
    return max(free_at, real_now - SLACK) + timedelta(minutes=1) / per_minute


def note(message: Message, changes: Mapping[str, object], *, unless_suppressed: str = "") -> bool:
    """Write down what became of a letter, where this worker still holds it; whether it did.

    Fenced: a worker that overslept its lease cannot overwrite what a newer one noted. `unless_suppressed` is the
    digest of an address to which nothing may go.
    """
    values = [FIELDS[name].get_db_prep_save(value, connection) for name, value in changes.items()]
    held = [_prepared("code", message.code), _prepared("lease", message.lease)]
    statement = NOTE.format(changes=", ".join(f"{FIELDS[name].column} = %s" for name in changes))
    if unless_suppressed:
        statement, held = statement + UNLESS_SUPPRESSED, [*held, unless_suppressed]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *held])
        return bool(cursor.rowcount == 1)


def recipient(message: Message) -> Client | None:
    """As much of a claimed letter's client as sending it needs, read when it was claimed."""
    if message.client_id is None:
        return None
    return Client(
        code=message.client_id,
        wrapped_key=message.client_key,  # type: ignore[attr-defined]
        timezone=message.client_zone,  # type: ignore[attr-defined]
    )


def _prepared(name: str, value: object) -> Any:
    return FIELDS[name].get_db_prep_value(value, connection)


def _take(since: datetime, until: datetime, real_now: datetime, *, asked_for_first: bool = False) -> Message | None:
    """The oldest of the letters due after `since` and not after `until`."""
    asked_for = [kind.name for kind in KINDS.values() if not kind.rank] if asked_for_first else []
    statement = TAKE.format(
        first=f"CASE WHEN kind IN ({', '.join(['%s'] * len(asked_for))}) THEN 0 ELSE 1 END," if asked_for else "",
        lock="FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else "",
    )
    moments = [real_now + settings.OUTBOX_LEASE, since, until, real_now, real_now]
    told = [_prepared("lease", uuid4()), *map(connection.ops.adapt_datetimefield_value, moments), *asked_for]
    return next(iter(Message.objects.raw(statement, told)), None)


def _has_backlog(now: datetime, real_now: datetime) -> bool:
    return Message.objects.due(now - FRESH).claimable(real_now).exists()


def _may_go_on(real_now: datetime) -> bool:
    """Whether one more letter of a backlog may go; whoever asks second at the same moment waits for the next tick."""
    pace, _ = Pace.objects.get_or_create(name=PACE, defaults={"free_at": LONG_AGO})
    after = next_free(pace.free_at, real_now, settings.LETTERS_PER_MINUTE)
    return after is not None and Pace.objects.filter(name=PACE, free_at=pace.free_at).update(free_at=after) == 1
