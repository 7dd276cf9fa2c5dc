"""When the letters of intake are due; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.people.quiet import Quiet

FAR_AHEAD = timedelta(days=7)  # nearer bookings carry the link in their confirmation
NUDGE = timedelta(hours=72)
NUDGE_ENDS = timedelta(hours=24)
REST = timedelta(hours=24)  # between the first word about the form and a nudge


@dataclass(frozen=True)
class Due:
    """One letter that should exist: its kind, when, until when, and why."""

    kind: str
    occasion: str
    due_at: datetime
    not_after: datetime
    reason: str


def form_letters(*, asked_at: datetime, needed_at: datetime, quiet: Quiet) -> list[Due]:
    """The invitation and the one nudge for a form that is not done; nothing that was due before the booking."""
    letters = []
    nudge_at = quiet.later(needed_at - NUDGE)
    first_word = asked_at
    if needed_at - asked_at > FAR_AHEAD:
        first_word = quiet.later(needed_at - FAR_AHEAD)
        reason = "The session is a week away and the form is not done."
        letters.append(Due("m01_form", needed_at.isoformat(), first_word, needed_at - NUDGE, reason))
    if nudge_at - first_word >= REST:
        reason = "The session is three days away and the form is not done."
        letters.append(Due("m02_form_nudge", needed_at.isoformat(), nudge_at, needed_at - NUDGE_ENDS, reason))
    return letters


def bursts(
    raised: Iterable[tuple[datetime, bool]], *, gap: timedelta, ends_when_dealt_with: bool = False
) -> list[datetime]:
    """The first moment of each burst of flags, for bursts in which one still waits.

    One answer after the other makes one letter, not many; `raised` holds (when, whether it still waits).
    `ends_when_dealt_with`: what comes after everything so far was dealt with is news, however soon it comes.
    """
    firsts: list[datetime] = []
    waiting: set[datetime] = set()
    for moment, waits in sorted(raised):
        is_over = ends_when_dealt_with and bool(firsts) and firsts[-1] not in waiting and moment != firsts[-1]
        if not firsts or moment - firsts[-1] > gap or is_over:
            firsts.append(moment)
        if waits:
            waiting.add(firsts[-1])
    return [first for first in firsts if first in waiting]
