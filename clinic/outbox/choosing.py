"""A client, or somebody at the desk for them, chooses which optional letters come; it holds from that moment on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.outbox import services, wishes
from clinic.outbox.models import Declined, Message
from clinic.outbox.registry import KINDS, PLANS
from clinic.people import audit
from clinic.people.models import AuditEvent, Client, User

CHOSE = "chose letters"
COMPLAINED = "complaint"


@dataclass(frozen=True)
class Chosen:
    """Who chose last, and when; `by` is None where the client did."""

    at: datetime
    by: User | None
    complained: bool


@transaction.atomic
def choose(*, client: Client, on: Collection[str], by: User | None, now: datetime, why: str = "") -> frozenset[str]:
    """These switches are on and all others off; returns those that were on before, so that it can be taken back."""
    row = Client.objects.select_for_update(no_key=True).get(code=client.code)
    every = {each.kind for each in wishes.switches()}
    before, after = wishes.on(row), every & frozenset(on)
    if before == after:
        return before
    _store(row, every - after, now)
    said = [*sorted(every - after), *([why] if why else [])]
    audit.record(actor=by, verb=CHOSE, about=row, client=row, fields=said, now=now)
    _resync(row, now)
    client.wants_aftercare = row.wants_aftercare
    return before


def stop(*, client: Client, kind: str, by: User | None, now: datetime) -> frozenset[str]:
    """No more of one kind; a second press changes nothing."""
    return choose(client=client, on=wishes.on(client) - {kind}, by=by, now=now)


def stop_all(*, client: Client, by: User | None, now: datetime, why: str = "") -> frozenset[str]:
    """No optional letters any more."""
    return choose(client=client, on=(), by=by, now=now, why=why)


def last_choice(client: Client) -> Chosen | None:
    """Who chose last; None when nobody ever did."""
    event = AuditEvent.objects.filter(client_code=client.code, verb=CHOSE).select_related("actor").last()
    return Chosen(event.at, event.actor, COMPLAINED in event.fields) if event else None


def _store(row: Client, off: set[str], now: datetime) -> None:
    """Everything off is one wish of its own, which the questions before a session ask for as well."""
    is_none = off >= {each.kind for each in wishes.switches()}
    wants = False if is_none else True if row.wants_aftercare is False else row.wants_aftercare
    if wants is not row.wants_aftercare:
        row.wants_aftercare = wants
        row.save(update_fields=["wants_aftercare"])
    Declined.objects.filter(client=row).exclude(kind__in=[] if is_none else off).delete()
    if not is_none:
        rows = [Declined(client=row, kind=kind, since=now) for kind in sorted(off)]
        Declined.objects.bulk_create(rows, ignore_conflicts=True)


def _resync(client: Client, now: datetime) -> None:
    """Every plan that has had letters for this client, again."""
    abouts: list[UUID] = list(Message.objects.filter(client=client).values_list("about", flat=True).distinct())
    for plan in PLANS:
        if any(KINDS[name].optional for name in plan.kinds if name in KINDS):
            for about in abouts:
                services.resync(plan, about, now)
