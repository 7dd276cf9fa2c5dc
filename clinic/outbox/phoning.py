"""Letters that did not arrive: each needs a person, who phones or sees that no call is needed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from clinic.outbox.bounces import CAME_BACK, NOT_TAKEN
from clinic.outbox.draining import SUPPRESSED, TOO_LATE
from clinic.outbox.models import Message
from clinic.outbox.rendering import NO_ADDRESS
from clinic.people import audit
from clinic.people.models import User

KEPT = timedelta(days=14)  # an older one is of no use any more
Status = Message.Status
# A letter that a person keeps back is nobody else's task.
NO_WAY_TO_THEM = Q(status=Status.WITHHELD, outcome__in=[NO_ADDRESS, SUPPRESSED])
NEEDS_A_PERSON = Q(status=Status.FAILED) | Q(status=Status.MISSED, outcome=TOO_LATE) | NO_WAY_TO_THEM
TO_DO = {
    NO_ADDRESS: "Tell them what it would have said.",
    SUPPRESSED: "Ask for an address that works, and put it on the client's card.",
    CAME_BACK: "Ask for an address that works, and put it on the client's card.",
    NOT_TAKEN: "Tell them what it would have said.",
}


def to_phone(*, now: datetime) -> QuerySet[Message]:
    """What nobody has seen to yet, the oldest first."""
    return _lately(now).filter(seen_to_at=None)


def phoned(*, now: datetime) -> QuerySet[Message]:
    """What somebody has seen to, for whoever pressed by mistake."""
    return _lately(now).exclude(seen_to_at=None)


def needs_a_person(message: Message) -> bool:
    """The same as `NEEDS_A_PERSON`, of one letter, while nobody has seen to it."""
    reasons = {Status.MISSED: {TOO_LATE}, Status.WITHHELD: {NO_ADDRESS, SUPPRESSED}, Status.FAILED: {message.outcome}}
    return message.seen_to_at is None and message.outcome in reasons.get(Status(message.status), set())


def what_to_do(message: Message) -> str:
    """The next step, in a sentence; empty where there is none."""
    if not needs_a_person(message):
        return ""
    if message.status == Status.MISSED:
        return "Tell them if they still need to know."
    return TO_DO.get(message.outcome, "Send it again from its page, or tell them what it would have said.")


def mark(*, message: Message, is_done: bool, actor: User, now: datetime) -> None:
    """Somebody saw to it; or did not, after all."""
    seen_to = {"seen_to_at": now, "seen_to_by": actor} if is_done else {"seen_to_at": None, "seen_to_by": None}
    Message.objects.filter(NEEDS_A_PERSON, code=message.code).update(**seen_to)
    audit.record(actor=actor, verb="changed", about=message, client=message.client, fields=["seen_to_at"], now=now)


def _lately(now: datetime) -> QuerySet[Message]:
    found = Message.objects.filter(NEEDS_A_PERSON, due_at__gt=now - KEPT).exclude(client=None)
    return found.select_related("client")
