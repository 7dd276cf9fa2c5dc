"""The audit trail: rows inserted plainly, hash-chained by the tick, and a check that names what was changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models, transaction

from clinic.people.locks import lock_practice
from clinic.people.models import AuditEvent, Client, User

START = b"\0" * 32
SETTLED = timedelta(minutes=2)  # no transaction lasts that long


def record(
    *,
    actor: User | None,
    verb: str,
    about: models.Model,
    client: Client | None,
    fields: Sequence[str] = (),
    now: datetime,
) -> None:
    """Note that `actor` (None: the client or the system) did `verb`; names of fields, never their values."""
    AuditEvent.objects.create(
        at=now,
        actor=actor,
        verb=verb,
        kind=about._meta.label_lower,
        about=str(about.pk),
        client_code=client.code if client else None,
        fields=list(fields),
    )


@transaction.atomic
def chain(*, now: datetime, limit: int = 5000) -> int:
    """Chain the rows that the tick has not reached; until then, three minutes at most, they are unsealed.

    The newest rows wait: a row gets its number before it is committed, so one that is still on its way may have a
    lower number than one that is there.
    """
    lock_practice()  # two ticks at once would make two chains
    last = AuditEvent.objects.exclude(digest=b"").order_by("-number").first()
    before = bytes(last.digest) if last else START
    waiting = AuditEvent.objects.filter(digest=b"", at__lte=now - SETTLED).order_by("number")[:limit]
    done = 0
    for event in waiting:
        event.digest = before = digest(before, event)
        event.save(update_fields=["digest"])
        done += 1
    return done


def broken() -> list[int]:
    """The numbers of rows that are not as they were written, or whose predecessor is gone."""
    before, wrong = START, []
    for event in AuditEvent.objects.exclude(digest=b"").order_by("number").iterator():
        if bytes(event.digest) != digest(before, event):
            wrong.append(event.number)
        before = bytes(event.digest)
    return wrong


def digest(before: bytes, event: AuditEvent) -> bytes:
    facts = [
        event.number,
        event.at.isoformat(),
        event.actor_id,
        event.verb,
        event.kind,
        event.about,
        str(event.client_code),
        event.fields,
    ]
    return hashlib.sha256(before + json.dumps(facts).encode()).digest()
