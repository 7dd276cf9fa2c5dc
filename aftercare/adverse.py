"""Adverse events: what went wrong, or may have; written once, added to, never changed, and kept sealed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from io import StringIO

from django.db import transaction
from django.db.models import QuerySet

from aftercare.models import AdverseEvent
from bookings.cells import harmless
from bookings.models import Booking
from clinic.people import audit, sealing, wording
from clinic.people.models import Client, User
from intake.models import Flag

LABEL = "aftercare.adverse_event"
SEVERITIES = {"mild": "Mild", "moderate": "Moderate", "severe": "Severe"}
TOLD = {"yes": "Yes", "no": "No", "not_needed": "Not needed"}
COLUMNS = {
    "happened_on": "When it happened",
    "what": "What happened",
    "began": "When it began",
    "lasted": "How long it lasted",
    "severity": "How severe",
    "help_sought": "Help that was sought",
    "outcome": "How it ended",
    "told_insurer": "Insurer told",
}


@dataclass(frozen=True)
class Note:
    """The content of the note; what was added later stands below it."""

    happened_on: str  # an ISO date
    what: str
    began: str
    lasted: str
    severity: str
    help_sought: str
    outcome: str
    told_insurer: str
    added: tuple[tuple[str, str, str], ...] = ()  # when, who, what

    def rows(self) -> list[tuple[str, str]]:
        """What was noted, in words."""
        said = {
            **asdict(self),
            "happened_on": wording.date_with_year(date.fromisoformat(self.happened_on)),
            "severity": SEVERITIES[self.severity],
            "told_insurer": TOLD[self.told_insurer],
        }
        return [(words, said[name] or "Nothing noted") for name, words in COLUMNS.items()]


def seen_by(user: User) -> QuerySet[AdverseEvent]:
    """The notes about clients whom this user may see, the newest first; nothing sealed is opened."""
    visible = Client.objects.visible_to(user).values("code")
    return AdverseEvent.objects.filter(client__in=visible).select_related("client", "booking", "noted_by", "flag")


def read(event: AdverseEvent) -> Note:
    stored = sealing.unseal(event.client, LABEL, event.code, event.sealed)
    return Note(**{**stored, "added": tuple(tuple(each) for each in stored["added"])})


def close(event: AdverseEvent, note: Note) -> AdverseEvent:
    """The row with this note sealed into it; the caller saves."""
    event.sealed = sealing.seal(event.client, LABEL, event.code, asdict(note))
    return event


@transaction.atomic
def write(
    *, client: Client, booking: Booking | None, flag: Flag | None, note: Note, by: User, now: datetime
) -> AdverseEvent:
    """Keep a note; what it says is not changed any more."""
    event = AdverseEvent(client=client, booking=booking, flag=flag, noted_at=now, noted_by=by)
    close(event, note).save(force_insert=True)
    audit.record(actor=by, verb="wrote", about=event, client=client, fields=list(COLUMNS), now=now)
    return event


@transaction.atomic
def add(*, event: AdverseEvent, text: str, by: User, now: datetime) -> None:
    """Words that came later, below the note, with name and time."""
    row = (
        AdverseEvent.objects.select_for_update(of=("self",), no_key=True).select_related("client").get(code=event.code)
    )
    note = read(row)
    added = (*note.added, (now.isoformat(), by.name or by.email, text.strip()))
    close(row, Note(**{**asdict(note), "added": added})).save(update_fields=["sealed"])
    audit.record(actor=by, verb="added", about=row, client=row.client, fields=["added"], now=now)


def lines(events: Iterable[AdverseEvent]) -> Iterator[str]:
    """The notes as a CSV file, line by line."""
    yield _line(["Client", "Session", *COLUMNS.values(), "Added later", "Noted on", "Noted by"])
    for event in events:
        note = read(event)
        session = event.booking.starts_at.date().isoformat() if event.booking else ""
        later = "; ".join(f"{at[:10]} {who}: {text}" for at, who, text in note.added)
        said = [note.happened_on, *(words for _, words in note.rows()[1:])]  # a date that a spreadsheet can sort
        yield _line([event.client.name, session, *said, later, event.noted_at.date().isoformat(), event.noted_by.name])


def _line(cells: Iterable[str]) -> str:
    out = StringIO()
    csv.writer(out).writerow([harmless(cell) for cell in cells])
    return out.getvalue()
