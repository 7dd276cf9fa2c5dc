"""A letter that was sent, once more: as it reads today, to where the client is written to now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from clinic.outbox import wishes
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail, Stop, letter

ONCE_MORE = "once_more"
NOT_THERE = Stop(Message.Status.SUPERSEDED, "The letter is no longer kept.")


@letter(ONCE_MORE, title="A letter sent again", is_clinical=True)
def once_more(about: UUID, now: datetime) -> Mail | Stop:
    """Not the old copy: its links have ended, and what it says may have changed. All that kind's checks hold."""
    first = Message.objects.select_related("client").filter(code=about, status=Message.Status.SENT).first()
    kind = KINDS.get(first.kind) if first else None
    if first is None or kind is None:
        return NOT_THERE
    if wishes.declines(first.client, first.kind):
        return wishes.UNWANTED
    return kind.write(first.about, now)
