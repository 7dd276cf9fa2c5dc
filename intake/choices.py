"""What a client may change at any time: touch, letters, consents, and answers that nobody has read yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from clinic.people import audit
from clinic.people.models import Client
from intake import consents, letters
from intake.models import Consent, Flag, Request, Response, Score
from intake.services import NotOpen, lock
from intake.signing import AFTERCARE, EMAIL_DETAIL


@transaction.atomic
def change_touch(*, asked: Request, answers: Mapping[str, str], now: datetime) -> None:
    """The touch map holds from now on; what was agreed before stays on record."""
    consents.set_touch_map(asked=asked, answers=answers, now=now)
    audit.record(actor=None, verb="changed", about=asked, client=asked.client, fields=["touch"], now=now)


@transaction.atomic
def change_letters(*, asked: Request, wants_aftercare: bool, wants_email_detail: bool, now: datetime) -> None:
    """Yes or no to letters after a session, and to naming the area in them."""
    client = asked.client
    for kind, text, answer in (
        (Consent.Kind.AFTERCARE, AFTERCARE, wants_aftercare),
        (Consent.Kind.EMAIL_DETAIL, EMAIL_DETAIL, wants_email_detail),
    ):
        consents.give(client=client, asked=asked, kind=kind, text=[text], answer=answer, now=now)
    wanted = {"wants_aftercare": wants_aftercare, "wants_email_detail": wants_email_detail}
    Client.objects.filter(code=client.code).update(**wanted)
    audit.record(actor=None, verb="changed", about=asked, client=client, fields=list(wanted), now=now)


@transaction.atomic
def keep_no_more(*, asked: Request, now: datetime) -> None:
    """The client takes back that answers may be kept: what was not sent is deleted, what was sent stays as a record.

    An unfinished form with an answer that waits for a person stays until that person has dealt with it.
    """
    consents.withdraw(client=asked.client, kind=Consent.Kind.KEEP_ANSWERS, now=now)
    waiting = Flag.objects.filter(state__in=Flag.WAITING_STATES, severity__in=Flag.WAITING_SEVERITIES)
    drafts = Response.objects.filter(client=asked.client, status=Response.Status.DRAFT)
    drafts.exclude(flags__in=waiting).delete()
    audit.record(actor=None, verb="withdrew", about=asked, client=asked.client, fields=["keep_answers"], now=now)


def may_reopen(asked: Request, *, now: datetime) -> bool:
    """Answers may be changed after sending until somebody has read them, or the session has begun."""
    is_unread = asked.sent_at is not None and not hasattr(asked, "review")
    return (
        is_unread and asked.cancelled_at is None and now < asked.needed_at and consents.may_keep_answers(asked.client)
    )


@transaction.atomic
def reopen(*, asked: Request, now: datetime) -> None:
    """Back to a draft, with every answer in it; it is signed and sent again."""
    locked = lock(asked)
    if not may_reopen(locked, now=now):
        raise NotOpen
    Score.objects.filter(response__request=locked).delete()
    locked.responses.update(status=Response.Status.DRAFT, completed_at=None)
    locked.sent_at = None
    locked.save(update_fields=["sent_at"])
    audit.record(actor=None, verb="reopened", about=locked, client=locked.client, fields=["sent_at"], now=now)
    letters.resync(locked, now=now)
