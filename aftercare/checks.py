"""Whether a session record may be kept, and whether it may be closed: pure rules, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aftercare.bars import Bar, barred, gloves, leave_check, to_ask_today
from aftercare.record import MOUTH, Record
from intake.regions import AREAS


@dataclass(frozen=True)
class Limits:
    """What the client's answers and the practice allow in this session."""

    flags: frozenset[str] = frozenset()
    consent: Mapping[str, str] = field(default_factory=dict)
    is_mouth_permitted: bool = True

    @property
    def bars(self) -> dict[str, Bar]:
        return barred(self.flags, self.consent, is_mouth_permitted=self.is_mouth_permitted)

    def is_asked_today(self, area: str) -> bool:
        """Whether this area needs a yes spoken on the day: no standing yes, or a locked mouth."""
        return area in to_ask_today(self.consent) or (area == MOUTH and area in self.bars)


def to_keep(record: Record, limits: Limits) -> dict[str, str]:
    """Problems by field that refuse even a draft: areas that are closed, gloves that would harm."""
    found: dict[str, str] = {}
    if sentences := [s for area in record.areas if (s := _area(area, record, limits))]:
        found["areas"] = " ".join(sentences)
    if unasked := [AREAS[area] for area in record.areas if _is_unasked(area, record, limits)]:
        found["asked_today"] = f"Tick that you asked today and they said yes: {'; '.join(unasked)}."
    if record.glove and record.glove not in gloves(limits.flags):
        found["glove"] = "They are allergic to latex. Choose another material."
    if record.comfort is not None and not 0 <= record.comfort <= 10:
        found["comfort"] = "Choose a number from 0 to 10."
    return found


def to_close(record: Record, limits: Limits) -> dict[str, str]:
    """Problems by field that keep a record open: what is refused, and what is still missing."""
    return {**_missing(record, limits), **_mouth(record), **to_keep(record, limits)}


def _area(area: str, record: Record, limits: Limits) -> str:
    """Why this area may not be noted as worked on; empty when it may."""
    name, bar = AREAS[area], limits.bars.get(area)
    if bar and not bar.opens_with_reason:
        return f"{name}: {bar.because}"
    if bar and not record.unlocked.get(area, "").strip():
        return f"{name}: {bar.because} Say why you opened it."
    return ""


def _is_unasked(area: str, record: Record, limits: Limits) -> bool:
    is_closed = area in limits.bars and not limits.bars[area].opens_with_reason
    return not is_closed and limits.is_asked_today(area) and area not in record.asked_today


def _missing(record: Record, limits: Limits) -> dict[str, str]:
    found: dict[str, str] = {}
    if not record.areas:
        found["areas"] = "Tick where you worked."
    if not record.touch_style:
        found["touch_style"] = "Choose the kind of touch."
    if not record.emotional_release:
        found["emotional_release"] = "Choose one, also when there was none."
    if record.sharp_pain and not record.sharp_pain_note.strip():
        found["sharp_pain_note"] = "Say where it was and what you did."
    if left := leave_check(limits.flags, record.after).keys() - set(record.leave_check):
        found["leave_check"] = f"Tick every line before you close the record ({len(left)} left)."
    return found


def _mouth(record: Record) -> dict[str, str]:
    if not record.inside_mouth:
        return {}
    needed = {
        "glove": (record.glove, "Choose the glove material."),
        "mouth_consent_at": (record.mouth_consent_at, "Give the time at which they said yes today."),
        "mouth_minutes": (record.mouth_minutes, "Give the minutes."),
        "mouth_tolerated": (record.mouth_tolerated, "Choose how it was for them."),
    }
    return {name: sentence for name, (value, sentence) in needed.items() if not value}
