"""Letters that could not be written for want of an address: calls to make instead."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from clinic.outbox.draining import SUPPRESSED
from clinic.outbox.models import Message
from clinic.outbox.rendering import NO_ADDRESS
from clinic.people import audit
from clinic.people.models import User

PHONED = "Told by phone."
KEPT = timedelta(days=14)  # an older one is of no use any more


def to_phone(*, now: datetime) -> QuerySet[Message]:
    """What nobody has phoned about yet, the oldest first."""
    return _withheld(now).filter(outcome__in=[NO_ADDRESS, SUPPRESSED])


def phoned(*, now: datetime) -> QuerySet[Message]:
    """What was phoned, for whoever pressed by mistake."""
    return _withheld(now).filter(outcome=PHONED)


def mark(*, message: Message, is_done: bool, actor: User, now: datetime) -> None:
    """Somebody phoned; or did not, after all."""
    Message.objects.filter(code=message.code, status=Message.Status.WITHHELD).update(
        outcome=PHONED if is_done else NO_ADDRESS
    )
    audit.record(actor=actor, verb="changed", about=message, client=message.client, fields=["outcome"], now=now)


def _withheld(now: datetime) -> QuerySet[Message]:
    found = Message.objects.filter(status=Message.Status.WITHHELD, due_at__gt=now - KEPT).exclude(client=None)
    return found.select_related("client")
