"""Keeping the outbox equal to what is planned: the one difference-and-store, and the sweep over everything."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from clinic.outbox import turns, wishes
from clinic.outbox.days import YIELDS
from clinic.outbox.models import Message
from clinic.outbox.registry import PLANS, Plan, Planned
from clinic.people import sealing

log = logging.getLogger(__name__)

FACTS = "outbox.facts"
NO_LONGER = "It is no longer planned."
ADJUSTED = ["status", "outcome", "due_at", "not_after", "reason", "attempts", "next_try_at", "lease", "lease_until"]


@dataclass(frozen=True)
class Difference:
    """Planned against stored: letters to add, rows to drop."""

    missing: list[Planned]
    extra: list[Message]


@transaction.atomic(savepoint=False)
def sync(*, about: UUID, kinds: Collection[str], planned: Sequence[Planned], now: datetime) -> None:
    """Make the unsent letters of these kinds about this thing equal to `planned`.

    Runs in the transaction of the change that caused it. Letters that left stay on record; a superseded one that
    is planned again (an undo) is revived while it is not too late.
    """
    planned = wishes.wanted(planned)
    locked = Message.objects.select_for_update().filter(about=about, kind__in=kinds)
    stored = {(m.kind, m.occasion): m for m in locked}
    wanted = {(p.kind, p.occasion): p for p in planned}
    for key in wanted.keys() & stored.keys():
        _adjust(stored[key], wanted[key], now)
    _add([plan for key, plan in wanted.items() if key not in stored], now)
    for key, message in stored.items():
        if key not in wanted and (message.status == Message.Status.QUEUED or _yields(message)):
            _supersede(message)


def queue(planned: Planned, *, now: datetime, facts: Mapping[str, Any] | None = None) -> None:
    """Write one letter into the outbox; a second one for the same occasion changes nothing.

    `facts` are what the letter needs and no table holds (a sign-in code, a visitor's words); they wait sealed.
    """
    Message.objects.get_or_create(
        kind=planned.kind, about=planned.about, occasion=planned.occasion, defaults=_columns(planned, now, facts)
    )


def queue_all(planned: Sequence[Planned], *, now: datetime) -> None:
    """The same for many at once, less those that their clients do not want."""
    _add(wishes.wanted(planned), now)


def _add(planned: Iterable[Planned], now: datetime) -> None:
    messages = [
        Message(kind=each.kind, about=each.about, occasion=each.occasion, **_columns(each, now, None))
        for each in planned
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=500)


def _columns(planned: Planned, now: datetime, facts: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "client_id": planned.client_code,
        "due_at": planned.due_at,
        "not_after": planned.not_after,
        "reason": planned.reason,
        "sealed_facts": sealing.seal(None, FACTS, planned.about, facts) if facts else b"",
        "created_at": now,
        "message_id": f"<{uuid4().hex}@{settings.SITE_URL.split('//')[-1].split(':')[0]}>",
    }


def facts_of(*, kind: str, about: UUID) -> dict[str, Any]:
    """What was given to `queue` with the letter; empty when nothing was."""
    sealed = Message.objects.filter(kind=kind, about=about).values_list("sealed_facts", flat=True).first()
    facts: dict[str, Any] = sealing.unseal(None, FACTS, about, sealed) if sealed else {}
    return facts


def sweep(*, now: datetime) -> None:
    """Plan everything again, so that what newly should go appears and what should not go disappears.

    Then one letter a day: what gives way to another says so ahead.
    """
    for plan in PLANS:
        for about in list(plan.over(now)):
            try:
                resync(plan, about, now)
            except sealing.CannotUnseal:  # one client whose key is gone must not stop the others
                log.error("The letters about %s could not be planned again.", about)  # noqa: TRY400 (no values)
    turns.settle(now=now)


def differences(*, now: datetime) -> Difference:
    """What the sweep would change, for `reconcile_outbox`."""
    missing: list[Planned] = []
    extra: list[Message] = []
    for plan in PLANS:
        for about in plan.over(now):
            found = _compare(plan, about, now)
            missing += found.missing
            extra += found.extra
    return Difference(missing, extra)


def planned_for(*, abouts: Iterable[UUID], now: datetime) -> list[Planned]:
    """Every floor's planned letters about these things, in order of time."""
    found = [planned for plan in PLANS for about in abouts for planned in plan.plan(about, now)]
    return sorted(wishes.wanted(found), key=lambda planned: (planned.due_at, planned.kind))


@transaction.atomic
def resync(plan: Plan, about: UUID, now: datetime) -> None:
    """Plan one thing's letters again."""
    sync(about=about, kinds=plan.kinds, planned=plan.plan(about, now), now=now)


def _compare(plan: Plan, about: UUID, now: datetime) -> Difference:
    planned = wishes.wanted(plan.plan(about, now))
    wanted = {(p.kind, p.occasion) for p in planned}
    stored = {(m.kind, m.occasion): m for m in Message.objects.filter(about=about, kind__in=plan.kinds)}
    live = {key: m for key, m in stored.items() if m.status != Message.Status.SUPERSEDED or _yields(m)}
    return Difference(
        missing=[p for p in planned if (p.kind, p.occasion) not in live],
        extra=[m for key, m in live.items() if key not in wanted and m.status == Message.Status.QUEUED],
    )


def _adjust(message: Message, planned: Planned, now: datetime) -> None:
    """Move a letter that has not left to its new time; revive it where an undo brings it back."""
    yields = _yields(message)
    revived = message.status == Message.Status.SUPERSEDED and not yields and not _too_late(planned, now)
    if not (revived or yields) and message.status != Message.Status.QUEUED:
        return
    same = (message.due_at, message.not_after, message.reason) == (planned.due_at, planned.not_after, planned.reason)
    if same and not revived:
        return
    if not yields:
        message.status, message.outcome = Message.Status.QUEUED, ""
    message.due_at, message.not_after, message.reason = planned.due_at, planned.not_after, planned.reason
    if revived:  # what went wrong in its first life does not count against the second
        message.attempts, message.next_try_at, message.lease, message.lease_until = 0, None, None, None
    message.save(update_fields=ADJUSTED)


def _yields(message: Message) -> bool:
    """Still planned, but another letter has its day."""
    return message.status == Message.Status.SUPERSEDED and message.outcome == YIELDS


def _supersede(message: Message) -> None:
    message.status, message.outcome = Message.Status.SUPERSEDED, NO_LONGER
    message.save(update_fields=["status", "outcome"])


def _too_late(planned: Planned, now: datetime) -> bool:
    return planned.not_after is not None and planned.not_after < now
