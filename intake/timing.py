"""When the letters of intake are due; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.people.quiet import Quiet
from clinic.people.steps import USUAL, Steps, in_words

NUDGE_LASTS = timedelta(hours=48)
NUDGE_ENDS = timedelta(hours=6)  # before the session, at the latest
REST = timedelta(hours=24)  # between the first word about the form and a nudge


@dataclass(frozen=True)
class Due:
    """One letter that should exist: its kind, when, until when, and why."""

    kind: str
    occasion: str
    due_at: datetime
    not_after: datetime
    reason: str


def form_letters(*, asked_at: datetime, needed_at: datetime, quiet: Quiet, steps: Steps = USUAL) -> list[Due]:
    """The invitation and the one nudge for a form that is not done; nothing that was due before the booking.

    Bookings nearer than the invitation's time carry the link in their confirmation.
    """
    letters, nominal = [], needed_at - steps.form_nudge
    nudge_at = quiet.later(nominal)
    first_word = asked_at
    if needed_at - asked_at > steps.form_ahead and steps.has("m01_form"):
        first_word = quiet.later(needed_at - steps.form_ahead)
        reason = f"The session is {in_words('form_ahead', steps)} away and the form is not done."
        letters.append(Due("m01_form", needed_at.isoformat(), first_word, nominal, reason))
    if nudge_at - first_word >= REST and steps.has("m02_form_nudge"):
        ends = min(nominal + NUDGE_LASTS, needed_at - NUDGE_ENDS)
        reason = f"The session is {in_words('form_nudge', steps)} away and the form is not done."
        letters.append(Due("m02_form_nudge", needed_at.isoformat(), nudge_at, ends, reason))
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
