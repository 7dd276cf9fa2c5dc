"""By when somebody calls after a worrying answer: the end of a working day, as the practice's own hours have it."""

from __future__ import annotations

from collections.abc import Sequence
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
TIME_TO_CALL = timedelta(hours=2)
SAME_DAY = frozenset({"c_dizzy", "c_walk_pain"})
ALONE = "p_low_support"  # then strong feelings are answered the same day as well
FEELINGS = "c_emotional"


def deadlines(asked: Request, *, now: datetime) -> tuple[dict[str, datetime], datetime]:
    """For flags that are answered the same day, and for all others."""
    zone = asked.practitioner.zone
    closings = _closings(now, zone)
    known = facts.for_client(asked.client, now=now).flags
    hurried = SAME_DAY | ({FEELINGS} if ALONE in known else set())
    today = _by(now, closings, zone, is_same_day=True)
    return dict.fromkeys(hurried, today), _by(now, closings, zone, is_same_day=False)


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


def _by(now: datetime, closings: Sequence[datetime], zone: ZoneInfo, *, is_same_day: bool) -> datetime:
    found = deadline(now, closings, zone, is_same_day=is_same_day)
    return found or plan.call_by(now, zone, is_same_day=is_same_day)


def _closings(now: datetime, zone: ZoneInfo) -> list[datetime]:
    """When each of the next working days ends: hours of everybody, less time off and closed dates."""
    people = {each.slug: each for each in Practitioner.objects.filter(is_active=True)}
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
