"""Which forms a session asks for, from what brings the client and what was sent before; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.reasons import GENERAL, NEWS, ORDER

FULL_FORM_LASTS = timedelta(days=365)
REPEATED_AFTER = timedelta(weeks=6)
REPEATED_EVERY = 4  # sessions


@dataclass(frozen=True)
class Sent:
    """When a form was last sent, and how many sessions were held since."""

    at: datetime
    sessions: int


def due(wanted: Collection[str], sent: Mapping[str, Sent], *, needed_at: datetime) -> list[str]:
    """The questionnaires to ask: new ones in full, old ones when it is time, else only whether anything is new."""
    recent = {slug for slug, last in sent.items() if needed_at < last.at + FULL_FORM_LASTS}
    first = [NEWS] if GENERAL in recent else [GENERAL]
    others = [slug for slug in ORDER if slug != GENERAL and (slug in wanted or slug in recent)]
    return first + [slug for slug in others if slug not in sent or _is_time(sent[slug], needed_at)]


def still_due(own: Mapping[str, int], sent: Mapping[str, Sent], *, needed_at: datetime) -> list[str]:
    """The practice's own forms to ask: those never sent, and those whose days are over."""
    return [slug for slug, days in own.items() if slug not in sent or needed_at >= sent[slug].at + timedelta(days=days)]


def _is_time(last: Sent, needed_at: datetime) -> bool:
    return last.sessions >= REPEATED_EVERY or needed_at >= last.at + REPEATED_AFTER
