"""Consent: given in the words that were shown, kept with them, and as easy to take back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from clinic.people.models import Client, User
from intake import documents
from intake.models import Consent, Request
from intake.regions import AREAS

TEXT_VERSION = "2026-11"
KEEP_ANSWERS = "You may keep my health answers to plan my sessions."
TOUCH_ANSWERS = {"yes": "Yes", "ask": "Ask me first", "no": "No"}
# What is signed, in full; a change of wording is a new TEXT_VERSION.
OUTLINE = (
    "You stay dressed. I rest my hands lightly on one area at a time, and I ask first.",
    "This is not medical care, and not talking therapy. I do not diagnose, and I promise no result.",
    (
        "Research on craniosacral therapy is mixed. Some studies of long-term pain found benefit. "
        "A 2024 review of 15 trials found none that mattered. Many people find it calming. "
        "It should not replace medical care."
    ),
    "Please keep your other care. Do not stop or change a medicine because of our sessions.",
    "You may feel warm, still, sleepy or tearful, or very little.",
    "Some people feel a mild ache, tired or light-headed for a day or two. Rare risks may not be known.",
    "There is no internal or intimate touch. Each area needs your yes, and I ask again on the day.",
    "You can say no, pause or stop at any time. You do not need a reason. You may bring someone with you.",
    "Only those who treat you read your answers.",
    "I would share something only to keep someone from serious harm, or where the law says so.",
    "I am not an emergency service. Nobody watches these pages day and night.",
)
TOUCH = "Where light touch through my clothes is all right, place by place. I can change my mind at any time."


@dataclass(frozen=True)
class Paper:
    """That something was signed by hand: on which day, and who typed it in."""

    signed_on: date
    typed_by: User

    def said(self, now: datetime) -> dict[str, str]:
        """As it is kept with what was signed."""
        return {"signed_on": self.signed_on.isoformat(), "typed_by": self.typed_by.name, "typed_at": now.isoformat()}


def may_keep_answers(client: Client) -> bool:
    """Whether the client agreed to that, and has not taken it back."""
    return Consent.objects.filter(client=client, kind=Consent.Kind.KEEP_ANSWERS, withdrawn_at=None).exists()


@lru_cache(maxsize=4)
def keeping_of(client: str) -> Exists:
    """The same as a part of another query, whose column `client` says whose consent is meant."""
    held = Consent.objects.filter(kind=Consent.Kind.KEEP_ANSWERS, withdrawn_at=None)
    return Exists(held.filter(client=OuterRef(client)))


def live(client: Client, kind: str) -> Consent | None:
    """The consent of this kind that holds now."""
    return Consent.objects.filter(client=client, kind=kind, withdrawn_at=None).select_related("client").first()


def touch_map(client: Client) -> dict[str, str]:
    """Area by area: yes, ask or no; empty when the client never filled it in."""
    consent = live(client, Consent.Kind.TOUCH)
    answers: dict[str, str] = documents.read(consent)["answer"] if consent else {}
    return answers


@transaction.atomic
def give(
    *, client: Client, asked: Request | None, kind: str, text: list[str], answer: Any, now: datetime, name: str = "",
    paper: Paper | None = None,
) -> Consent:  # fmt: skip
    """Keep an answer to a question of consent, yes or no alike; it takes the place of the earlier one."""
    withdraw(client=client, kind=kind, now=now)
    consent = Consent(client=client, request=asked, kind=kind, text_version=TEXT_VERSION, given_at=now)
    by_hand = {"on_paper": paper.said(now)} if paper else {}
    documents.close(consent, {"text": text, "answer": answer, "name": name, **by_hand})
    consent.save(force_insert=True)
    return consent


@transaction.atomic
def withdraw(*, client: Client, kind: str, now: datetime) -> int:
    """Take a consent back; what it was stays on record."""
    Client.objects.select_for_update(no_key=True).get(code=client.code)
    return Consent.objects.filter(client=client, kind=kind, withdrawn_at=None).update(withdrawn_at=now)


def keep_answers(*, asked: Request, now: datetime, paper: Paper | None = None) -> Consent:
    """The one line before the first question."""
    kind = Consent.Kind.KEEP_ANSWERS
    earlier = live(asked.client, kind)
    return earlier or give(
        client=asked.client, asked=asked, kind=kind, text=[KEEP_ANSWERS], answer=True, now=now, paper=paper
    )


def set_touch_map(*, asked: Request, answers: Mapping[str, str], now: datetime, paper: Paper | None = None) -> Consent:
    """Keep the touch map; an area without an answer is a no."""
    known = {area: answers.get(area, "no") for area in AREAS}
    if not set(known.values()) <= set(TOUCH_ANSWERS):
        raise ValueError("An area is answered with yes, ask or no.")
    return give(
        client=asked.client, asked=asked, kind=Consent.Kind.TOUCH, text=[TOUCH], answer=known, now=now, paper=paper
    )
