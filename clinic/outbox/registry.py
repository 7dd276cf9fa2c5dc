"""The one registry: each floor's `letters.py` declares its kinds of letter and how it plans them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class CalendarPart:
    """A calendar file for a mail: the iTIP method in capitals and the file's bytes."""

    method: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A letter as it leaves; text and HTML say the same."""

    to: str
    subject: str
    text: str
    html: str
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    ics: CalendarPart | None = None


@dataclass(frozen=True)
class Stop:
    """A letter that must not go: superseded, withheld or missed, and why, fit to show."""

    status: str
    reason: str


@dataclass(frozen=True)
class Planned:
    """A letter that should exist. `occasion` tells repeats of one kind apart, such as the start it speaks of."""

    kind: str
    about: UUID
    occasion: str
    due_at: datetime
    not_after: datetime | None
    reason: str
    client_code: UUID | None


Writer = Callable[[UUID, datetime], Mail | Stop]
Planner = Callable[[UUID, datetime], list[Planned]]
Scope = Callable[[datetime], Iterable[UUID]]


@dataclass(frozen=True)
class Kind:
    """A kind of letter: its writer re-checks and renders in one step, at the moment of sending.

    `rank`: 0 for what safety or the client's own action asks for; of the others only the highest goes on one day.
    """

    name: str
    title: str
    optional: bool
    write: Writer
    is_clinical: bool = False
    rank: int = 0


@dataclass(frozen=True)
class Plan:
    """How one floor plans its kinds: for one `about`, and over which ones the sweep goes."""

    kinds: frozenset[str]
    plan: Planner
    over: Scope


KINDS: dict[str, Kind] = {}
PLANS: list[Plan] = []


def letter(
    name: str, *, title: str, optional: bool = False, is_clinical: bool = False, rank: int = 0
) -> Callable[[Writer], Writer]:
    """Declare a kind of letter; `optional` ones carry a way to stop them.

    `rank`: 0 when the client's own action or safety asks for it, so that it always goes; otherwise how much it matters
    among the letters of one day, of which one goes (`days`).
    That a `is_clinical` one exists says something of a client's health: who sees no clinical content is only told
    that there is a letter.
    """

    def declare(write: Writer) -> Writer:
        KINDS[name] = Kind(name, title, optional, write, is_clinical, rank)
        return write

    return declare


def plans(*kinds: str, over: Scope) -> Callable[[Planner], Planner]:
    """Declare the planner of these kinds."""

    def declare(plan: Planner) -> Planner:
        PLANS.append(Plan(frozenset(kinds), plan, over))
        return plan

    return declare


def title_and_reason(kind: str, reason: str, *, for_clinician: bool) -> tuple[str, str]:
    """How a list names a letter, and why it exists; a clinical one is just "A letter" to the front desk."""
    known = KINDS.get(kind)
    if known and known.is_clinical and not for_clinician:
        return "A letter", ""
    return (known.title if known else kind), reason
