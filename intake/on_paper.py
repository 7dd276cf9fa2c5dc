"""Answers on paper: what is printed for a request, what a typed code means, and the answers typed in for a client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.people import audit
from clinic.people.models import Practice, User
from intake import consents, documents, meaning, paging, paper_codes, printed, services, signing, versions
from intake.access import for_desk
from intake.compiling import shipped
from intake.consents import Paper
from intake.definition import Answer
from intake.evaluation import Context, evaluate
from intake.models import OwnQuestionnaire, Request
from intake.pages import filled_in
from intake.reasons import CHECKIN
from intake.versions import Wording

SETTING = "ask_self_harm"


class OtherWording(Exception):
    """The client began this form with another wording than the one on the paper."""


@dataclass(frozen=True)
class Sheet:
    """One questionnaire as it is printed."""

    wording: Wording
    code: str
    intro: str
    lines: list[printed.Printed]

    @property
    def title(self) -> str:
        return self.wording.definition.title


@dataclass(frozen=True)
class Found:
    """What a typed code means: the wording, and whose request it is (nobody's on a blank form)."""

    wording: Wording
    asked: Request | None


def sheets(asked: Request, *, now: datetime) -> list[Sheet]:
    """Everything that this request asks, as paper; what was begun keeps its wording."""
    words = {"practitioner": asked.practitioner.name, "country": asked.client.country}
    made = []
    for slug, reading in meaning.opened(asked, now=now).items():
        is_begun = not reading.response._state.adding
        digest = reading.response.version.digest if is_begun else versions.wording_in_use(slug).digest
        lines = printed.printed(reading.definition, reading.result)
        code = paper_codes.code_of(asked.code, digest).words
        wording = Wording(slug, digest, reading.definition)
        made.append(Sheet(wording, code, filled_in(reading.definition.intro, **words), lines))
    return made


def blank(slug: str, *, today: date) -> Sheet:
    """A questionnaire for nobody yet; KeyError when there is none."""
    wording, practice = versions.wording_in_use(slug), Practice.objects.the()
    context = Context(today=today, settings={SETTING: practice.ask_self_harm})
    lines = printed.printed(wording.definition, evaluate(wording.definition, {}, context))
    intro = filled_in(wording.definition.intro, practitioner="your practitioner", country=practice.country)
    return Sheet(wording, paper_codes.code_of(None, wording.digest).words, intro, lines)


def printable() -> dict[str, str]:
    """The questionnaires that may be printed blank: slug and title."""
    own = OwnQuestionnaire.objects.filter(published__isnull=False, retired_at=None)
    titles = {slug: each.title for slug, each in shipped().items() if slug != CHECKIN}
    return titles | dict(own.values_list("slug", "title"))


def find(user: User, typed: str) -> Found | None:
    """What this code means to this user; None when it means nothing to them."""
    code = paper_codes.read(typed)
    if code is None:
        return None
    if not code.request:
        blank_ones = (each for each in versions.wordings(printable()) if code.is_of(each.digest))
        return next((Found(each, None) for each in blank_ones), None)
    theirs = for_desk(user).filter(code__range=code.between, purpose=Request.Purpose.PRESESSION)
    known = (
        Found(each, asked)
        for asked in theirs
        for each in versions.wordings(asked.questionnaires)
        if code.is_of(each.digest)
    )
    return next(known, None)


def waiting_for(user: User, slug: str) -> list[Request]:
    """The requests that ask for this questionnaire and are not sent."""
    still = for_desk(user).filter(purpose=Request.Purpose.PRESESSION, sent_at=None, cancelled_at=None)
    return [asked for asked in still.order_by("needed_at") if slug in asked.questionnaires]


@transaction.atomic
def agree(*, asked: Request, paper: Paper, now: datetime) -> None:
    """The client ticked by hand that the answers may be kept."""
    if not services.lock(asked).is_open:
        raise services.NotOpen
    consents.keep_answers(asked=asked, now=now, paper=paper)
    audit.record(actor=paper.typed_by, verb="typed in", about=asked, client=asked.client, fields=["consent"], now=now)


@transaction.atomic
def type_in(
    *, asked: Request, wording: Wording, answers: Mapping[str, Answer], by: User, now: datetime
) -> frozenset[str]:
    """Keep the answers of one form as the client gave them on paper; returns what of it cannot wait.

    Page by page, as a client would: an answer may open the question after it. Raises NotOpen and OtherWording.
    """
    _begin(asked, wording, now)
    pressing: frozenset[str] = frozenset()
    for page in paging.split(wording.definition):
        here = {item.link_id: answers.get(item.link_id) for item in page.items}
        saved = services.save_page(
            asked=asked, slug=wording.slug, answers=here, now=now, page=page.number, is_seen=False
        )
        pressing = saved.to_show
    response = asked.responses.select_related("client").get(slug=wording.slug)
    document = {**documents.read(response), "on_paper": {"by": by.name, "at": now.isoformat()}}
    documents.close(response, document).save(update_fields=["sealed"])
    audit.record(actor=by, verb="typed in", about=response, client=asked.client, fields=["answers"], now=now)
    return pressing


@transaction.atomic
def sign(
    *, asked: Request, touch: Mapping[str, str], signature: Mapping[str, Any], paper: Paper, now: datetime
) -> Request:
    """Send what was typed in, signed by hand on the day that stands on the paper. Raises Unfinished."""
    services.lock_open(asked)
    consents.set_touch_map(asked=asked, answers=touch, now=now, paper=paper)
    return signing.sign(asked=asked, **signature, now=now, paper=paper)


def said(asked: Request) -> dict[str, str]:
    """Who signed on paper and on which day, and who typed it in; empty where it was signed on screen."""
    signature = documents.read(asked).get("signature") or {}
    return {"name": signature["name"], **signature["on_paper"]} if "on_paper" in signature else {}


def _begin(asked: Request, wording: Wording, now: datetime) -> None:
    locked = services.lock_open(asked)
    reading = meaning.opened(locked, now=now, slugs=[wording.slug])[wording.slug]
    response = reading.response
    if response._state.adding:
        response.version = versions.keep(wording, now)
        documents.close(response, reading.document).save()
    elif response.version.digest != wording.digest:
        raise OtherWording
