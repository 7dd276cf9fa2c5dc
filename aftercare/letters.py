"""What we say after a session: which letters should exist, and each of them as it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from aftercare import access, checkins, saying
from aftercare import plan as timing
from aftercare.access import Session
from aftercare.checkins import Answered
from aftercare.models import PlanChange
from clinic.outbox.models import Message
from clinic.outbox.registry import Mail, Planned, Stop, letter, plans
from clinic.outbox.rendering import compose
from clinic.outbox.services import sync
from clinic.people.models import Client
from intake.access import waiting_for
from intake.models import Flag

SUPPORT, SORE, CRISIS = "m14_support", "m15_sore", "m07_crisis"
AFTER = ("m10_after", "m11_morning", "m12_checkin", "m12b_checkin_nudge", "m13_week")
PLANNED = (*AFTER, SUPPORT, SORE, CRISIS)
BY_HAND_ENDS = timedelta(hours=24)

GONE = Stop(Message.Status.SUPERSEDED, "The session was cancelled or missed.")
UNWANTED = Stop(Message.Status.SUPERSEDED, "They asked for no letters after a session.")
URGENT = Stop(Message.Status.SUPERSEDED, "An urgent answer is open: only a person writes now.")
ANSWERED = Stop(Message.Status.SUPERSEDED, "The check-in was answered.")
WITHDRAWN = Stop(Message.Status.SUPERSEDED, "It was taken back.")
OVERTAKEN = Stop(Message.Status.MISSED, "It was too late: the next letter goes instead.")
DEALT_WITH = Stop(Message.Status.SUPERSEDED, "A person has dealt with it.")


@letter("m10_after", title="After the session", optional=True)
def after(about: UUID, now: datetime) -> Mail | Stop:
    return _write("m10_after", about, now)


@letter("m11_morning", title="The next morning", optional=True)
def morning(about: UUID, now: datetime) -> Mail | Stop:
    return _write("m11_morning", about, now)


@letter("m12_checkin", title="A one-minute check-in", optional=True)
def checkin(about: UUID, now: datetime) -> Mail | Stop:
    """After a long silence of the mail server the nudge may be due as well: then only that goes."""
    session = access.find(about)
    due = timing.after_session(session.booking.ends_at, session.zone, session.quiet) if session else ()
    if any(each.kind == "m12b_checkin_nudge" and each.due_at <= now for each in due):
        return OVERTAKEN
    return _ask("m12_checkin", about, now)


@letter("m12b_checkin_nudge", title="The check-in is still open", optional=True)
def nudge(about: UUID, now: datetime) -> Mail | Stop:
    return _ask("m12b_checkin_nudge", about, now)


@letter("m13_week", title="One week on", optional=True)
def week(about: UUID, now: datetime) -> Mail | Stop:
    return _write("m13_week", about, now)


@letter("m14_support", title="Some support", optional=True)
def support(about: UUID, now: datetime) -> Mail | Stop:
    return _write(SUPPORT, about, now)


@letter("m15_sore", title="Thank you for letting me know", optional=True)
def sore(about: UUID, now: datetime) -> Mail | Stop:
    session = access.find(about)
    if session is None or checkins.worrying(session) is None:
        return DEALT_WITH
    return _write(SORE, about, now)


@letter("m07_crisis", title="Thinking of you")
def crisis(about: UUID, now: datetime) -> Mail | Stop:
    """Only ever sent by a person, after a call that nobody answered."""
    return _write(CRISIS, about, now)


@plans(*PLANNED, over=access.near)
def plan(about: UUID, now: datetime) -> list[Planned]:
    """The letters of one session, from its state, the client's wishes, open flags and the check-in's answers."""
    session = access.find(about)
    if session is None:
        return []
    sent = list(_by_hand(session))
    if _stop(session) is not None:
        return sent
    by_hand = {planned.kind for planned in sent}
    return sent + [planned for planned in _by_itself(session) if planned.kind not in by_hand]


def resync(session: Session, *, now: datetime) -> None:
    """Bring the outbox in line after a change; call it in the transaction of the change."""
    about = session.booking.code
    sync(about=about, kinds=PLANNED, planned=plan(about, now), now=now)


def resync_client(client: Client, *, now: datetime) -> None:
    for about in access.near_of(client, now):
        sync(about=about, kinds=PLANNED, planned=plan(about, now), now=now)


def _by_itself(session: Session) -> Iterator[Planned]:
    booking, answered = session.booking, checkins.answered_at(session)
    for due in timing.after_session(booking.ends_at, session.zone, session.quiet):
        is_late = booking.booked_at is not None and due.due_at <= booking.booked_at
        if not is_late and not (answered and due.kind == "m12b_checkin_nudge"):
            yield _planned(session, due, booking.ends_at.isoformat())
    for kind, found in _replies(session):
        due = timing.reply(kind, found.at, session.zone, session.quiet)
        yield _planned(session, due, found.at.isoformat())


def _replies(session: Session) -> Iterable[tuple[str, Answered]]:
    found = ((SUPPORT, checkins.tender(session)), (SORE, checkins.worrying(session)))
    return [(kind, answered) for kind, answered in found if answered]


def _by_hand(session: Session) -> Iterator[Planned]:
    """Letters that a person sends: at once, whatever the hour."""
    for change in PlanChange.objects.filter(booking=session.booking, change=PlanChange.Change.SEND):
        until = change.made_at + BY_HAND_ENDS
        due = timing.Due(change.kind, change.made_at, until, "sent by a person")
        yield _planned(session, due, change.made_at.isoformat())


def _planned(session: Session, due: timing.Due, occasion: str) -> Planned:
    return Planned(
        kind=due.kind,
        about=session.booking.code,
        occasion=occasion,
        due_at=due.due_at,
        not_after=due.not_after,
        reason=due.reason,
        client_code=session.client.code,
    )


def why_none(session: Session) -> str:
    """Why no letter goes by itself, fit to show; empty when letters do."""
    stop = _stop(session)
    return stop.reason if stop else ""


def _stop(session: Session) -> Stop | None:
    """Why no letter follows this session by itself; None when they do."""
    if not session.is_alive:
        return GONE
    if session.client.wants_aftercare is False:
        return UNWANTED
    waiting = waiting_for([session.client.code]).get(session.client.code, [])
    return URGENT if any(flag.severity == Flag.Severity.URGENT for flag in waiting) else None


def _obstacle(session: Session, kind: str) -> Stop | None:
    """Why this letter must not go now; what a person sends goes always."""
    change = PlanChange.objects.filter(booking=session.booking, kind=kind).select_related("made_by").first()
    if change is None:
        return WITHDRAWN if kind == CRISIS else _stop(session)
    if change.change == PlanChange.Change.SEND:
        return None
    return _stop(session) or Stop(Message.Status.WITHHELD, change.words)


def _ask(kind: str, about: UUID, now: datetime) -> Mail | Stop:
    session = access.find(about)
    if session and checkins.answered_at(session):
        return ANSWERED
    return _write(kind, about, now)


def _write(kind: str, about: UUID, now: datetime) -> Mail | Stop:
    """Re-check, then render with live links."""
    session = access.find(about)
    if session is None:
        return GONE
    if stop := _obstacle(session, kind):
        return stop
    checkins.open_for(kind, session, now=now)
    told = saying.tell(session, access.closed_record(session), now=now)
    return render(kind, told, saying.live(session, now=now), now=now)


def render(kind: str, told: saying.Told, to: saying.Addresses, *, now: datetime) -> Mail | Stop:
    """The mail itself: the same for sending and for the preview, but for the links."""
    session = told.session
    return compose(
        kind,
        to=session.client,
        context=saying.context(kind, told, to, now=now) | _promise(kind, session),
        reply_to=session.booking.practitioner.email,
        stop_url="" if kind == CRISIS else to("stop"),
    )


def _promise(kind: str, session: Session) -> dict[str, object]:
    answered = checkins.worrying(session) if kind == SORE else None
    return {"call_by": answered.call_by(session)} if answered else {}
