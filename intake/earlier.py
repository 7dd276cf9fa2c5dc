"""A client's last answers, used again: only after a fresh code, sent to the address on file, was typed in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from clinic.outbox.models import Message
from clinic.outbox.registry import Planned
from clinic.outbox.services import queue
from intake import documents, meaning, paging, services
from intake.definition import Answer, Definition, Item
from intake.flags import FLAGS
from intake.models import Request
from intake.reasons import NEWS

LETTER = "earlier_code"
LIVES = timedelta(minutes=15)
MOST_TRIES = 5
MOST_A_DAY = 5  # codes for one client in 24 hours, whatever her sessions: 25 guesses at a million
# True on one day only, though they carry no score and nothing urgent.
OF_THE_DAY = frozenset({"gen_pregnancy", "gen_pregnancy_signs", "str_home"})


class WrongCode(Exception):
    """Not the code that was sent, or too late, or tried too often."""


class TooManyCodes(Exception):
    """As many codes were sent to this client as one day may bring."""


def parts_to_fill(asked: Request, *, now: datetime) -> dict[str, dict[str, Answer]]:
    """For each form that is asked again and not begun: the last answers that may stand for today."""
    if not asked.client.email or not asked.client.may_email:
        return {}
    begun = set(asked.responses.values_list("slug", flat=True))
    last = meaning.latest_answers(asked.client)
    fresh = {slug: _carried(definition, last) for slug, definition in _definitions(asked, now) if slug not in begun}
    return {slug: answers for slug, answers in fresh.items() if answers}


@transaction.atomic
def send_code(*, asked: Request, now: datetime) -> None:
    """Send a code; while one is good, no second one goes."""
    locked = services.lock_open(asked)
    kept = documents.read(locked)
    if is_waiting(locked, now=now):
        return
    if not may_send(locked, now=now):
        raise TooManyCodes
    until = now + LIVES
    code = {"digits": f"{secrets.randbelow(10**6):06}", "until": until.isoformat(), "tries": 0}
    documents.close(locked, {**kept, "code": code}).save(update_fields=["sealed"])
    planned = Planned(LETTER, asked.about, now.isoformat(), now, until, "The client asked for it.", asked.client_id)
    queue(planned, now=now)


def may_send(asked: Request, *, now: datetime) -> bool:
    """Whether this client may be sent another code today."""
    today = Message.objects.filter(kind=LETTER, client=asked.client_id, created_at__gt=now - timedelta(days=1))
    return today.count() < MOST_A_DAY


def is_waiting(asked: Request, *, now: datetime) -> bool:
    """Whether a code was sent that may still be typed in."""
    code: dict[str, Any] = documents.read(asked).get("code") or {}
    return bool(code) and now < datetime.fromisoformat(code["until"]) and code["tries"] < MOST_TRIES


def use_again(*, asked: Request, typed: str, now: datetime) -> frozenset[str]:
    """Answer each form that is not begun as last time; returns the flags that the client is to be shown something for.

    Raises WrongCode. What is true on one day only is asked again: safety lists of today, scales, a pregnancy.
    """
    if not _takes(asked, typed, now):
        raise WrongCode
    with transaction.atomic():
        return frozenset(
            flag for slug, answers in parts_to_fill(asked, now=now).items() for flag in _fill(asked, slug, answers, now)
        )


@transaction.atomic
def _takes(asked: Request, typed: str, now: datetime) -> bool:
    """Whether this is the code; each try counts, and a code works once."""
    locked = services.lock_open(asked)
    kept = documents.read(locked)
    if not is_waiting(locked, now=now):
        return False
    code = kept["code"]
    is_right = secrets.compare_digest(code["digits"].encode(), "".join(typed.split()).encode())
    code = {**code, "tries": MOST_TRIES if is_right else code["tries"] + 1}
    documents.close(locked, {**kept, "code": code}).save(update_fields=["sealed"])
    return is_right


def _fill(asked: Request, slug: str, answers: dict[str, Answer], now: datetime) -> frozenset[str]:
    """Page by page, as a person would: an answer may open the question after it."""
    shown: frozenset[str] = frozenset()
    for page in paging.split(meaning.opened(asked, now=now, slugs=[slug])[slug].definition):
        here = {item.link_id: answers[item.link_id] for item in page.items if item.link_id in answers}
        saved = services.save_page(asked=asked, slug=slug, answers=here, now=now, page=page.number)
        shown |= saved.to_show
    return shown


def _definitions(asked: Request, now: datetime) -> Iterator[tuple[str, Definition]]:
    for slug, reading in meaning.opened(asked, now=now).items():
        if slug != NEWS:
            yield slug, reading.definition


def _carried(definition: Definition, last: dict[str, Answer]) -> dict[str, Answer]:
    asked = [item for page in paging.split(definition) for item in page.items]
    return {item.link_id: last[item.link_id] for item in asked if item.link_id in last and _holds(item)}


def _holds(item: Item) -> bool:
    """Whether an answer may hold for longer than a day: no measure, and no sign that needs care at once."""
    flags = {flag for option in item.options for flag in option.flags}
    is_measured = item.control == "scale" or any(option.score is not None for option in item.options)
    is_urgent = any(FLAGS[flag].severity == "urgent" for flag in flags)
    return not is_measured and not is_urgent and item.link_id not in OF_THE_DAY
