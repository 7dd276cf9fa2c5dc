"""By when somebody calls after a worrying answer: the end of a working day, by the hours of who treats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aftercare import plan
from bookings import calendar
from bookings.schedule import open_on
from bookings.slots import Person
from bookings.spans import gaps, merged
from bookings.zones import moment
from clinic.people.models import Practice, Practitioner
from intake import facts
from intake.models import Request

AHEAD = 14  # days; a practice that is closed for longer is taken to work on weekdays
AWAY = timedelta(hours=72)  # who is not there for longer than a weekend is away, and colleagues' hours count
TIME_TO_CALL = timedelta(hours=2)
SAME_DAY = frozenset({"c_dizzy", "c_walk_pain"})
ALONE = "p_low_support"  # then strong feelings are answered the same day as well
FEELINGS = "c_emotional"


def deadlines(asked: Request, *, now: datetime) -> tuple[dict[str, datetime], datetime]:
    """For flags that are answered the same day, and for all others."""
    zone = asked.practitioner.zone
    people = list(Practitioner.objects.filter(is_active=True))
    hers = _closings([each for each in people if each == asked.practitioner], now, zone)
    theirs = _closings(people, now, zone)
    known = facts.for_client(asked.client, now=now).flags
    hurried = SAME_DAY | ({FEELINGS} if ALONE in known else set())
    same_day, otherwise = (_by(now, hers, theirs, zone, is_same_day=hurry) for hurry in (True, False))
    return dict.fromkeys(hurried, same_day), otherwise


def deadline(
    answered_at: datetime, closings: Sequence[datetime], zone: ZoneInfo, *, is_same_day: bool
) -> datetime | None:
    """The end of today where there is time to call, else of the next working day; `closings` ends each, in order."""
    today = answered_at.astimezone(zone).date()
    for closing in closings:
        on = closing.astimezone(zone).date()
        if on > today or (is_same_day and closing - answered_at >= TIME_TO_CALL):
            return closing
    return None


def _by(
    now: datetime, hers: Sequence[datetime], theirs: Sequence[datetime], zone: ZoneInfo, *, is_same_day: bool
) -> datetime:
    """Her own working day, unless she is away; then that of the practice."""
    own = deadline(now, hers, zone, is_same_day=is_same_day)
    if own is not None and own - now <= AWAY:
        return own
    anyones = deadline(now, theirs, zone, is_same_day=is_same_day)
    return anyones or plan.call_by(now, zone, is_same_day=is_same_day)


def _closings(practitioners: Iterable[Practitioner], now: datetime, zone: ZoneInfo) -> list[datetime]:
    """When each of the next working days of these people ends: their hours, less time off and closed dates."""
    people = {each.slug: each for each in practitioners}
    first = now.astimezone(Practice.objects.the().zone).date()
    days = [first + timedelta(days=ahead) for ahead in range(AHEAD)]
    found = calendar.persons(people, days[0] - timedelta(days=1), days[-1] + timedelta(days=1))
    ends = [end for day in days if (end := _end(found, day, zone)) is not None and end > now]
    return sorted(ends)


def _end(people: Sequence[Person], day: date, zone: ZoneInfo) -> datetime | None:
    """The last moment on this date at which anybody is there."""
    spans = [
        free
        for person in people
        for since, until in open_on(person, day, zone.key)
        for free in gaps(since, until, merged(person.away))
    ]
    return moment(max(until for _, until in spans)) if spans else None
