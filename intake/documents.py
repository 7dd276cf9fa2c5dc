"""The sealed documents of intake: what each row keeps closed, and the one way to open and close it."""

from __future__ import annotations

from typing import Any, TypeVar

from clinic.people import sealing
from intake.models import Consent, Flag, Question, Request, Response, Review, Score

Sealed = TypeVar("Sealed", Request, Response, Score, Flag, Consent, Question)


def read(row: Request | Response | Score | Flag | Consent | Question) -> dict[str, Any]:
    """The row's document; a row that was never sealed has an empty one."""
    if not row.sealed:
        return {}
    document: dict[str, Any] = sealing.unseal(row.client, _label(row), row.code, row.sealed)
    return document


def close(row: Sealed, document: dict[str, Any]) -> Sealed:
    """The row with this document sealed into it; the caller saves."""
    row.sealed = sealing.seal(row.client, _label(row), row.code, document)
    return row


def read_review(review: Review) -> dict[str, Any]:
    document: dict[str, Any] = sealing.unseal(review.request.client, _label(review), review.code, review.sealed)
    return document


def close_review(review: Review, document: dict[str, Any]) -> Review:
    review.sealed = sealing.seal(review.request.client, _label(review), review.code, document)
    return review


def _label(row: Request | Response | Score | Flag | Consent | Review | Question) -> str:
    return f"intake.{row._meta.model_name}"
