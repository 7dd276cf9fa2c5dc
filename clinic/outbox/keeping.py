"""What a person may do with letters: pause all of one client's, let them go again, send one again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic.outbox.draining import SUPPRESSED, address_digest
from clinic.outbox.letters import ONCE_MORE, once_more
from clinic.outbox.models import Message, Suppression
from clinic.outbox.registry import KINDS, Mail, Planned, Stop
from clinic.outbox.rendering import NO_ADDRESS, PAUSED
from clinic.outbox.services import queue
from clinic.people import audit
from clinic.people.models import Client, User

AGAIN = (Message.Status.FAILED, Message.Status.WITHHELD)
ONCE_MORE_ENDS = timedelta(hours=24)
CAME_BACK = "Mail to this address came back. Correct the address on the client's card first."


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
    row.seen_to_at = row.seen_to_by = None
    row.save(update_fields=["status", "outcome", "attempts", "next_try_at", "due_at", "seen_to_at", "seen_to_by"])
    audit.record(actor=by, verb="changed", about=row, client=row.client, fields=["status"], now=now)


def reads_now(message: Message, *, now: datetime) -> Mail | Stop:
    """How a letter would read when it is due, or sent once more today, from what is true now; nothing is kept."""
    kind = KINDS.get(message.kind)
    with transaction.atomic():
        if message.status == Message.Status.SENT or kind is None:
            written = once_more(message.code, now)
        else:
            written = kind.write(message.about, max(now, message.due_at))
        transaction.set_rollback(True)  # the links in it open nothing
    return written


def may_repeat(message: Message) -> bool:
    """Whether this letter reached a client, so that it can be sent once more; a repeat points to its first."""
    return message.status == Message.Status.SENT and message.client is not None and message.kind != ONCE_MORE


def repeats(message: Message) -> QuerySet[Message]:
    """The times that this letter was sent once more, the oldest first."""
    return Message.objects.filter(kind=ONCE_MORE, about=message.code).order_by("created_at")


@transaction.atomic
def repeat(*, message: Message, seen: int, by: User, now: datetime) -> None:
    """Send a letter that was sent once more, as it reads today, to the client's present address.

    `seen` is how many repeats the page showed that was pressed: so two presses of one page send one letter.
    """
    if not may_repeat(message) or message.client is None:
        raise NotAgain("Only a letter that was sent to a client can be sent once more.")
    if suppressed_since(message.client):
        raise NotAgain(CAME_BACK)
    written = reads_now(message, now=now)
    if isinstance(written, Stop):
        raise NotAgain(f"It is not sent again. {written.reason}")
    planned = Planned(
        kind=ONCE_MORE,
        about=message.code,
        occasion=str(seen + 1),
        due_at=now,
        not_after=now + ONCE_MORE_ENDS,
        reason=f"“{KINDS[message.kind].title}”, sent again by {by.name or by.email}"[:200],
        client_code=message.client_id,
    )
    queue(planned, now=now)
    audit.record(actor=by, verb="repeated", about=message, client=message.client, fields=["letter"], now=now)


@transaction.atomic
def lift(*, client: Client, by: User, now: datetime) -> int:
    """Write to this address again although mail came back from it; returns how many letters leave now for that."""
    Suppression.objects.filter(digest=address_digest(client.email)).delete()
    audit.record(actor=by, verb="lifted", about=client, client=client, fields=["suppression"], now=now)
    return _let_go(client, now)


@transaction.atomic
def correct_address(*, client: Client, email: str, phone: str, by: User, now: datetime) -> int:
    """How to reach this client; what waited for want of an address leaves now. Returns how many letters that are."""
    row = Client.objects.select_for_update(no_key=True).get(code=client.code)
    wanted = {"email": email.strip().lower(), "phone": phone}
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    row.email, row.phone = client.email, client.phone = wanted["email"], phone
    row.save(update_fields=list(wanted))
    if changed:
        audit.record(actor=by, verb="changed", about=row, client=row, fields=changed, now=now)
    return _let_go(row, now) if row.email and row.may_email else 0


def suppressed_since(client: Client) -> datetime | None:
    """Since when mail to this client's address has come back; None while it is good."""
    if not client.email:
        return None
    rows = Suppression.objects.filter(digest=address_digest(client.email))
    return rows.values_list("since", flat=True).first()


def _let_go(client: Client, now: datetime) -> int:
    """What was held back for want of an address and is not too late; nobody phoned about it meanwhile."""
    kept = client.messages.filter(status=Message.Status.WITHHELD, outcome__in=[NO_ADDRESS, SUPPRESSED], seen_to_at=None)
    in_time = kept.filter(Q(not_after=None) | Q(not_after__gte=now))
    return in_time.update(status=Message.Status.QUEUED, outcome="", attempts=0, next_try_at=None)


def _mark(client: Client, paused_at: datetime | None, by: User, now: datetime) -> None:
    client.letters_paused_at = paused_at
    client.save(update_fields=["letters_paused_at"])
    audit.record(actor=by, verb="changed", about=client, client=client, fields=["letters_paused_at"], now=now)
