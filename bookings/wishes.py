"""Says which free times fit what somebody waits for, and until when one is kept for her; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bookings.zones import DAY, local_day, offset
from clinic.people.quiet import Quiet

PARTS = ("morning", "afternoon", "evening")
NOON, LATE = 12, 17  # the hours at which the afternoon and the evening begin
LAST_CALL = timedelta(hours=1)  # an offer ends this long before the session begins
SHORTEST = timedelta(minutes=30)  # an offer that could not last so long is not made


@dataclass(frozen=True, slots=True)
class Wish:
    """What one person waits for; days are ordinals, empty sets mean "any"."""

    weekdays: frozenset[int]
    parts: frozenset[str]
    since: int | None
    until: int
    refused: frozenset[int] = frozenset()  # days of which she has let an offer go

    def fits(self, start: int, zone: str) -> bool:
        """Whether this start, on the wall clock of the practitioner's zone, is what she waits for."""
        day = local_day(zone, start)
        part = part_of((start + offset(zone, start)) % DAY // 60)
        return (
            (self.since is None or self.since <= day)
            and day <= self.until
            and day not in self.refused
            and (not self.weekdays or (day - 1) % 7 in self.weekdays)
            and (not self.parts or part in self.parts)
        )


def part_of(hour: int) -> str:
    """The part of the day that an hour of the wall clock belongs to."""
    if hour < NOON:
        return "morning"
    return "afternoon" if hour < LATE else "evening"


def fitting(wish: Wish, free: Mapping[int, Sequence[str]], zones: Mapping[str, str]) -> Iterable[int]:
    """The free starts that fit, the earliest first; `free` names for each start who is free, `zones` their zones."""
    return (start for start in sorted(free) if any(wish.fits(start, zones[who]) for who in free[start]))


def kept_until(now: datetime, start: datetime, lasts: timedelta, quiet: Quiet) -> datetime | None:
    """Until when a time is kept for somebody who is written to now; None where it would not be fair to ask.

    Nobody is asked in quiet hours, nor has to answer in them: an offer that would end there ends when they do.
    """
    if quiet.covers(now):
        return None
    until = min(quiet.later(now + lasts), start - LAST_CALL)
    return until if until - now >= SHORTEST else None
