"""What the floors above may know of a client's health: flags, agreed areas, a few words. Opens what is sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from clinic.people.kept import Kept
from clinic.people.models import Client
from clinic.people.once import once
from intake import consents, documents, meaning
from intake.models import Flag, Request

WORST_PAIN = ("pel_pain_worst", "jaw_pain_worst")
NO_LONGER = (Flag.State.CLEARED, Flag.State.SUPERSEDED)
FLAGS = Kept(lambda client: Flag.objects.filter(client=client).exclude(state__in=NO_LONGER))


@dataclass(frozen=True)
class ClientFacts:
    """A client today: what waits for a person, what holds, where touch is agreed, what calms, how bad it was."""

    open_flags: frozenset[str] = frozenset()  # urgent and contact, not decided
    flags: frozenset[str] = frozenset()  # all that hold, precautions and notes included
    areas: dict[str, str] = field(default_factory=dict)  # area -> yes, ask or no; empty when never asked
    settle_words: str = ""
    forms_done: bool = False
    worst_pain: int | None = None


def for_client(client: Client, *, now: datetime) -> ClientFacts:
    """The facts from what was sent so far, and from urgent answers in unfinished forms."""
    by_id = [(documents.read(flag)["id"], flag) for flag in live_flags(client)]
    answers = meaning.latest_answers(client)
    newest = Request.objects.filter(client=client, purpose=Request.Purpose.PRESESSION, cancelled_at=None)
    latest = newest.order_by("-needed_at").first()
    pains = [level for link_id in WORST_PAIN if isinstance(level := answers.get(link_id), int)]
    return ClientFacts(
        open_flags=frozenset(flag_id for flag_id, flag in by_id if flag.is_waiting),
        flags=frozenset(flag_id for flag_id, _ in by_id),
        areas=consents.touch_map(client),
        settle_words=str(answers.get("str_settle") or ""),
        forms_done=latest is not None and latest.sent_at is not None,
        worst_pain=max(pains, default=None),
    )


@once
def live_flags(client: Client) -> list[Flag]:
    """All flags that hold, whether they wait for a person or not."""
    found = FLAGS.all(client.code)
    for flag in found:
        flag.client = client
    return found


def flags_of(client: Client) -> frozenset[str]:
    """The names of all flags that hold: no more than that of `for_client`."""
    return frozenset(documents.read(flag)["id"] for flag in live_flags(client))


def reasons_of(asked: Request) -> list[str]:
    """What the client said brings them, as slugs of `reasons`."""
    reasons: list[str] = documents.read(asked).get("reasons", [])
    return reasons
