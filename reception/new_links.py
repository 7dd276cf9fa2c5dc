"""A fresh link for somebody whose letter is lost: sent by mail only, with the same answer for everybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

from clinic.outbox.draining import address_digest
from clinic.outbox.registry import Planned
from clinic.outbox.services import queue

PER_ADDRESS = 3  # an hour
ALTOGETHER = 60  # an hour; one practice gets far fewer
HOUR = 3600  # seconds
GOOD_FOR = timedelta(hours=6)


@transaction.atomic
def ask_for_links(*, email: str, now: datetime) -> None:
    """Queue a letter with new links to what this address has booked; whether it has anything, nobody can tell."""
    if not (_may("new-links", ALTOGETHER) and _may(f"new-links-{address_digest(email)}", PER_ADDRESS)):
        return
    planned = Planned(
        kind="new_link",
        about=uuid4(),
        occasion="",
        due_at=now,
        not_after=now + GOOD_FOR,
        reason="Somebody asked for new links.",
        client_code=None,
    )
    queue(planned, now=now, facts={"email": email})


def _may(key: str, most: int) -> bool:
    cache.add(key, 0, HOUR)
    return cache.incr(key) <= most
