"""The practice's mailbox: letters to come, sent, and not sent, with the reason for each; searched and paged."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, title_and_reason
from clinic.people.models import Client, User

Status = Message.Status


@dataclass(frozen=True)
class View:
    """One way to look at the mailbox; `newest_first` where the past is of interest."""

    slug: str
    words: str
    states: tuple[str, ...]
    newest_first: bool = True


VIEWS = (
    View("trouble", "Needs a person", (Status.FAILED, Status.WITHHELD)),
    View("coming", "To be sent", Message.UNSENT, newest_first=False),
    View("sent", "Sent", (Status.SENT,)),
    View("missed", "Too late to send", (Status.MISSED,)),
    View("dropped", "Not needed any more", (Status.SUPERSEDED,)),
)
BY_SLUG = {view.slug: view for view in VIEWS}


def letters(user: User, view: View, wanted: str) -> QuerySet[Message]:
    """Letters to the clients whom this user may see, whose name or kind holds these words."""
    found = _seen(user).filter(status__in=view.states)
    if wanted:
        known = [kind for kind in KINDS.values() if user.is_clinical or not kind.is_clinical]
        kinds = [kind.name for kind in known if wanted.casefold() in kind.title.casefold()]
        found = found.filter(Q(client__name__icontains=wanted) | Q(kind__in=kinds))
    return found.select_related("client").order_by("-due_at" if view.newest_first else "due_at", "kind")


def _seen(user: User) -> QuerySet[Message]:
    """Letters to this user's clients; the owner also sees the practice's own notices, which nobody else would miss."""
    own = Q(client=None) & ~Q(kind="sign_in_code") if user.role == User.Role.OWNER else Q(pk__in=[])
    return Message.objects.filter(Q(client__in=Client.objects.visible_to(user)) | own)


def counts(user: User) -> dict[str, int]:
    """How many letters each view holds, in one query."""
    by_state = dict(_seen(user).order_by().values_list("status").annotate(Count("code", distinct=True)))
    return {view.slug: sum(by_state.get(state, 0) for state in view.states) for view in VIEWS}


def words(message: Message, user: User) -> tuple[str, str]:
    """A letter's title and why it is as it is, as this user may know them."""
    why = message.outcome or message.reason
    return title_and_reason(message.kind, why, for_clinician=user.is_clinical)
