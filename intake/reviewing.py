"""Reading: a practitioner signs off what the client sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from clinic.people import audit
from clinic.people.models import User
from intake import documents
from intake.models import Request, Review
from intake.services import lock


class NotSent(Exception):
    """There is nothing to sign off yet."""


def ticked(asked: Request) -> list[str]:
    """What was ticked to plan for: in this review, else in the client's last one."""
    reviews = Review.objects.filter(request__client=asked.client).select_related("request__client")
    own = next((review for review in reviews if review.request_id == asked.code), None)
    last = own or reviews.first()
    planned: list[str] = documents.read_review(last)["adaptations"] if last else []
    return planned


@transaction.atomic
def mark_read(*, asked: Request, by: User, now: datetime, note: str = "", adaptations: Collection[str] = ()) -> Review:
    """Sign off a request that was sent; a second press changes nothing."""
    locked = lock(asked)
    if locked.sent_at is None:
        raise NotSent
    earlier = Review.objects.filter(request=locked).first()
    if earlier is not None:
        return earlier
    review = Review(request=locked, reader=by, read_at=now)
    documents.close_review(review, {"note": note.strip(), "adaptations": sorted(adaptations)})
    review.save(force_insert=True)
    audit.record(actor=by, verb="reviewed", about=review, client=locked.client, fields=["read_at"], now=now)
    return review
