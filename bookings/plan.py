"""Which letters a booking should have, when, and why: a pure function of its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.people.quiet import Quiet

HOURS = timedelta(hours=1)
BOOKED, EXPECT, TOMORROW, HOLD = "m00_booked", "m03_expect", "m04_tomorrow", "m05_hold"
MOVED, RESTORED = "booking_moved", "booking_restored"
CANCELLED_BY_CLIENT, CANCELLED_BY_PRACTICE = "cancelled_by_client", "cancelled_by_practice"
NOTICE_BOOKED, NOTICE_CHANGED, NOTICE_CANCELLED = "notice_booked", "notice_changed", "notice_cancelled"
KINDS = (
    BOOKED, MOVED, RESTORED, EXPECT, TOMORROW, HOLD, CANCELLED_BY_CLIENT, CANCELLED_BY_PRACTICE,
    NOTICE_BOOKED, NOTICE_CHANGED, NOTICE_CANCELLED,
)  # fmt: skip
NOTICES = frozenset({NOTICE_BOOKED, NOTICE_CHANGED, NOTICE_CANCELLED})

EXPECT_BEFORE, TOMORROW_BEFORE = 48 * HOURS, 24 * HOURS
EXPECT_NOT_AFTER, TOMORROW_NOT_AFTER = 24 * HOURS, 3 * HOURS
NO_REMINDER_UNDER = 30 * HOURS
NIGHT_IS_KEPT_UNTIL = 12 * HOURS  # this close to the start a cancellation by the practice goes at any hour

ANNOUNCES = {
    "booked": (BOOKED, NOTICE_BOOKED, "The session was booked."),
    "moved": (MOVED, NOTICE_CHANGED, "The session was moved."),
    "imported": (BOOKED, "", "The session was taken over from another program."),
    "restored": (RESTORED, NOTICE_CHANGED, "The cancellation was undone."),
}


@dataclass(frozen=True)
class Facts:
    """What the letters of one booking depend on."""

    status: str
    starts_at: datetime
    version: int
    fixed_at: datetime
    fixed_by: str
    quiet: Quiet
    cancelled_at: datetime | None = None
    cancelled_by: str = ""
    is_waiting: bool = False  # an urgent or contact flag is open
    talk_first_since: datetime | None = None  # the oldest open contact flag of a form before the session

    @property
    def is_history(self) -> bool:
        """Taken over from another program when it had begun already."""
        return self.fixed_by == "imported" and self.starts_at <= self.fixed_at


@dataclass(frozen=True)
class Letter:
    """One letter that should exist."""

    kind: str
    occasion: str
    due_at: datetime
    not_after: datetime
    reason: str


def plan(facts: Facts) -> list[Letter]:
    """All letters of this booking, sent or not, as it stands now."""
    if facts.status == "held" or facts.is_history:
        return []
    if facts.status == "cancelled":
        return _cancellation(facts)
    letters = _announcement(facts)
    if facts.status == "booked":
        letters += _talk_first(facts) if facts.is_waiting else _reminders(facts)
    return letters


def reminder_times(facts: Facts) -> tuple[datetime, datetime]:
    """When "what to expect" and "tomorrow" are due; both move only to an earlier hour, never to the same day."""
    tomorrow = facts.quiet.earlier(facts.starts_at - TOMORROW_BEFORE)
    expect = facts.quiet.earlier(facts.starts_at - EXPECT_BEFORE)
    zone = facts.quiet.zone
    if expect.astimezone(zone).date() == tomorrow.astimezone(zone).date():  # a clock change between the two
        expect = facts.quiet.earlier(expect - TOMORROW_BEFORE)
    return expect, tomorrow


def expect_joins(facts: Facts) -> bool:
    """A late booking: "what to expect" would have been due already, so its text joins the confirmation."""
    return reminder_times(facts)[0] < facts.fixed_at


def _announcement(facts: Facts) -> list[Letter]:
    if facts.fixed_by not in ANNOUNCES:
        return []  # one letter tells of the whole course
    kind, notice, reason = ANNOUNCES[facts.fixed_by]
    return [
        Letter(each, f"version {facts.version}", facts.fixed_at, max(facts.starts_at, facts.fixed_at), reason)
        for each in (kind, notice)
        if each
    ]


def _reminders(facts: Facts) -> list[Letter]:
    expect, tomorrow = reminder_times(facts)
    occasion, start = facts.starts_at.isoformat(), facts.starts_at
    letters = []
    if expect >= facts.fixed_at:
        letters.append(Letter(EXPECT, occasion, expect, start - EXPECT_NOT_AFTER, "Two days before the session."))
    if tomorrow >= facts.fixed_at and start - facts.fixed_at >= NO_REMINDER_UNDER:
        letters.append(Letter(TOMORROW, occasion, tomorrow, start - TOMORROW_NOT_AFTER, "The day before the session."))
    return letters


def _talk_first(facts: Facts) -> list[Letter]:
    if facts.talk_first_since is None:
        return []
    occasion = facts.talk_first_since.isoformat()
    due = facts.quiet.later(facts.talk_first_since)
    return [Letter(HOLD, occasion, due, facts.starts_at, "An answer asks for a short talk before the session.")]


def _cancellation(facts: Facts) -> list[Letter]:
    if facts.cancelled_at is None or facts.cancelled_by not in {"client", "practice"}:
        return []
    occasion, last = f"version {facts.version}", max(facts.starts_at, facts.cancelled_at)
    if facts.cancelled_by == "client":
        kinds, due, reason = (CANCELLED_BY_CLIENT, NOTICE_CANCELLED), facts.cancelled_at, "The client cancelled."
        return [Letter(kind, occasion, due, last, reason) for kind in kinds]
    morning = facts.quiet.later(facts.cancelled_at)
    due = morning if facts.starts_at - morning >= NIGHT_IS_KEPT_UNTIL else facts.cancelled_at
    return [Letter(CANCELLED_BY_PRACTICE, occasion, due, last, "The practice cancelled.")]
