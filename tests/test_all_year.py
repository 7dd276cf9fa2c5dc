"""The letters of made-up clients in every zone of the world, over a year with its clock changes: none at night, none
twice, two on no day, none that speaks of a time that has changed, none after a cancellation, a missed visit or an
answered check-in, none too late, and to whom books late a sensible set.

Only the floors' own plans and the rule of one letter a day are run here, without a database, so that many thousand
lives fit into seconds; that a worker keeps to them is shown in tests/outbox and tests/faults.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from random import Random
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

import pytest

from aftercare import plan as after
from bookings import plan as before
from clinic.outbox.days import Turn, yielding
from clinic.outbox.registry import KINDS
from clinic.people.quiet import Quiet
from intake import timing
from tests.faults.figures import FULL, note

pytestmark = pytest.mark.once
LIVES = 40 if FULL else 3  # in each zone
HOUR = timedelta(hours=1)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
ABOUT = uuid4()
CALENDAR = {"m03_expect", "m04_tomorrow", "m01_form", "m02_form_nudge"}
FAREWELLS = {"cancelled_by_client", "cancelled_by_practice"}
CHECK_INS = {"m12_checkin", "m12b_checkin_nudge"}
AFTER = {"m10_after", "m11_morning", *CHECK_INS, "m13_week"}
REPLIES = {"m15_sore", "m14_support"}
GUARDS = {"plans again", "sleeps at night", "asks how late it is", "one a day"}
FEW = 25  # every so many zones are enough to show what happens without a guard


@dataclass(frozen=True)
class Step:
    """What a booking is from this moment on."""

    at: datetime
    facts: before.Facts


@dataclass(frozen=True)
class Left:
    """One letter that left."""

    kind: str
    occasion: str
    at: datetime
    not_after: datetime


@dataclass(frozen=True)
class Life:
    """A booking from its making on: perhaps moved, cancelled or missed, and for how long its letters wait."""

    steps: Sequence[Step]
    quiet: Quiet
    away: tuple[datetime, datetime]  # no letter leaves between these
    own: after.OwnTime  # when a letter of the practice's own goes
    answered_at: datetime | None  # the check-in, with a worry and with a tender word

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def is_off(self) -> bool:
        return self.last.facts.status in {"cancelled", "missed"}


def a_life(zone: ZoneInfo, dice: Random) -> Life:
    """Booked at any hour for any hour of the day, at most fifty days ahead.

    Half of them are moved, a third cancelled; of the others a fifth is missed, and of a third the check-in is answered.
    """
    quiet = Quiet(time(20, 30), time(8), zone)
    booked_at = NEW_YEAR + timedelta(minutes=dice.randrange(365 * 24 * 60))
    facts = before.Facts("booked", _start(dice, booked_at, zone), 1, booked_at, "booked", quiet)
    steps = [Step(booked_at, facts)]
    if dice.random() < 0.5:
        at = _before(dice, steps[-1])
        moved = replace(facts, starts_at=_start(dice, at, zone), version=2, fixed_at=at, fixed_by="moved")
        steps.append(Step(at, moved))
    if dice.random() < 0.3:
        at = _before(dice, steps[-1])
        off = {"status": "cancelled", "cancelled_at": at, "cancelled_by": dice.choice(["client", "practice"])}
        steps.append(Step(at, replace(steps[-1].facts, **off)))  # type: ignore[arg-type]
    elif dice.random() < 0.2:  # noticed by the practitioner at some moment until the next day
        missed_at = steps[-1].facts.starts_at + timedelta(minutes=dice.randrange(15, 24 * 60))
        steps.append(Step(missed_at, replace(steps[-1].facts, status="missed")))
    gone = booked_at + timedelta(hours=dice.randrange(24 * 60))
    own = after.OwnTime("own_1", "Our own", dice.choice([-3, -1, 1, 5]), time(dice.randrange(24), 20))
    last, answered_at = steps[-1].facts, None
    if last.status == "booked" and dice.random() < 0.3:
        answered_at = last.starts_at + timedelta(hours=dice.randrange(50, 200))
        steps.append(Step(answered_at, last))
    return Life(steps, quiet, (gone, gone + timedelta(hours=dice.choice([0, 0, 3, 30]))), own, answered_at)


def _start(dice: Random, after_at: datetime, zone: ZoneInfo) -> datetime:
    day = after_at.astimezone(zone).date() + timedelta(days=dice.randrange(1, 50))
    return datetime.combine(day, time(dice.randrange(6, 22), dice.choice([0, 15, 30])), tzinfo=zone).astimezone(UTC)


def _before(dice: Random, step: Step) -> datetime:
    """Some moment before the session."""
    return step.at + (step.facts.starts_at - step.at) * dice.random()


def planned(step: Step, life: Life) -> Iterator[before.Letter | timing.Due | after.Due]:
    """What every floor plans while the booking is so; the form is never filled in."""
    facts, first, ends_at = step.facts, life.steps[0], step.facts.starts_at + HOUR
    yield from (each for each in before.plan(facts) if each.kind not in before.NOTICES)
    if facts.status != "booked":
        return
    yield from timing.form_letters(asked_at=first.at, needed_at=facts.starts_at, quiet=life.quiet)
    own = after.own(life.own, facts.starts_at, ends_at, life.quiet)
    if own.due_at > first.at:
        yield own
    is_answered = life.answered_at is not None and step.at >= life.answered_at
    yield from (
        each for each in after.after_session(ends_at, life.quiet) if not (is_answered and each.kind in CHECK_INS)
    )
    if life.answered_at is not None and is_answered:
        for kind, days in (("m15_sore", 0), ("m14_support", 1)):
            yield after.reply(kind, life.answered_at + timedelta(days=days), life.quiet)


def letters_that_left(life: Life, without: str = "") -> list[Left]:
    """As the outbox does it: hour by hour of what changes, what is planned and due and not too late leaves once.

    `without` names the guard that is taken away.
    """
    left: dict[tuple[str, str], Left] = {}
    steps = life.steps[:1] if without == "plans again" else life.steps
    ends = [step.at for step in steps[1:]] + [life.last.facts.starts_at + timedelta(days=30)]
    sleeps = without != "sleeps at night"
    for step, until in zip(steps, ends, strict=True):
        wanted = [(each, _when(each.due_at, step, life, each.kind, sleeps)) for each in planned(step, life)]
        for now in sorted({moment for _, moment in wanted if moment < until}):
            due = [each for each, moment in wanted if moment == now]
            going = [each for each in due if now <= each.not_after or without == "asks how late it is"]
            giving = set() if without == "one a day" else _giving([each for each, _ in wanted], left, now, step, life)
            for each in going:
                key = _key(each, step)
                if key not in left and each.kind not in giving:
                    left[key] = Left(*key, now, each.not_after)
    return list(left.values())


def _key(each: before.Letter | timing.Due | after.Due, step: Step) -> tuple[str, str]:
    return each.kind, getattr(each, "occasion", str(step.facts.starts_at))


def _when(due_at: datetime, step: Step, life: Life, kind: str, sleeps: bool = True) -> datetime:
    """When a letter would leave: after the change that causes it, while somebody sends, ordinary ones not at night."""
    now = max(due_at, step.at)
    if life.away[0] <= now < life.away[1]:
        now = life.away[1]
    return life.quiet.later(now) if KINDS[kind].rank and sleeps else now


def _giving(wanted: list, left: dict, now: datetime, step: Step, life: Life) -> set[str]:  # type: ignore[type-arg]
    """The kinds that give way on this day."""
    zone = life.quiet.zone
    turns = {uuid4(): (each.kind, each.at, True) for each in left.values()}
    turns |= {
        uuid4(): (each.kind, max(now, _when(each.due_at, step, life, each.kind)), False)
        for each in wanted
        if _key(each, step) not in left and each.not_after >= now
    }
    rows = [
        Turn(code, ABOUT, kind, KINDS[kind].rank, at.astimezone(zone).date(), at, has_left, not KINDS[kind].optional)
        for code, (kind, at, has_left) in turns.items()
    ]
    lost = yielding(rows)
    return {row.kind for row in rows if row.code in lost}


def test_no_letter_anywhere_at_any_time_of_the_year_is_wrong() -> None:
    zones = sorted(available_timezones())
    letters, faults = a_year(zones)
    without = {guard: len(a_year(zones[::FEW], guard)[1]) for guard in sorted(GUARDS)}
    note(
        f"{len(zones)} zones, a year, {len(zones) * LIVES} bookings",
        promised="0 letters at night, twice, after a cancellation, a move or a missed visit, too late, or two a day",
        measured=f"{len(faults)} of {letters} letters",
        control=f"in {len(zones[::FEW])} zones {without}",
    )
    assert faults == []
    assert min(without.values()) > 0


def a_year(zones: Sequence[str], without: str = "") -> tuple[int, list[str]]:
    """How many letters left, and what was wrong with them."""
    dice, letters, faults = Random(2027), 0, list[str]()
    for name in zones:
        for _ in range(LIVES):
            life = a_life(ZoneInfo(name), dice)
            left = letters_that_left(life, without)
            letters += len(left)
            faults += [f"{name}: {fault}: {life}" for fault in wrong_with(life, left)]
    return letters, faults


def wrong_with(life: Life, left: list[Left]) -> Iterator[str]:
    ranked = sorted((each for each in left if KINDS[each.kind].rank), key=lambda each: each.at)
    off_since = life.last.at if life.is_off else None
    for each in ranked:
        if life.quiet.covers(each.at):
            yield f"{each.kind} at night, {each.at}"
    for each in left:
        if off_since and each.at >= off_since and each.kind not in FAREWELLS:
            yield f"{each.kind} after the visit was cancelled or missed"
        if each.at > each.not_after:
            yield f"{each.kind} too late"
        yield from out_of_date(each, life)
    for kind, times in Counter(each.kind for each in left if each.kind in AFTER | REPLIES | FAREWELLS).items():
        if times > 1:
            yield f"{kind} twice"
    for one, other in pairwise(ranked):
        if one.at.astimezone(life.quiet.zone).date() == other.at.astimezone(life.quiet.zone).date():
            yield f"{one.kind} and {other.kind} on one day"
    yield from not_sensible(life, {each.kind for each in left})


def out_of_date(each: Left, life: Life) -> Iterator[str]:
    """What does not fit the booking as it was at the moment when this letter left."""
    current = [step for step in life.steps if step.at <= each.at][-1].facts
    if each.kind in CALENDAR and each.occasion != current.starts_at.isoformat():
        yield f"{each.kind} for another time"
    if each.kind in AFTER | REPLIES and each.at < current.starts_at + HOUR:
        yield f"{each.kind} before the session is over"
    if each.kind in CHECK_INS and life.answered_at and each.at >= life.answered_at:
        yield f"{each.kind} though it was answered"
    if each.kind in REPLIES and life.quiet.covers(each.at) and not life.away[0] <= each.at <= life.away[1]:
        yield f"{each.kind} at night, {each.at}"


def not_sensible(life: Life, kinds: set[str]) -> Iterator[str]:
    """A late booking: confirmed always, reminded only where there is time; nobody is away here."""
    first = life.steps[0].facts
    ahead = first.starts_at - first.fixed_at
    if any(step.at < first.starts_at for step in life.steps[1:]) or life.away[0] != life.away[1]:
        return
    if "m00_booked" not in kinds:
        yield "no confirmation"
    if "m04_tomorrow" in kinds and ahead < 30 * HOUR:
        yield "a reminder of a session so near"
    if "m04_tomorrow" not in kinds and ahead > 40 * HOUR:
        yield "no reminder"
    if "m01_form" in kinds and ahead <= timedelta(days=7):
        yield "a second word about the form"
    if life.last.facts.status == "booked" and not {"m10_after", "m11_morning"} & kinds:
        yield "nothing after the session"
