"""When each letter after a session is due, and from when on it comes too late: pure timing, in the client's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.people.quiet import Quiet

FIRST = (
    (timedelta(hours=2), "2 hours after the session"),
    (timedelta(minutes=30), "30 minutes after the session, before the quiet hours"),
)
MORNING = time(9)
MORNING_ENDS = time(13)
STEPS = (
    ("m12_checkin", timedelta(hours=48), timedelta(hours=96), "48 hours after the session"),
    ("m12b_checkin_nudge", timedelta(hours=72), timedelta(hours=120), "72 hours after, once, if not answered"),
    ("m13_week", timedelta(days=7), timedelta(days=10), "7 days after the session"),
)
REPLY_ENDS = timedelta(hours=48)


@dataclass(frozen=True)
class Due:
    """One letter that should exist: its kind, when it goes, until when it still makes sense, and why then."""

    kind: str
    due_at: datetime
    not_after: datetime
    reason: str


def after_session(ends_at: datetime, quiet: Quiet) -> tuple[Due, ...]:
    """The letters that follow one session, in order, none of them in quiet hours and no two on one day."""
    first = first_letter(ends_at, quiet)
    found = [due for due in (first, morning(ends_at, quiet)) if due is not None]
    for kind, wait, bound, reason in STEPS:
        due_at, before = quiet.later(ends_at + wait), found[-1].due_at.astimezone(quiet.zone)
        if due_at.astimezone(quiet.zone).date() <= before.date():
            # Quiet hours and a clock change together can bring two to one day.
            due_at = quiet.later(_at(before, MORNING, 1))
        found.append(Due(kind, due_at, ends_at + bound, reason))
    return tuple(due for due in found if due.due_at <= due.not_after)


def first_letter(ends_at: datetime, quiet: Quiet) -> Due | None:
    """Two hours after the end; half an hour after it where two hours would be night; else not at all."""
    local = ends_at.astimezone(quiet.zone)
    evening = _at(local, quiet.begins, 0 if local.time() < quiet.begins else 1)
    for wait, reason in FIRST:
        due_at = ends_at + wait
        if not quiet.covers(due_at) and due_at <= evening:
            return Due("m10_after", due_at, evening, reason)
    return None


def morning(ends_at: datetime, quiet: Quiet) -> Due:
    local = ends_at.astimezone(quiet.zone)
    is_long = first_letter(ends_at, quiet) is None
    reason = "09:00 the next morning" + (", longer: the evening was too short" if is_long else "")
    return Due("m11_morning", quiet.later(_at(local, MORNING, 1)), _at(local, MORNING_ENDS, 1), reason)


def reply(kind: str, answered_at: datetime, quiet: Quiet) -> Due:
    """A letter that answers a check-in: at once, or in the morning."""
    return Due(kind, quiet.later(answered_at), answered_at + REPLY_ENDS, "in answer to their check-in")


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
