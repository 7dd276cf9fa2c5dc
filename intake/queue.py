"""The list of intakes to read: urgent answers first, then by the time of the session. Opens nothing that is sealed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from clinic.people.models import User
from intake.access import for_desk, state_of, waiting_flags
from intake.models import Flag, Question, Request

SHOWN = {"waiting": "To read", "unsent": "Not sent yet", "read": "Read"}


@dataclass(frozen=True)
class Row:
    """One intake in the list."""

    asked: Request
    state: str
    urgent: list[Flag] = field(default_factory=list)
    contact: list[Flag] = field(default_factory=list)
    answered: bool = False  # a question of ours, and nobody has read the answer

    @property
    def key(self) -> tuple[int, datetime, datetime]:
        """What needs a person soonest comes first."""
        waiting = self.urgent or self.contact
        rank = 0 if self.urgent else 1 if self.contact else 2
        deadlines = [flag.deadline_at for flag in waiting if flag.deadline_at]
        return rank, min(deadlines, default=self.asked.needed_at), self.asked.needed_at


def rows(user: User, *, shown: str, now: datetime) -> list[Row]:
    """The intakes of one kind that this user may read, in order."""
    found = list(_kind(for_desk(user).select_related("review"), shown, now))
    waiting = _waiting(found)
    answered = set(_answered().filter(request__in=found).values_list("request", flat=True))
    made = [Row(asked, state_of(asked), *waiting[asked.code], asked.code in answered) for asked in found]
    return made if shown == "read" else sorted(made, key=lambda row: row.key)


def _kind(known: QuerySet[Request], shown: str, now: datetime) -> Iterable[Request]:
    if shown == "read":
        return known.filter(review__isnull=False).order_by("-review__read_at")
    if shown == "unsent":
        return known.filter(sent_at=None, cancelled_at=None, needed_at__gt=now)
    pressing = waiting_flags().values("response__request")
    unread = known.filter(sent_at__isnull=False, review=None)
    return unread | known.filter(code__in=pressing) | known.filter(code__in=_answered().values("request"))


def following(user: User, *, than: Request, now: datetime) -> Request | None:
    """The next one to read."""
    return next((row.asked for row in rows(user, shown="waiting", now=now) if row.asked != than), None)


def _answered() -> QuerySet[Question]:
    return Question.objects.filter(answered_at__isnull=False, seen_at=None)


def _waiting(found: list[Request]) -> dict[UUID, tuple[list[Flag], list[Flag]]]:
    """The waiting flags of each request: urgent ones and contact ones."""
    waiting: dict[UUID, tuple[list[Flag], list[Flag]]] = defaultdict(lambda: ([], []))
    for flag in waiting_flags().filter(response__request__in=found).select_related("response"):
        waiting[flag.response.request_id][flag.severity != Flag.Severity.URGENT].append(flag)
    return waiting
