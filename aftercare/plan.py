"""When each letter after a session is due, and from when on it comes too late: pure timing, in the client's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

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
class Quiet:
    """The hours of the night in which no letter is sent: from the evening until the morning."""

    since: time = time(20, 30)
    until: time = time(8)

    def covers(self, moment: datetime, zone: ZoneInfo) -> bool:
        clock = moment.astimezone(zone).time()
        if self.since <= self.until:
            return self.since <= clock < self.until
        return clock >= self.since or clock < self.until

    def morning_after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The same moment, or the end of the quiet hours that it falls into."""
        if not self.covers(moment, zone):
            return moment
        local = moment.astimezone(zone)
        days = 1 if local.time() >= self.until else 0
        return at(local, self.until, days, zone)

    def next_evening(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """When the quiet hours next begin."""
        local = moment.astimezone(zone)
        return at(local, self.since, 0 if local.time() < self.since else 1, zone)


NIGHT = Quiet()


@dataclass(frozen=True)
class Due:
    """One letter that should exist: its kind, when it goes, until when it still makes sense, and why then."""

    kind: str
    due_at: datetime
    not_after: datetime
    reason: str


def at(local: datetime, clock: time, days: int, zone: ZoneInfo) -> datetime:
    """That wall-clock time, `days` later; one that a clock change skips moves forward with the clock."""
    wall = datetime.combine(local.date() + timedelta(days=days), clock, tzinfo=zone)
    return wall.astimezone(UTC)


def after_session(ends_at: datetime, zone: ZoneInfo, quiet: Quiet = NIGHT) -> tuple[Due, ...]:
    """The letters that follow one session, in order, none of them in quiet hours and no two on one day."""
    first = first_letter(ends_at, zone, quiet)
    found = [due for due in (first, morning(ends_at, zone, quiet)) if due is not None]
    for kind, wait, bound, reason in STEPS:
        due_at = quiet.morning_after(ends_at + wait, zone)
        if due_at.astimezone(zone).date() <= found[-1].due_at.astimezone(zone).date():
            # Quiet hours and a clock change together can bring two to one day.
            due_at = quiet.morning_after(at(found[-1].due_at.astimezone(zone), MORNING, 1, zone), zone)
        found.append(Due(kind, due_at, ends_at + bound, reason))
    return tuple(due for due in found if due.due_at <= due.not_after)


def first_letter(ends_at: datetime, zone: ZoneInfo, quiet: Quiet = NIGHT) -> Due | None:
    """Two hours after the end; half an hour after it where two hours would be night; else not at all."""
    bound = quiet.next_evening(ends_at, zone)
    for wait, reason in FIRST:
        due_at = ends_at + wait
        if not quiet.covers(due_at, zone) and due_at <= bound:
            return Due("m10_after", due_at, bound, reason)
    return None


def morning(ends_at: datetime, zone: ZoneInfo, quiet: Quiet = NIGHT) -> Due:
    local = ends_at.astimezone(zone)
    due_at = quiet.morning_after(at(local, MORNING, 1, zone), zone)
    is_long = first_letter(ends_at, zone, quiet) is None
    reason = "09:00 the next morning" + (", longer: the evening was too short" if is_long else "")
    return Due("m11_morning", due_at, at(local, MORNING_ENDS, 1, zone), reason)


def reply(kind: str, answered_at: datetime, zone: ZoneInfo, quiet: Quiet = NIGHT) -> Due:
    """A letter that answers a check-in: at once, or in the morning."""
    due_at = quiet.morning_after(answered_at, zone)
    return Due(kind, due_at, answered_at + REPLY_ENDS, "in answer to their check-in")


def call_by(answered_at: datetime, zone: ZoneInfo, *, is_same_day: bool = False) -> datetime:
    """The end of the working day by which the practitioner calls: the same or the next one, never a weekend."""
    local = answered_at.astimezone(zone)
    days = 0 if is_same_day and local.time() < time(16) else 1
    while (local + timedelta(days=days)).weekday() >= 5:
        days += 1
    return at(local, time(18), days, zone)
