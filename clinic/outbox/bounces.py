"""What mail providers report afterwards: an address that is no good, a complaint, a delay. Each report counts once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from clinic.outbox import choosing
from clinic.outbox.draining import address_digest
from clinic.outbox.models import MailEvent, Message, Suppression
from clinic.people import audit
from clinic.people.models import Client

CAME_BACK = "It came back: their address takes no mail. Please phone."
NOT_TAKEN = "The mail provider did not pass it on. Please phone."
BY_ADDRESS_WITHIN = timedelta(days=7)  # for providers that do not report our Message-ID
Kind = MailEvent.Kind


@dataclass(frozen=True)
class Report:
    """One report, as far as it matters here; the address goes no further than this."""

    provider: str
    key: str  # the same for every repeat
    kind: str
    address: str
    message_id: str = ""


@transaction.atomic
def take_in(report: Report, *, now: datetime) -> bool:
    """Do what a report asks for; a repeat changes nothing. Returns whether it was news."""
    digest = hashlib.sha256(f"{report.provider} {report.key}".encode()).hexdigest()
    letter = _letter(report, now)
    _, is_new = MailEvent.objects.get_or_create(
        digest=digest, defaults={"provider": report.provider, "kind": report.kind, "at": now, "message": letter}
    )
    if not is_new:
        return False
    if report.kind == Kind.GONE:
        Suppression.objects.get_or_create(
            digest=address_digest(report.address), defaults={"since": now, "why": f"came back, says {report.provider}"}
        )
    if report.kind in (Kind.GONE, Kind.REFUSED) and letter is not None:
        _mark(letter, CAME_BACK if report.kind == Kind.GONE else NOT_TAKEN, now)
    if report.kind == Kind.COMPLAINT:
        for client in _clients(report.address):
            choosing.stop_all(client=client, by=None, now=now, why=choosing.COMPLAINED)
    return True


def notes_on(message: Message) -> Iterable[MailEvent]:
    """What providers said of one letter, in order."""
    return MailEvent.objects.filter(message=message).order_by("at")


def _letter(report: Report, now: datetime) -> Message | None:
    """The letter by its Message-ID; else the last one that left for this address, if that was lately."""
    left = Message.objects.filter(status__in=[Message.Status.SENT, Message.Status.FAILED]).exclude(sent_at=None)
    by_id = left.filter(message_id=report.message_id).first() if report.message_id else None
    lately = left.filter(client__in=_clients(report.address), sent_at__gt=now - BY_ADDRESS_WITHIN)
    return by_id or lately.order_by("-sent_at").first()


def _clients(address: str) -> QuerySet[Client]:
    return Client.objects.filter(email__iexact=address) if address else Client.objects.none()


def _mark(letter: Message, why: str, now: datetime) -> None:
    """It left and did not arrive: that is a failed letter, and a call to make."""
    changed = Message.objects.filter(code=letter.code, status=Message.Status.SENT)
    if changed.update(status=Message.Status.FAILED, outcome=why, seen_to_at=None, seen_to_by=None):
        audit.record(actor=None, verb="came back", about=letter, client=letter.client, fields=["status"], now=now)
