"""One letter a day: which of a client's letters gives way to another that goes on the same day; a pure rule.

What safety or the client's own action asks for goes whenever it is due and stands in nobody's way (rank 0). Of the
others the one with the highest rank has the day; the rest are not sent, and the mailbox says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

YIELDS = "Another letter goes to them that day."


@dataclass(frozen=True)
class Turn:
    """One letter of a client: on which of the client's days it goes, and how much it matters."""

    code: UUID
    about: UUID
    kind: str
    rank: int
    day: date
    due_at: datetime
    has_left: bool  # sent, or in the hands of a worker: it will not give way any more
    may_repeat: bool  # each speaks of a session of its own, so that two of this kind may go on one day


def yielding(turns: Iterable[Turn]) -> set[UUID]:
    """The letters that give way, of all that one client has."""
    holders: dict[date, Turn] = {}
    lost: set[UUID] = set()
    for turn in sorted(turns, key=lambda turn: (not turn.has_left, -turn.rank, turn.due_at, turn.code)):
        holder = holders.get(turn.day) if turn.rank else None
        if holder is None:
            if turn.rank:
                holders[turn.day] = turn
        elif not turn.has_left and not _may_go_too(turn, holder):
            lost.add(turn.code)
    return lost


def _may_go_too(turn: Turn, holder: Turn) -> bool:
    """Two of a kind about two things."""
    return turn.may_repeat and turn.kind == holder.kind and turn.about != holder.about
