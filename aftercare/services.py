"""What may happen to a session's record and to the letters after it: keep, close, amend, skip, hold, send, stop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from aftercare import access, calling, letters, planning
from aftercare.access import AMENDMENT, RECORD, Session
from aftercare.checks import Limits, to_close, to_keep
from aftercare.models import Amendment, PlanChange, SessionRecord
from aftercare.record import Record
from bookings import services as bookings
from bookings.door import Refused as RefusedByTheCalendar
from clinic.outbox import wishes
from clinic.outbox.models import Message
from clinic.people import audit, sealing
from clinic.people.models import User
from intake import alerts, facts, pages
from intake.models import Request
from intake.services import Order, Saved, send_checkin

CRISIS_FLAGS = frozenset({"u_crisis", "c_suicidal_thoughts"})
TWICE = timedelta(minutes=5)  # a second press within this time sends nothing more


class Refused(Exception):
    """The record may not be kept or closed like this: problems by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class Closed(Exception):
    """The record was signed: what comes later is an amendment."""


class Changed(Exception):
    """Somebody saved the record since this page was opened: `stored` is what it holds now."""

    def __init__(self, stored: Record, version: int) -> None:
        super().__init__("The record was saved in another window.")
        self.stored, self.version = stored, version


class NotNow(Exception):
    """This letter cannot be skipped, held or sent now; the text says why."""


def limits(session: Session, *, now: datetime) -> Limits:
    """What the client's answers and the practice allow in this session."""
    known = facts.for_client(session.client, now=now)
    return Limits(known.flags, known.areas, session.practice.intraoral_permitted)


@transaction.atomic
def open_record(*, session: Session, by: User, now: datetime) -> SessionRecord:
    """The session's record, locked; an empty one when there is none yet."""
    if not session.may_have_record:
        raise Refused({"areas": "This session was cancelled or missed, so there is nothing to record."})
    rows = SessionRecord.objects.select_for_update(of=("self",), no_key=True).select_related("client")
    row, _ = rows.get_or_create(
        booking=session.booking, defaults={"client": session.client, "saved_at": now, "saved_by": by}
    )
    return row


@transaction.atomic
def save_record(*, session: Session, content: Record, version: int, by: User, now: datetime) -> SessionRecord:
    """Keep a draft. `version` is the one the page was opened with."""
    row = open_record(session=session, by=by, now=now)
    if row.is_closed:
        raise Closed
    if row.version != version:
        raise Changed(access.read(row), row.version)
    if problems := to_keep(content, limits(session, now=now)):
        raise Refused(problems)
    row.sealed = sealing.seal(row.client, RECORD, row.code, content.to_json())
    row.version, row.saved_at, row.saved_by = version + 1, now, by
    row.save(update_fields=["sealed", "version", "saved_at", "saved_by"])
    audit.record(actor=by, verb="changed", about=row, client=row.client, fields=["content"], now=now)
    return row


@transaction.atomic
def close_record(*, session: Session, version: int, by: User, now: datetime) -> SessionRecord:
    """Sign the record. From here on it shapes every letter that has not left."""
    row = open_record(session=session, by=by, now=now)
    if row.is_closed:
        return row
    content = access.read(row)
    if row.version != version:
        raise Changed(content, row.version)
    if session.booking.starts_at > now:
        raise Refused({"areas": "The session has not begun. Close the record after it."})
    if problems := to_close(content, limits(session, now=now)):
        raise Refused(problems)
    try:
        bookings.complete(booking=session.booking, actor=by, now=now)
    except RefusedByTheCalendar as refusal:
        raise Refused({"areas": str(refusal)}) from refusal
    row.closed_at, row.closed_by = now, by
    row.save(update_fields=["closed_at", "closed_by"])
    audit.record(actor=by, verb="signed", about=row, client=row.client, fields=["content"], now=now)
    letters.resync(session, now=now)
    return row


@transaction.atomic
def amend(
    *,
    session: Session,
    text: str,
    reason: str,
    by: User,
    now: datetime,
    corrected: Mapping[str, object] | None = None,
) -> Amendment:
    """Add words to a signed record; the signed text stays. What they put right shapes the letters still to come."""
    locked = SessionRecord.objects.select_for_update(of=("self",), no_key=True).select_related("client")
    row = locked.filter(booking=session.booking).first()
    if row is None or not row.is_closed:
        raise NotNow("The record is still open: change it instead.")
    fixed = access.as_it_stands(row).corrected(corrected or {})
    if problems := to_keep(fixed, limits(session, now=now)) if corrected else {}:
        raise Refused(problems)
    amendment = Amendment(record=row, written_at=now, written_by=by)
    words = {"text": text, "reason": reason} | ({"corrected": dict(corrected)} if corrected else {})
    amendment.sealed = sealing.seal(row.client, AMENDMENT, amendment.code, words)
    amendment.save(force_insert=True)
    audit.record(actor=by, verb="changed", about=amendment, client=row.client, fields=list(words), now=now)
    letters.resync(session, now=now)
    return amendment


@transaction.atomic
def keep_back(*, session: Session, kind: str, change: str, by: User, now: datetime) -> None:
    """Skip a letter, or hold it until it is released; one that left stays as it is."""
    if kind not in planning.KINDS or change not in (PlanChange.Change.SKIP, PlanChange.Change.HOLD):
        raise NotNow("Only letters after a session can be skipped or held.")
    letters.resync(session, now=now)
    if kind not in {each.kind for each in letters.plan(session.booking.code, now)}:
        raise NotNow("This letter is no longer planned, so there is nothing to keep back.")
    made = _change(session, kind, change, by, now)
    queued = _rows(session, kind).filter(status=Message.Status.QUEUED)
    queued.update(status=Message.Status.WITHHELD, outcome=made.words)


@transaction.atomic
def release(*, session: Session, kind: str, by: User, now: datetime) -> None:
    """Let a skipped or held letter go after all; one whose time has passed is shown as missed by the drain."""
    changes = PlanChange.objects.filter(booking=session.booking, kind=kind).exclude(change=PlanChange.Change.SEND)
    for change in changes.exclude(change=PlanChange.Change.WORDS).select_related("made_by"):
        held = _rows(session, kind).filter(_kept_back(), status=Message.Status.WITHHELD)
        held.update(status=Message.Status.QUEUED, outcome="")
        _drop(change)
        audit.record(actor=by, verb="changed", about=session.booking, client=session.client, fields=[kind], now=now)
    letters.resync(session, now=now)


@transaction.atomic
def send(*, session: Session, kind: str, by: User, now: datetime) -> datetime | None:
    """A person sends a letter that never goes by itself: support, or a word after a call that nobody answered.

    A second press sends nothing more: then it returns when the letter was sent.
    """
    if kind not in (planning.SUPPORT, planning.CRISIS):
        raise NotNow("This letter goes by itself.")
    if not (session.client.may_email and session.client.email):
        raise NotNow("We may not write to this client. Please phone.")
    if wishes.declines(session.client, kind):
        raise NotNow("They asked for no letters of this kind. Please phone.")
    if kind == planning.CRISIS and not may_send_crisis(session, now=now):
        raise NotNow("This letter is for an open crisis answer only.")
    earlier = planning.sent_by_hand(session, kind)
    if earlier and now - earlier <= TWICE:
        return earlier
    _change(session, kind, PlanChange.Change.SEND, by, now)
    letters.resync(session, now=now)
    return None


def may_send_crisis(session: Session, *, now: datetime) -> bool:
    """Whether there is an open answer that this letter could follow."""
    return bool(facts.for_client(session.client, now=now).open_flags & CRISIS_FLAGS)


def by_hand(session: Session, *, now: datetime) -> list[str]:
    """The letters that a person may send now."""
    return [planning.SUPPORT, planning.CRISIS] if may_send_crisis(session, now=now) else [planning.SUPPORT]


@transaction.atomic
def save_checkin_page(*, sheet: pages.Sheet, order: Order | None = None, now: datetime) -> Saved:
    """Keep one page of a check-in; what it raises has its deadline from that moment, finished or not."""
    saved = pages.save(sheet, now=now, order=order)
    _set_deadlines(sheet.asked, now)
    return saved


@transaction.atomic
def save_checkin_so_far(*, sheet: pages.Sheet, order: Order | None = None, now: datetime) -> frozenset[str]:
    """Keep what is fine on a page that is not; returns what the client is to be shown something for."""
    to_show = pages.save_so_far(sheet, now=now, order=order)
    _set_deadlines(sheet.asked, now)
    return to_show


@transaction.atomic
def autosave_checkin(*, sheet: pages.Sheet, order: Order | None, now: datetime) -> pages.Tapped:
    """Keep a page while it is filled in; raises Overtaken."""
    tapped = pages.autosave(sheet, now=now, order=order)
    _set_deadlines(sheet.asked, now)
    return tapped


@transaction.atomic
def finish_checkin(*, asked: Request, now: datetime) -> None:
    """The client sends a check-in: its flags are raised, and the letters that they call for are planned."""
    sent = send_checkin(asked=asked, now=now)
    _set_deadlines(sent, now)
    letters.resync_client(asked.client, now=now)


def _set_deadlines(asked: Request, now: datetime) -> None:
    same_day, otherwise = calling.deadlines(asked, now=now)
    alerts.set_deadlines(asked=asked, deadlines=same_day, otherwise=otherwise, now=now)


def _change(session: Session, kind: str, change: str, by: User, now: datetime) -> PlanChange:
    made, _ = PlanChange.objects.update_or_create(
        booking=session.booking, kind=kind, defaults={"change": change, "made_at": now, "made_by": by}
    )
    audit.record(actor=by, verb="changed", about=session.booking, client=session.client, fields=[kind], now=now)
    return made


def _drop(change: PlanChange) -> None:
    """It goes as planned again; words of its own stay."""
    if not change.sealed_words:
        change.delete()
        return
    change.change = PlanChange.Change.WORDS
    change.save(update_fields=["change"])


def _kept_back() -> Q:
    """What a person keeps back, whoever it was and whatever her name is now."""
    skipped, held = PlanChange.Change.SKIP.label, PlanChange.Change.HOLD.label
    return Q(outcome__startswith=f"{skipped} by ") | Q(outcome__startswith=f"{held} by ")


def _rows(session: Session, kind: str) -> QuerySet[Message]:
    return Message.objects.about(session.booking.code).filter(kind=kind)
