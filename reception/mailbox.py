"""The practice's mailbox: letters to come, sent, and not sent, with the reason for each; searched and paged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from aftercare import own_steps
from clinic.outbox.models import Message
from clinic.outbox.phoning import NEEDS_A_PERSON
from clinic.outbox.registry import KINDS, title_and_reason
from clinic.people.models import Client, User

Status = Message.Status


@dataclass(frozen=True)
class View:
    """One way to look at the mailbox; `newest_first` where the past is of interest."""

    slug: str
    words: str
    where: Q
    newest_first: bool = True


VIEWS = (
    View("trouble", "Needs a person", NEEDS_A_PERSON & Q(seen_to_at=None)),
    View("coming", "To be sent", Q(status__in=Message.UNSENT), newest_first=False),
    View("sent", "Sent", Q(status=Status.SENT)),
    View("held", "Held back", Q(status=Status.WITHHELD)),
    View("failed", "Failed", Q(status=Status.FAILED)),
    View("missed", "Too late to send", Q(status=Status.MISSED)),
    View("dropped", "Not needed any more", Q(status=Status.SUPERSEDED)),
)
BY_SLUG = {view.slug: view for view in VIEWS}


def letters(user: User, view: View, wanted: str, client: Client | None = None) -> QuerySet[Message]:
    """Letters to the clients whom this user may see, whose name or kind holds these words."""
    found = _seen(user, client).filter(view.where)
    if wanted:
        known = [kind for kind in KINDS.values() if user.is_clinical or not kind.is_clinical]
        kinds = [kind.name for kind in known if wanted.casefold() in kind.title.casefold()]
        held = Q(client__name__icontains=wanted) | Q(kind__in=kinds)
        for begin, name in own_steps.names().items():
            held |= Q(occasion__startswith=begin) if wanted.casefold() in name.casefold() else Q()
        found = found.filter(held)
    return found.select_related("client").order_by("-due_at" if view.newest_first else "due_at", "kind")


def _seen(user: User, client: Client | None = None) -> QuerySet[Message]:
    """Letters to one client, or to all of this user's; the owner also sees the practice's own notices."""
    if client is not None:
        return Message.objects.filter(client=client)
    own = Q(client=None) & ~Q(kind="sign_in_code") if user.role == User.Role.OWNER else Q(pk__in=[])
    return Message.objects.filter(Q(client__in=Client.objects.visible_to(user)) | own)


def counts(user: User, client: Client | None = None) -> dict[str, int]:
    """How many letters each view holds, in one query."""
    found: dict[str, int] = _seen(user, client).aggregate(
        **{view.slug: Count("code", filter=view.where, distinct=True) for view in VIEWS}
    )
    return found


def words(message: Message, user: User, own: Mapping[str, str]) -> tuple[str, str]:
    """A letter's title and why it is as it is, as this user may know them; `own` names the practice's own letters."""
    title, why = title_and_reason(message.kind, message.outcome or message.reason, for_clinician=user.is_clinical)
    return own_steps.name_of(message.occasion, own) or title, why
