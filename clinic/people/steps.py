"""When the letters around a session are due: what the practice may change, and how far; plain data for the planners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import Any

MORNING_LETTERS = frozenset({"m10_after", "m11_morning"})
# Those that a practice may do without. All others follow what a client did, or keep somebody safe.
MAY_STOP = (
    "m01_form", "m02_form_nudge", "m03_expect", "m04_tomorrow", "m10_after", "m11_morning", "m12_checkin",
    "m12b_checkin_nudge", "m13_week",
)  # fmt: skip


@dataclass(frozen=True)
class Steps:
    """How long before or after a session each letter is due, and which are switched off."""

    form_ahead: timedelta = timedelta(days=7)
    form_nudge: timedelta = timedelta(hours=72)
    expect: timedelta = timedelta(hours=48)
    tomorrow: timedelta = timedelta(hours=24)
    after: timedelta = timedelta(hours=2)
    morning: time = time(9)
    checkin: timedelta = timedelta(hours=48)
    checkin_nudge: timedelta = timedelta(hours=72)
    week: timedelta = timedelta(days=7)
    off: frozenset[str] = frozenset()

    def has(self, kind: str) -> bool:
        """Whether this letter is sent at all; without a check-in nobody is reminded of it."""
        return kind not in self.off and not (kind == "m12b_checkin_nudge" and "m12_checkin" in self.off)


@dataclass(frozen=True)
class Limit:
    """One span that may be changed: its unit, the least and the most, and why so."""

    kind: str
    unit: str  # hours, minutes or days
    least: int
    most: int
    words: str
    why: str


USUAL = Steps()
LIMITS: dict[str, Limit] = {
    "form_ahead": Limit(
        "m01_form", "days", 3, 21, "The form, when booked further ahead: days before", "Nearer bookings carry the form."
    ),
    "form_nudge": Limit(
        "m02_form_nudge", "hours", 36, 144, "The form is waiting: hours before", "You need a day to read what comes in."
    ),
    "expect": Limit(
        "m03_expect", "hours", 36, 120, "What to expect: hours before", "Time to ask, or to say that something changed."
    ),
    "tomorrow": Limit(
        "m04_tomorrow",
        "hours",
        6,
        30,
        "The short reminder: hours before",
        "Late enough to remember, soon enough to call.",
    ),
    "after": Limit(
        "m10_after", "minutes", 30, 240, "After the session: minutes after", "It tells how to take the same day slowly."
    ),
    "checkin": Limit(
        "m12_checkin", "hours", 36, 72, "The check-in: hours after", "An ache is felt by then, and help still in time."
    ),
    "checkin_nudge": Limit(
        "m12b_checkin_nudge", "hours", 60, 120, "The check-in is open: hours after", "Once, a day after the check-in."
    ),
    "week": Limit("m13_week", "days", 6, 21, "A look back: days after", "Long enough to notice what stayed."),
}
MORNING_LEAST, MORNING_MOST = time(8), time(11)
APART = timedelta(hours=12)  # between the two reminders
A_DAY = timedelta(hours=24)


def read(stored: Mapping[str, Any]) -> Steps:
    """What a practice stored, or the usual where that does not fit together."""
    found = read_unchecked(stored)
    return USUAL if problems(found) else found


def read_unchecked(stored: Mapping[str, Any]) -> Steps:
    """The same as it stands; what is missing is as usual."""
    spans: dict[str, Any] = {name: each for name in LIMITS if (each := _span(name, stored.get(name))) is not None}
    off = frozenset(stored.get("off", ())) & frozenset(MAY_STOP)
    return replace(USUAL, morning=_morning(stored.get("morning")), off=off, **spans)


def stored(steps: Steps) -> dict[str, Any]:
    """What a practice keeps of them: what differs from the usual."""
    found: dict[str, Any] = {name: number(steps, name) for name in LIMITS if number(steps, name) != number(USUAL, name)}
    found |= {"morning": f"{steps.morning:%H:%M}"} if steps.morning != USUAL.morning else {}
    return found | ({"off": sorted(steps.off)} if steps.off else {})


def span(name: str, number: int) -> timedelta:
    return timedelta(**{LIMITS[name].unit: number})


def number(steps: Steps, name: str) -> int:
    """A span in its own unit."""
    return int(getattr(steps, name) / span(name, 1))


def problems(steps: Steps) -> dict[str, str]:
    """Why steps do not fit together, by field; nothing where they do."""
    found: dict[str, str] = {}
    for name, limit in LIMITS.items():
        if not limit.least <= number(steps, name) <= limit.most:
            found[name] = f"Between {limit.least} and {limit.most} {limit.unit}."
    if not MORNING_LEAST <= steps.morning <= MORNING_MOST:
        found["morning"] = f"Between {MORNING_LEAST.hour}:00 and {MORNING_MOST.hour}:00."
    if steps.expect - steps.tomorrow < APART:
        found["tomorrow"] = "Leave 12 hours between the two reminders."
    if steps.checkin_nudge - steps.checkin < A_DAY:
        found["checkin_nudge"] = "Leave a day after the check-in."
    if steps.form_ahead <= steps.form_nudge:
        found["form_nudge"] = "Later than the form itself."
    if steps.off >= MORNING_LETTERS:
        found["off"] = "Keep one of the two letters after a session: they say when to call for help."
    return found


def in_words(name: str, steps: Steps) -> str:
    """2 hours, 45 minutes, 7 days."""
    unit, count = LIMITS[name].unit, number(steps, name)
    if unit == "minutes" and count % 60 == 0:
        unit, count = "hours", count // 60
    return f"{count} {unit if count != 1 else unit[:-1]}"


def _span(name: str, stored: object) -> timedelta | None:
    return span(name, stored) if isinstance(stored, int) and not isinstance(stored, bool) else None


def _morning(stored: object) -> time:
    try:
        return time.fromisoformat(stored) if isinstance(stored, str) else USUAL.morning
    except ValueError:
        return USUAL.morning
