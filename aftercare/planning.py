"""Which letters one session should have, from its state, the client's wishes, open flags and the check-in's answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from aftercare import access, checkins
from aftercare import plan as timing
from aftercare.access import Session
from aftercare.models import OwnStep, PlanChange
from bookings.models import Booking
from clinic.outbox.models import Message
from clinic.outbox.registry import Planned, Stop
from clinic.people.models import Client
from intake import documents
from intake.access import waiting_for
from intake.care import PRIVATE
from intake.models import Flag

CHECKIN, NUDGE = "m12_checkin", "m12b_checkin_nudge"
SUPPORT, SORE, CRISIS = "m14_support", "m15_sore", "m07_crisis"
OWN = tuple(f"own_{number}" for number in range(1, OwnStep.MOST + 1))  # the practice's own letters
KINDS = ("m10_after", "m11_morning", CHECKIN, NUDGE, "m13_week", SUPPORT, SORE, CRISIS, *OWN)
BY_HAND_ENDS = timedelta(hours=24)


def _no(reason: str, status: Message.Status = Message.Status.SUPERSEDED) -> Stop:
    return Stop(status, reason)


GONE = _no("The session was cancelled or missed.")
UNWANTED = _no("They asked for no letters after a session.")
WAITING = _no("Something waits for a person first.")
ANSWERED = _no("The check-in was answered.")
WITHDRAWN = _no("It was taken back.")
DEALT_WITH = _no("A person has dealt with it.")
NO_LONGER = _no("It is no longer planned.")
OVERTAKEN = _no("It was too late: the next letter goes instead.", Message.Status.MISSED)


def planned(session: Session) -> list[Planned]:
    """What a person sent, and what goes by itself; a letter that a person keeps back is still planned."""
    sent = list(_by_hand(session))
    before, after = _own(session)
    if stop(session) is not None:
        return sent + (before if _may_come_before(session) else [])
    by_hand = {each.kind for each in sent}
    return sent + before + [each for each in [*_by_itself(session), *after] if each.kind not in by_hand]


def stop(session: Session) -> Stop | None:
    """Why no letter follows this session by itself; None when they do."""
    if not session.is_alive:
        return GONE
    if session.client.wants_aftercare is False:
        return UNWANTED
    return WAITING if _waits_for_a_person(session.client) else None


def _may_come_before(session: Session) -> bool:
    """Where letters after a session wait for the arrival, those before it do not."""
    is_booked = session.booking.status == Booking.Status.BOOKED and not session.booking.is_history
    return is_booked and session.client.wants_aftercare is not False and not _waits_for_a_person(session.client)


def _own(session: Session) -> tuple[list[Planned], list[Planned]]:
    """The practice's own letters before and after this session."""
    booking, found = session.booking, OwnStep.objects.filter(is_on=True)
    before: list[Planned] = []
    after: list[Planned] = []
    for step in found.filter(Q(service=None) | Q(service=booking.service_id)):
        is_before = step.when == OwnStep.When.BEFORE
        time = timing.OwnTime(f"own_{step.number}", step.name, -step.days if is_before else step.days, step.at)
        due = timing.own(time, booking.starts_at, booking.ends_at, session.quiet)
        if due.due_at > max(booking.booked_at or step.since, step.since):
            occasion = f"{step.code.hex} {(booking.starts_at if is_before else booking.ends_at).isoformat()}"
            (before if is_before else after).append(_letter(session, due, occasion))
    return before, after


def _waits_for_a_person(client: Client) -> bool:
    """An urgent answer, or one after which nobody else may read that they come here."""
    waiting = waiting_for([client.code]).get(client.code, [])
    for flag in waiting:
        flag.client = client
    return any(flag.severity == Flag.Severity.URGENT or documents.read(flag)["id"] in PRIVATE for flag in waiting)


def obstacle(session: Session, kind: str, now: datetime) -> Stop | None:
    """The re-check as a letter leaves: why it must not go now; None when it may."""
    if kind not in {each.kind for each in planned(session)}:
        return stop(session) or _why_not(session, kind)
    if kind == CHECKIN and _is_nudge_due(session, now):
        return OVERTAKEN
    change = PlanChange.objects.filter(booking=session.booking, kind=kind).select_related("made_by").first()
    if change is None or change.change in (PlanChange.Change.SEND, PlanChange.Change.WORDS):
        return None
    return _no(change.words, Message.Status.WITHHELD)


def _why_not(session: Session, kind: str) -> Stop:
    if kind in (CHECKIN, NUDGE) and checkins.answered_at(session):
        return ANSWERED
    return {SUPPORT: DEALT_WITH, SORE: DEALT_WITH, CRISIS: WITHDRAWN}.get(kind, NO_LONGER)


def _is_nudge_due(session: Session, now: datetime) -> bool:
    """After a long silence of the mail server both may be due: then only the later one goes."""
    due = timing.after_session(session.booking.ends_at, session.quiet, session.practice.steps)
    return any(each.kind == NUDGE and each.due_at <= now for each in due)


def _by_itself(session: Session) -> Iterator[Planned]:
    booking, answered = session.booking, checkins.answered_at(session)
    following = access.next_session(session)
    for due in timing.after_session(booking.ends_at, session.quiet, session.practice.steps):
        was_due_before = booking.booked_at is not None and due.due_at <= booking.booked_at
        has_newer = following is not None and due.due_at >= following.starts_at
        if not (was_due_before or has_newer or (answered and due.kind in (CHECKIN, NUDGE))):
            yield _letter(session, due, booking.ends_at.isoformat())
    yield from _replies(session)


def _replies(session: Session) -> Iterator[Planned]:
    """What answers a check-in: that a call comes goes first; where both are due, support follows on the next day."""
    raised = checkins.raised(session)
    worrying, tender = checkins.answers(raised, checkins.WORRYING), checkins.answers(raised, checkins.TENDER)
    if worrying:
        due = timing.reply(SORE, worrying.at, session.quiet)
        yield _letter(session, due, worrying.at.isoformat())
    if tender:
        due = timing.reply(SUPPORT, tender.at + timedelta(days=bool(worrying)), session.quiet)
        yield _letter(session, due, tender.at.isoformat())


def sent_by_hand(session: Session, kind: str) -> datetime | None:
    """When a person last sent this letter; None when nobody did."""
    sent = PlanChange.objects.filter(booking=session.booking, kind=kind, change=PlanChange.Change.SEND)
    return sent.values_list("made_at", flat=True).first()


def _by_hand(session: Session) -> Iterator[Planned]:
    """Letters that a person sends: at once, whatever the hour."""
    for change in PlanChange.objects.filter(booking=session.booking, change=PlanChange.Change.SEND):
        due = timing.Due(change.kind, change.made_at, change.made_at + BY_HAND_ENDS, "Sent by a person")
        yield _letter(session, due, change.made_at.isoformat())


def _letter(session: Session, due: timing.Due, occasion: str) -> Planned:
    return Planned(
        kind=due.kind,
        about=session.booking.code,
        occasion=occasion,
        due_at=due.due_at,
        not_after=due.not_after,
        reason=due.reason,
        client_code=session.client.code,
    )
