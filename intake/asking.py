"""A question that a practitioner asks about what was sent: a neutral letter, and an answer in the same request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinic.people import audit
from clinic.people.models import User
from intake import documents, letters
from intake.models import Question, Request
from intake.services import NotOpen, lock


@dataclass(frozen=True)
class Asked:
    """One question, opened."""

    row: Question
    text: str
    answer: str


def of(asked: Request) -> list[Asked]:
    """The questions about one request, in order."""
    rows = Question.objects.filter(request=asked).select_related("client", "asked_by")
    return [_open(row) for row in rows]


def unanswered(asked: Request) -> list[Asked]:
    return [each for each in of(asked) if each.row.answered_at is None]


@transaction.atomic
def ask(*, asked: Request, text: str, by: User, now: datetime) -> Question:
    """Ask; the client gets a letter that says nothing of what it is about."""
    locked = lock(asked)
    question = Question(request=locked, client=locked.client, asked_by=by, asked_at=now)
    documents.close(question, {"text": text.strip(), "answer": ""}).save(force_insert=True)
    audit.record(actor=by, verb="asked", about=question, client=locked.client, fields=["text"], now=now)
    letters.resync(locked, now=now)
    return question


@transaction.atomic
def answer(*, asked: Request, question: Question, words: str, now: datetime) -> None:
    """The client answers; an answer may be changed until somebody has seen it."""
    locked = lock(asked)
    row = Question.objects.select_related("client").select_for_update(of=("self",)).get(code=question.code)
    if locked.cancelled_at or row.request_id != locked.code or row.seen_at:
        raise NotOpen
    documents.close(row, {**documents.read(row), "answer": words.strip()})
    row.answered_at = row.answered_at or now
    row.save(update_fields=["sealed", "answered_at"])
    letters.resync(locked, now=now)


@transaction.atomic
def note_seen(*, asked: Request, by: User, now: datetime) -> None:
    """Somebody read the answers."""
    locked = lock(asked)
    Question.objects.filter(request=locked, seen_at=None, answered_at__isnull=False).update(seen_at=now)
    audit.record(actor=by, verb="read", about=locked, client=locked.client, fields=["questions"], now=now)
    letters.resync(locked, now=now)


def _open(row: Question) -> Asked:
    document = documents.read(row)
    return Asked(row, document["text"], document["answer"])
