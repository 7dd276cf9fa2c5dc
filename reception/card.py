"""A client's time line: sessions, forms, letters sent and letters to come, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from aftercare import own_steps
from bookings.models import Booking
from clinic.outbox.models import Message
from clinic.people.models import Client, User
from intake.access import for_desk, state_of
from intake.models import Request
from reception import mailbox

MOST = 200
TONES = {
    Message.Status.QUEUED: "info",
    Message.Status.LEASED: "info",
    Message.Status.SENDING: "info",
    Message.Status.SENT: "ok",
    Message.Status.MISSED: "warn",
    Message.Status.WITHHELD: "warn",
    Message.Status.FAILED: "flag",
}
FORM_STATES = {"none": "Called off", "asked": "Not started", "started": "Started", "sent": "To read", "read": "Read"}


@dataclass(frozen=True)
class Entry:
    """One line: when, what kind of thing, its words, its state, and where to read on."""

    at: datetime
    kind: str
    words: str
    state: str
    tone: str = ""
    url: str = ""
    why: str = ""


def timeline(client: Client, *, user: User, now: datetime) -> list[Entry]:
    """What this user may know, newest first, things to come on top."""
    found = [_session(booking) for booking in _bookings(client)]
    if user.is_clinical:
        found += [_form(asked) for asked in for_desk(user).filter(client=client)]
    own = own_steps.names()
    found += [_letter(message, user, own) for message in client.messages.all()[:MOST]]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:MOST]


def _bookings(client: Client) -> list[Booking]:
    return list(client.bookings.select_related("service", "practitioner")[:MOST])


def _session(booking: Booking) -> Entry:
    return Entry(
        at=booking.starts_at,
        kind="Session",
        words=f"{booking.service.name} with {booking.practitioner.name}",
        state=booking.get_status_display(),
        tone="warn" if booking.status in Booking.FREE else "",
        url=reverse("desk-booking", args=[booking.code]),
    )


def _form(asked: Request) -> Entry:
    return Entry(
        at=asked.sent_at or asked.asked_at,
        kind="Check-in" if asked.purpose == Request.Purpose.CHECKIN else "Form",
        words="Check-in after a session" if asked.purpose == Request.Purpose.CHECKIN else "Questions before a session",
        state=FORM_STATES[state_of(asked)],
        url=reverse("desk-intake", args=[asked.code]),
    )


def _letter(message: Message, user: User, own: Mapping[str, str]) -> Entry:
    title, why = mailbox.words(message, user, own)
    is_paused = message.status in Message.UNSENT and message.client and message.client.letters_paused_at
    return Entry(
        at=message.sent_at or message.due_at,
        kind="Letter",
        words=title,
        state="Paused" if is_paused else message.get_status_display(),
        tone="warn" if is_paused else TONES.get(Message.Status(message.status), ""),
        url=reverse("desk-letter", args=[message.code]),
        why=why,
    )
