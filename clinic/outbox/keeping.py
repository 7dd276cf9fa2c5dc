"""What a person may do with letters: pause all of one client's, let them go again, send a failed one again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from clinic.outbox.draining import address_digest
from clinic.outbox.models import Message, Suppression
from clinic.outbox.rendering import PAUSED
from clinic.people import audit
from clinic.people.models import Client, User

AGAIN = (Message.Status.FAILED, Message.Status.WITHHELD)


class NotAgain(Exception):
    """This letter cannot be sent again; the text says why."""


@transaction.atomic
def pause(*, client: Client, by: User, now: datetime) -> None:
    """Keep back every letter to this client, from now until a person says otherwise."""
    _mark(client, now, by, now)


@transaction.atomic
def resume(*, client: Client, by: User, now: datetime) -> int:
    """Let letters go again; those that were kept back and are not too late leave now. Returns how many those are."""
    _mark(client, None, by, now)
    kept = client.messages.filter(status=Message.Status.WITHHELD, outcome=PAUSED)
    return kept.filter(Q(not_after=None) | Q(not_after__gte=now)).update(status=Message.Status.QUEUED, outcome="")


@transaction.atomic
def send_again(*, message: Message, by: User, now: datetime) -> None:
    """Queue a letter that failed or was kept back; an address that had refused us is tried anew."""
    row = Message.objects.select_for_update(of=("self",)).select_related("client").get(code=message.code)
    if row.status not in AGAIN:
        raise NotAgain("Only a letter that failed or was held back can be sent again.")
    if row.not_after is not None and row.not_after < now:
        raise NotAgain("It is too late for this letter. Please phone.")
    if row.client and row.client.letters_paused_at:
        raise NotAgain("Letters to this client are paused. Let them go again first.")
    if row.client and row.client.email:
        Suppression.objects.filter(digest=address_digest(row.client.email)).delete()
    row.status, row.outcome, row.attempts, row.next_try_at = Message.Status.QUEUED, "", 0, None
    row.due_at = min(row.due_at, now)
    row.save(update_fields=["status", "outcome", "attempts", "next_try_at", "due_at"])
    audit.record(actor=by, verb="changed", about=row, client=row.client, fields=["status"], now=now)


def _mark(client: Client, paused_at: datetime | None, by: User, now: datetime) -> None:
    client.letters_paused_at = paused_at
    client.save(update_fields=["letters_paused_at"])
    audit.record(actor=by, verb="changed", about=client, client=client, fields=["letters_paused_at"], now=now)
