"""Two clients become one, floor by floor, in one transaction; it cannot be taken back."""

from __future__ import annotations

from datetime import datetime

from aftercare import merging as records
from bookings import merging as sessions
from bookings.door import Refused, through_the_door
from clinic.outbox import merging as letters
from clinic.people import audit, sealing
from clinic.people import merging as people
from clinic.people.models import Client, Practice, User
from intake import merging as forms

ERASED = "The sealed data of one of the two can no longer be read, so they cannot be merged."
ONE = "These are the same client already."


@through_the_door
def merge(practice: Practice, *, kept: Client, gone: Client, actor: User, now: datetime) -> Client:
    """Everything of `gone` becomes that of `kept`, then `gone` is deleted; refused as a whole or done as a whole."""
    rows = {each.code: each for each in Client.objects.select_for_update().filter(code__in=[kept.code, gone.code])}
    if len(rows) != 2:
        raise Refused(ONE)
    kept, gone = rows[kept.code], rows[gone.code]
    audit.record(actor=actor, verb="merged", about=gone, client=kept, fields=["client"], now=now)
    try:
        _move(kept, gone, now)
    except people.CannotMerge as reason:
        raise Refused(str(reason)) from reason
    except sealing.CannotUnseal as broken:
        raise Refused(ERASED) from broken
    sessions.resync(kept, now=now)
    return kept


def _move(kept: Client, gone: Client, now: datetime) -> None:
    for owner in (kept, gone):
        sealing.unwrap(bytes(owner.wrapped_key), owner.code)
    letters.merge(kept=kept, gone=gone)
    forms.merge(kept=kept, gone=gone, now=now)
    records.merge(kept=kept, gone=gone)
    sessions.merge(kept=kept, gone=gone)
    people.merge(kept=kept, gone=gone)
    people.remove(gone)
