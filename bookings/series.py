"""The dates of a course of sessions: same weekday and wall-clock time, what is in the way, what is near; pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bookings.explaining import broken_rules
from bookings.slots import Limits, Person, Rooms, Want
from bookings.zones import DAY, local_day, offset, resolve

NEAR_DAYS = 3
MOST_INSTEAD = 3
# Which rule names the fate, the first that applies; any other means that the practice is closed then.
FATES = (("window", "beyond"), ("notice", "soon"), ("booked", "taken"), ("room", "taken"), ("day_full", "taken"))


@dataclass(frozen=True, slots=True)
class Planned:
    """One date of the course: free, taken, closed, soon or beyond; `instead` are starts that could be had."""

    start: int
    fate: str
    instead: Sequence[int] = ()


def starts(first: int, zone: str, *, weeks: int, times: int, is_after: bool = False) -> list[int]:
    """The same weekday and wall-clock time, every so many weeks; `is_after`: from the date after the first on."""
    day, wall = local_day(zone, first), (first + offset(zone, first)) % DAY
    numbers = range(1, times + 1) if is_after else range(times)
    # The first date is taken as it is: in a repeated hour its wall clock alone would not tell it.
    return [resolve(zone, day + 7 * weeks * number, wall) if number else first for number in numbers]


def fate(start: int, person: Person, want: Want, limits: Limits, rooms: Rooms) -> str:
    """What would become of this date."""
    broken = broken_rules(start, person, want, limits, rooms)
    if not broken:
        return "free"
    if {"hours", "time_off", "grid"} & set(broken) and "window" not in broken:
        return "closed"
    return next((name for rule, name in FATES if rule in broken), "closed")


def instead(start: int, free: Iterable[int], zone: str, others: Collection[int]) -> list[int]:
    """Free starts of the same day, the nearest first, else of the days round it; never on another date's day."""
    day = local_day(zone, start)
    kept = {local_day(zone, other) for other in others if other != start}

    def distance(other: int) -> tuple[int, int]:
        return abs(local_day(zone, other) - day), abs(other - start)

    near = [each for each in free if distance(each)[0] <= NEAR_DAYS and local_day(zone, each) not in kept]
    return sorted(sorted(near, key=distance)[:MOST_INSTEAD])
