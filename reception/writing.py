"""What a visitor writes to the practice from the contact page."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from clinic.outbox.models import Message
from clinic.outbox.registry import Planned
from clinic.outbox.services import queue

MOST_AN_HOUR = 20  # one practice gets far fewer; a flood is a program
GOOD_FOR = timedelta(days=7)


class TooManyMessagesError(Exception):
    """More messages in an hour than people write."""


@transaction.atomic
def write_to_practice(*, name: str, reply_to: str, message: str, now: datetime) -> None:
    """Pass a visitor's words to the practice through the outbox; they wait there sealed."""
    since = now - timedelta(hours=1)
    if Message.objects.filter(kind="contact_form", created_at__gt=since).count() >= MOST_AN_HOUR:
        raise TooManyMessagesError
    planned = Planned(
        kind="contact_form",
        about=uuid4(),
        occasion="",
        due_at=now,
        not_after=now + GOOD_FOR,
        reason="Somebody wrote through the contact page.",
        client_code=None,
    )
    queue(planned, now=now, facts={"name": name, "reply_to": reply_to, "message": message})
