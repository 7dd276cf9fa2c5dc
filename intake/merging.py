"""Forms and what came of them move to the client who stays when two become one."""

from __future__ import annotations

from datetime import datetime

from clinic.people.models import Client
from intake import documents
from intake.models import Consent, Flag, Question, Request, Response, Review, Score


def merge(*, kept: Client, gone: Client, now: datetime) -> None:
    """Every document opened with the key of `gone` and sealed anew with that of `kept`."""
    reviews = [
        (each, documents.read_review(each))
        for each in Review.objects.filter(request__client=gone).select_related("request__client")
    ]
    _end_older_consents(kept, gone, now)
    for model in (Request, Response, Score, Flag, Consent, Question):
        for row in model._default_manager.filter(client=gone).select_related("client"):
            document = documents.read(row)
            row.client = kept
            documents.close(row, document)  # type: ignore[type-var]
            row.save(update_fields=["client", "sealed"])
    for review, document in reviews:
        review.request.client = kept
        documents.close_review(review, document).save(update_fields=["sealed"])


def _end_older_consents(kept: Client, gone: Client, now: datetime) -> None:
    """One live consent of a kind: the one given last."""
    live = Consent.objects.filter(client__in=[kept, gone], withdrawn_at=None).order_by("-given_at")
    seen: set[str] = set()
    for consent in live:
        if consent.kind in seen:
            consent.withdrawn_at = max(now, consent.given_at)
            consent.save(update_fields=["withdrawn_at"])
        seen.add(consent.kind)
