"""Which letters a booking should have, when, and why: a pure function of its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.people.quiet import Quiet
from clinic.people.steps import USUAL, Steps, in_words

HOURS = timedelta(hours=1)
A_DAY = 24 * HOURS
BOOKED, EXPECT, TOMORROW, HOLD = "m00_booked", "m03_expect", "m04_tomorrow", "m05_hold"
MOVED, RESTORED = "booking_moved", "booking_restored"
CANCELLED_BY_CLIENT, CANCELLED_BY_PRACTICE = "cancelled_by_client", "cancelled_by_practice"
NOTICE_BOOKED, NOTICE_CHANGED, NOTICE_CANCELLED = "notice_booked", "notice_changed", "notice_cancelled"
KINDS = (
    BOOKED, MOVED, RESTORED, EXPECT, TOMORROW, HOLD, CANCELLED_BY_CLIENT, CANCELLED_BY_PRACTICE,
    NOTICE_BOOKED, NOTICE_CHANGED, NOTICE_CANCELLED,
)  # fmt: skip
NOTICES = frozenset({NOTICE_BOOKED, NOTICE_CHANGED, NOTICE_CANCELLED})

EXPECT_LASTS, TOMORROW_LASTS = 24 * HOURS, 21 * HOURS  # after its time a letter still makes sense for that long
EXPECT_NOT_AFTER, TOMORROW_NOT_AFTER = 6 * HOURS, 3 * HOURS  # but never nearer to the session
TOO_LATE_TO_REMIND = 6 * HOURS  # booked so shortly before the reminder that it says nothing new
NIGHT_IS_KEPT_UNTIL = 12 * HOURS  # this close to the start a cancellation by the practice goes at any hour

USUAL_REASONS = {"expect": "Two days before the session.", "tomorrow": "The day before the session."}
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
    steps: Steps = USUAL
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
    tomorrow = facts.quiet.earlier(facts.starts_at - facts.steps.tomorrow)
    expect = facts.quiet.earlier(facts.starts_at - facts.steps.expect)
    zone = facts.quiet.zone
    if expect.astimezone(zone).date() == tomorrow.astimezone(zone).date():  # a clock change between the two
        expect = facts.quiet.earlier(expect - A_DAY)
    return expect, tomorrow


def expect_joins(facts: Facts) -> bool:
    """A late booking: "what to expect" would have been due already, so its text joins the confirmation."""
    return facts.steps.has(EXPECT) and reminder_times(facts)[0] < facts.fixed_at


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
    occasion, start, steps = facts.starts_at.isoformat(), facts.starts_at, facts.steps
    letters = []
    if expect >= facts.fixed_at and steps.has(EXPECT):
        ends = min(start - steps.expect + EXPECT_LASTS, start - EXPECT_NOT_AFTER)
        letters.append(Letter(EXPECT, occasion, expect, ends, _before("expect", steps)))
    is_news = start - facts.fixed_at >= steps.tomorrow + TOO_LATE_TO_REMIND
    if tomorrow >= facts.fixed_at and is_news and steps.has(TOMORROW):
        ends = min(start - steps.tomorrow + TOMORROW_LASTS, start - TOMORROW_NOT_AFTER)
        letters.append(Letter(TOMORROW, occasion, tomorrow, ends, _before("tomorrow", steps)))
    return letters


def _before(name: str, steps: Steps) -> str:
    return USUAL_REASONS[name] if getattr(steps, name) == getattr(USUAL, name) else f"{in_words(name, steps)} before."


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
