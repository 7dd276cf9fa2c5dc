"""What we say after a session: every letter, re-checked and rendered as it leaves."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from aftercare import access, checkins, own_words, planning, saying
from aftercare.access import Session
from aftercare.blocks import every_choice
from aftercare.planning import CHECKIN, CRISIS, GONE, KINDS, NUDGE, OWN, SORE, SUPPORT
from clinic.outbox import wishes
from clinic.outbox.registry import Mail, Planned, Stop, letter, plans
from clinic.outbox.rendering import Manner, OwnWords, compose
from clinic.outbox.services import sync
from clinic.outbox.wordings import another_wording, may_say, paragraph
from clinic.people.models import Client

wishes.describe("m10_after", "How to take the first hours slowly.")
wishes.describe("m11_morning", "What many people feel the day after, and what is kind to you.")
wishes.describe(CHECKIN, "Two days later: how have you been? One minute.", along=[NUDGE])
wishes.describe("m13_week", "A quiet look back after a week.")
wishes.describe(SUPPORT, "Things that can help, when you tell us that feelings are near the surface.")
wishes.describe(SORE, "When you tell us that you are not well: by when we call you.")
another_wording("m11_morning_long", "The next morning, when the evening was too short", kind="m11_morning")
for _choice, _when in every_choice():
    paragraph(_choice.name, _choice.title, _choice.text, when=_when)
for _kind in (*KINDS, "m11_morning_long"):
    may_say(_kind, "practitioner", "day", "time")


@letter("m10_after", title="After the session", optional=True, rank=85)
def after(about: UUID, now: datetime) -> Mail | Stop:
    return write("m10_after", about, now)


@letter("m11_morning", title="The next morning", optional=True, rank=40)
def morning(about: UUID, now: datetime) -> Mail | Stop:
    return write("m11_morning", about, now)


@letter(CHECKIN, title="A one-minute check-in", optional=True, rank=80)
def checkin(about: UUID, now: datetime) -> Mail | Stop:
    return write(CHECKIN, about, now)


@letter(NUDGE, title="The check-in is still open", optional=True, rank=81)
def nudge(about: UUID, now: datetime) -> Mail | Stop:
    return write(NUDGE, about, now)


@letter("m13_week", title="One week on", optional=True, rank=30)
def week(about: UUID, now: datetime) -> Mail | Stop:
    return write("m13_week", about, now)


@letter(SUPPORT, title="Some support", optional=True, is_clinical=True)
def support(about: UUID, now: datetime) -> Mail | Stop:
    return write(SUPPORT, about, now)


@letter(SORE, title="Thank you for letting me know", optional=True, is_clinical=True)
def sore(about: UUID, now: datetime) -> Mail | Stop:
    return write(SORE, about, now)


@letter(CRISIS, title="Thinking of you", is_clinical=True)
def crisis(about: UUID, now: datetime) -> Mail | Stop:
    """Only ever sent by a person, after a call that nobody answered."""
    return write(CRISIS, about, now)


@plans(*KINDS, over=access.near)
def plan(about: UUID, now: datetime) -> list[Planned]:
    session = access.find(about)
    return planning.planned(session) if session else []


def resync(session: Session, *, now: datetime) -> None:
    """Bring the outbox in line after a change; call it in the transaction of the change."""
    about = session.booking.code
    sync(about=about, kinds=KINDS, planned=plan(about, now), now=now)


def resync_client(client: Client, *, now: datetime) -> None:
    for about in access.near_of(client, now):
        sync(about=about, kinds=KINDS, planned=plan(about, now), now=now)


def render(
    kind: str, told: saying.Told, to: saying.Addresses, *, now: datetime, own: OwnWords | None = None
) -> Mail | Stop:
    """The mail itself: the same for sending and for the preview, but for the links."""
    session = told.session
    words = own_words.of(session, kind) if own is None else own
    return compose(
        kind,
        to=session.client,
        context=saying.context(kind, told, to, now=now) | _promise(kind, session),
        reply_to=session.booking.practitioner.email,
        stop_url="" if kind == CRISIS else to(f"stop {kind}"),
        manner=Manner(saying.layout(kind, session), saying.additions(session), words),
    )


def write(kind: str, about: UUID, now: datetime) -> Mail | Stop:
    """Re-check, then render with live links."""
    session = access.find(about)
    if session is None:
        return GONE
    if stop := planning.obstacle(session, kind, now):
        return stop
    checkins.open_for(kind, session, now=now)
    told = saying.tell(session, access.closed_record(session), now=now)
    return render(kind, told, saying.live(session, now=now), now=now)


def _promise(kind: str, session: Session) -> dict[str, object]:
    """By when a worrying answer is followed by a call."""
    call_by = checkins.call_by(session) if kind == SORE else ""
    return {"call_by": call_by} if call_by else {}


for _number, _kind in enumerate(OWN, start=1):
    another_wording(_kind, f"A letter of your own, number {_number}", kind=_kind, source="own_step")
    letter(_kind, title="Other letters from the practice", optional=True, rank=20)(partial(write, _kind))
wishes.describe(OWN[0], "Such as how to find us, or what to bring.", along=OWN[1:])
