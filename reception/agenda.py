"""One day at the practice: its sessions, what each still needs, and the free gaps between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from uuid import UUID

from aftercare.models import SessionRecord
from bookings import access as bookings
from bookings.models import Booking
from clinic.people.models import User
from intake.access import form_state, waiting_for
from intake.models import Request

ASKED_FOR = timedelta(days=14)  # an older session is not asked about any more
SHOWN = (Booking.Status.BOOKED, Booking.Status.ARRIVED, Booking.Status.COMPLETED, Booking.Status.MISSED)
FORM_WORDS = {
    "asked": ("Form not started", "info"),
    "started": ("Form started", "info"),
    "sent": ("Intake to read", "warn"),
    "read": ("Intake read", "ok"),
}


@dataclass(frozen=True)
class Tag:
    """A state in a word or two; the tone only tints it."""

    words: str
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """A session as the day's list shows it."""

    booking: Booking
    waiting: int  # open urgent and contact flags
    form: str
    request_code: UUID | None
    record: str  # none, draft or signed
    is_past: bool
    is_mine: bool = True
    tags: list[Tag] = field(default_factory=list)


def sessions(user: User, *, day: date, zone: tzinfo) -> list[Booking]:
    """The day's sessions that this user may see, in order of time."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    seen = bookings.for_desk(user).filter(status__in=SHOWN, starts_at__gte=start, starts_at__lt=end)
    return list(seen.order_by("starts_at", "code"))


def unsaid(user: User, *, before: date, zone: tzinfo) -> list[Booking]:
    """Sessions of the last days of which nobody has said whether the client came, the oldest first."""
    end = datetime.combine(before, time(), zone).astimezone(UTC)
    past = bookings.for_desk(user).filter(status=Booking.Status.BOOKED, ends_at__lte=end, starts_at__gt=end - ASKED_FOR)
    return list(past.order_by("starts_at", "code"))


def rows(found: Sequence[Booking], *, user: User, now: datetime) -> list[Row]:
    """What each session still needs, in a fixed number of queries."""
    codes = [booking.code for booking in found]
    waiting = waiting_for([booking.client_id for booking in found if booking.client_id])
    forms = form_state(codes)
    requests = dict(Request.objects.filter(about__in=codes, purpose="presession").values_list("about", "code"))
    records = dict(SessionRecord.objects.filter(booking__in=codes).values_list("booking", "closed_at"))
    return [
        _row(
            booking,
            waiting=len(waiting.get(booking.client_id, [])) if booking.client_id else 0,
            form=forms.get(booking.code, "none"),
            request_code=requests.get(booking.code),
            record=_record(booking.code, records),
            user=user,
            now=now,
        )
        for booking in found
    ]


def summary(found: Sequence[Row], *, zone: tzinfo) -> str:
    """The day in a sentence: how many sessions, and what to read before which of them."""
    count = len(found)
    words = ["No sessions." if not count else "1 session." if count == 1 else f"{count} sessions."]
    unread = [row for row in found if row.form == "sent" and not row.is_past]
    if unread:
        first = unread[0].booking.starts_at.astimezone(zone)
        intakes = "1 intake to read" if len(unread) == 1 else f"{len(unread)} intakes to read, the first"
        words.append(f"{intakes} before {first.hour}:{first:%M}.")
    unsaid = sum(1 for row in found if row.is_past and row.booking.status == Booking.Status.BOOKED)
    if unsaid:
        words.append(f"{unsaid} past with no word yet on whether the client came.")
    return " ".join(words)


def _row(
    booking: Booking, *, waiting: int, form: str, request_code: UUID | None, record: str, user: User, now: datetime
) -> Row:
    row = Row(booking, waiting, form, request_code, record, is_past=booking.ends_at <= now)
    row.tags.extend(_tags(row, user))
    return row


def _tags(row: Row, user: User) -> list[Tag]:
    """At most two, in the order of what needs doing. The front desk learns that something waits, not what."""
    found: list[Tag] = []
    if row.booking.status == Booking.Status.MISSED:
        return [Tag("Missed", "warn")]
    if row.waiting:
        answers = "1 answer" if row.waiting == 1 else f"{row.waiting} answers"
        found.append(Tag(f"{answers} to decide on" if user.is_clinical else "Needs review", "flag"))
    if row.record == "draft" or (row.booking.status == Booking.Status.ARRIVED and row.record == "none"):
        found.append(Tag("Record to sign", "warn"))
    elif row.record == "signed":
        found.append(Tag("Record signed", "ok"))
    elif row.form in FORM_WORDS:
        found.append(Tag(*FORM_WORDS[row.form]))
    if row.booking.status == Booking.Status.ARRIVED:
        found.append(Tag("Arrived", "ok"))
    return found[:2]


def _record(code: UUID, records: dict[UUID, datetime | None]) -> str:
    if code not in records:
        return "none"
    return "signed" if records[code] else "draft"
