"""The check-in and the reflection a week later: asked for as intake requests, and what their answers call for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from aftercare import saying
from aftercare.access import Session
from clinic.people import wording
from intake import care, documents, meaning, pages
from intake.care import Card
from intake.models import Flag, Request
from intake.pages import Sheet
from intake.services import ask_checkin

REFLECT = "reflect"
OPENS = {"m12_checkin": "checkin", "m12b_checkin_nudge": "checkin", "m13_week": REFLECT}
TENDER = frozenset({"n_emotional", "c_emotional"})
WORRYING = frozenset({"c_soreness", "c_worse_after", "c_dizzy", "c_walk_pain", "c_skin_reaction"})


@dataclass(frozen=True)
class Answered:
    """Answers that call for a letter: when they were sent, and the flags that they raised."""

    at: datetime
    flags: frozenset[str]


def abouts(session: Session) -> tuple[UUID, UUID]:
    return saying.about_page("checkin", session), saying.about_page(REFLECT, session)


def open_for(kind: str, session: Session, *, now: datetime) -> Request | None:
    """Make sure that the page which this letter links to is there; asking again changes nothing."""
    page = OPENS.get(kind)
    if page is None:
        return None
    asked = ask_checkin(
        client=session.client,
        practitioner=session.booking.practitioner,
        about=saying.about_page(page, session),
        needed_at=now + saying.CHECKIN_LIVES,
        now=now,
    )
    if page == REFLECT:
        asked.questionnaires = [REFLECT]
        asked.save(update_fields=["questionnaires"])
    return asked


def answered_at(session: Session) -> datetime | None:
    """When the check-in was sent; None while it was not."""
    asked = Request.objects.filter(about=session.booking.code, purpose=Request.Purpose.CHECKIN).first()
    return asked.sent_at if asked else None


def answers(raised: Mapping[str, datetime], wanted: frozenset[str]) -> Answered | None:
    """Those of the raised flags that call for one letter; None when there are none, or a person has dealt with all."""
    hit = wanted & raised.keys()
    return Answered(min(raised[flag] for flag in hit), hit) if hit else None


def raised(session: Session) -> dict[str, datetime]:
    """What these two pages raised and nobody has dealt with, and when."""
    return {documents.read(flag)["id"]: flag.raised_at for flag in _waiting(session)}


def call_by(session: Session) -> str:
    """The day by which somebody calls about a worrying answer, as it was set when it came; empty without one."""
    found = [flag.deadline_at for flag in _waiting(session) if documents.read(flag)["id"] in WORRYING]
    promised = min((at for at in found if at), default=None)
    return wording.day(promised, session.booking.practitioner.zone) if promised else ""


def _waiting(session: Session) -> QuerySet[Flag]:
    found = Flag.objects.filter(
        response__request__about__in=abouts(session),
        response__request__purpose=Request.Purpose.CHECKIN,
        response__completed_at__isnull=False,
        state__in=Flag.WAITING_STATES,
    )
    return found.select_related("client")


def first_open_page(asked: Request, *, now: datetime) -> int:
    """The first page with a question that must still be answered."""
    reading = meaning.opened(asked, now=now)[asked.questionnaires[0]]
    missing = set(reading.result.errors)
    found = pages.pages_of(reading.definition, is_brief=True)
    return next((page.number for page in found if missing & {item.link_id for item in page.items}), 1)


def quote_own_words(sheet: Sheet, *, now: datetime) -> None:
    """Put the client's own words beside the questions that are about them."""
    baseline = meaning.opened(sheet.asked, now=now)[sheet.slug].document["baseline"]
    for item in sheet.items:
        if words := baseline.get(item.quotes) if item.quotes else None:
            sheet.form.fields[item.link_id].help_text = f"You told us: “{words}”"


def cards(asked: Request, *, now: datetime) -> tuple[Card, ...]:
    """What the answers of a sent check-in call for."""
    raised = {each.flag for reading in meaning.readings(asked, now=now).values() for each in reading.raised}
    return care.cards(raised, is_checkin=True)
