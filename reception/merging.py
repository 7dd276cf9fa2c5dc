"""Two clients become one, floor by floor, in one transaction; `parting` takes it back."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db.models import Model

from aftercare import merging as records
from aftercare.models import AdverseEvent, SessionRecord
from bookings import merging as sessions
from bookings.door import Refused, through_the_door
from bookings.models import Booking, Course, WaitlistEntry
from clinic.outbox import merging as letters
from clinic.outbox.models import Declined, Message
from clinic.people import audit, sealing
from clinic.people import merging as people
from clinic.people.models import CareLink, Client, Link, Practice, User
from intake import merging as forms
from intake.models import Consent, Flag, Question, Request, Response
from reception import parting

ERASED = "The sealed data of one of the two can no longer be read, so they cannot be merged."
WORDS: dict[type[Model], str] = {
    Booking: "Sessions",
    Course: "Courses of sessions",
    WaitlistEntry: "Places on the waiting list",
    Request: "Times we asked for answers",
    Response: "Forms with answers",
    Flag: "Answers that a person looks at",
    Question: "Questions about answers",
    Consent: "Consents",
    SessionRecord: "Session records",
    AdverseEvent: "Notes of adverse events",
    Message: "Letters, sent and to come",
    Declined: "Letters they do not want",
    CareLink: "Practitioners who treat them",
    Link: "Secret links, which go on working",
}
ONE = "These are the same client already."


@through_the_door
def merge(practice: Practice, *, kept: Client, gone: Client, actor: User, now: datetime) -> Client:
    """Everything of `gone` becomes that of `kept`, then `gone` is deleted; refused as a whole or done as a whole."""
    rows = {each.code: each for each in Client.objects.select_for_update().filter(code__in=[kept.code, gone.code])}
    if len(rows) != 2:
        raise Refused(ONE)
    kept, gone = rows[kept.code], rows[gone.code]
    before = parting.rows_of([kept, gone])
    audit.record(actor=actor, verb="merged", about=gone, client=kept, fields=["client"], now=now)
    try:
        _move(kept, gone, now)
    except people.CannotMerge as reason:
        raise Refused(str(reason)) from reason
    except sealing.CannotUnseal as broken:
        raise Refused(ERASED) from broken
    sessions.resync(kept, now=now)
    parting.note(kept=kept, before=before, now=now)
    return kept


def belongings(*clients: Client) -> list[tuple[str, list[int]]]:
    """What hangs on these clients, and so moves when one of them goes: in words, and how many of each."""
    found = []
    for relation in Client._meta.related_objects:
        model, column = relation.related_model, relation.field.name
        if isinstance(model, str) or model not in WORDS:
            continue
        held = Counter(model._base_manager.filter(**{f"{column}__in": clients}).values_list(column, flat=True))
        if held:
            found.append((WORDS[model], [held[each.code] for each in clients]))
    return found


def _move(kept: Client, gone: Client, now: datetime) -> None:
    for owner in (kept, gone):
        sealing.unwrap(bytes(owner.wrapped_key), owner.code)
    letters.merge(kept=kept, gone=gone)
    forms.merge(kept=kept, gone=gone, now=now)
    records.merge(kept=kept, gone=gone)
    sessions.merge(kept=kept, gone=gone)
    people.merge(kept=kept, gone=gone)
    people.remove(gone)
