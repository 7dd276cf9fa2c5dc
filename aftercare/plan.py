"""When each letter after a session is due, and from when on it comes too late: pure timing, in the client's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.people.quiet import Quiet
from clinic.people.steps import USUAL, Steps, in_words

AT_LEAST = timedelta(minutes=30)
MORNING_LASTS = timedelta(hours=4)
# The kind, what its step is called, how long after its time it still makes sense, and why then.
LATER = (
    ("m12_checkin", "checkin", timedelta(hours=48), "{} after the session"),
    ("m12b_checkin_nudge", "checkin_nudge", timedelta(hours=48), "{} after, once, if not answered"),
    ("m13_week", "week", timedelta(days=3), "{} after the session"),
)
OWN_LASTS, OWN_ENDS = timedelta(hours=24), timedelta(hours=3)
REPLY_ENDS = timedelta(hours=48)


@dataclass(frozen=True)
class Due:
    """One letter that should exist: its kind, when it goes, until when it still makes sense, and why then."""

    kind: str
    due_at: datetime
    not_after: datetime
    reason: str


def after_session(ends_at: datetime, quiet: Quiet, steps: Steps = USUAL) -> tuple[Due, ...]:
    """The letters that follow one session, in order, none of them in quiet hours and no two on one day."""
    first = first_letter(ends_at, quiet, steps)
    found = [due for due in (first, morning(ends_at, quiet, steps)) if due is not None]
    for kind, name, lasts, reason in LATER:
        nominal = ends_at + getattr(steps, name)
        due_at, before = quiet.later(nominal), found[-1].due_at.astimezone(quiet.zone)
        if due_at.astimezone(quiet.zone).date() <= before.date():
            # Quiet hours and a clock change together can bring two to one day.
            due_at = quiet.later(_at(before, steps.morning, 1))
        found.append(Due(kind, due_at, nominal + lasts, reason.format(in_words(name, steps))))
    return tuple(due for due in found if due.due_at <= due.not_after and steps.has(due.kind))


def first_letter(ends_at: datetime, quiet: Quiet, steps: Steps = USUAL) -> Due | None:
    """Some hours after the end; half an hour after it where that would be night; else not at all."""
    if not steps.has("m10_after"):
        return None
    local = ends_at.astimezone(quiet.zone)
    evening = _at(local, quiet.begins, 0 if local.time() < quiet.begins else 1)
    usual = f"{in_words('after', steps)} after the session"
    for wait, reason in ((steps.after, usual), (AT_LEAST, "30 minutes after the session, before the quiet hours")):
        due_at = ends_at + wait
        if not quiet.covers(due_at) and due_at <= evening:
            return Due("m10_after", due_at, evening, reason)
    return None


def morning(ends_at: datetime, quiet: Quiet, steps: Steps = USUAL) -> Due:
    nominal = _at(ends_at.astimezone(quiet.zone), steps.morning, 1)
    why = "the evening was too short" if steps.has("m10_after") else "there is none on the day"
    is_long = first_letter(ends_at, quiet, steps) is None
    reason = f"{steps.morning.hour}:{steps.morning:%M} the next morning" + (f", longer: {why}" if is_long else "")
    return Due("m11_morning", quiet.later(nominal), nominal + MORNING_LASTS, reason)


@dataclass(frozen=True)
class OwnTime:
    """When a letter of the practice's own goes: days after the session (negative: before), at a wall-clock time."""

    kind: str
    name: str
    days: int
    at: time


def own(when: OwnTime, starts_at: datetime, ends_at: datetime, quiet: Quiet) -> Due:
    """Out of the quiet hours: before a session to the evening before, after it to the morning."""
    count = f"{abs(when.days)} day{'s' if abs(when.days) != 1 else ''}"
    if when.days < 0:
        nominal = _at(starts_at.astimezone(quiet.zone), when.at, when.days)
        ends = min(nominal + OWN_LASTS, starts_at - OWN_ENDS)
        return Due(when.kind, quiet.earlier(nominal), ends, f"{when.name}: {count} before the session")
    nominal = _at(ends_at.astimezone(quiet.zone), when.at, when.days)
    return Due(when.kind, quiet.later(nominal), nominal + OWN_LASTS, f"{when.name}: {count} after the session")


def reply(kind: str, answered_at: datetime, quiet: Quiet) -> Due:
    """A letter that answers a check-in: at once, or in the morning."""
    return Due(kind, quiet.later(answered_at), answered_at + REPLY_ENDS, "In answer to their check-in")


def call_by(answered_at: datetime, zone: ZoneInfo, *, is_same_day: bool = False) -> datetime:
    """The end of the working day by which the practitioner calls: the same or the next one, never a weekend."""
    local = answered_at.astimezone(zone)
    days = 0 if is_same_day and local.time() < time(16) else 1
    while (local + timedelta(days=days)).weekday() >= 5:
        days += 1
    return _at(local, time(18), days)


def _at(local: datetime, clock: time, days: int) -> datetime:
    """That wall-clock time, `days` later; one that a clock change skips moves forward with the clock."""
    return datetime.combine(local.date() + timedelta(days=days), clock, tzinfo=local.tzinfo).astimezone(UTC)
