"""Turns wall-clock times into minutes since 1970 and back, remembering each zone's offset for each day."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
CLOCK = [f"T{hour:02}:{minute:02}:00Z" for hour in range(24) for minute in range(60)]


def minute(moment: datetime) -> int:
    """The whole minute that holds this moment, counted from 1970 in UTC."""
    return int(moment.timestamp() // 60)


def minute_at_or_after(moment: datetime) -> int:
    return int(-(-moment.timestamp() // 60))


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at * 60, tz=UTC)


def text(at: int) -> str:
    """As the API writes it: 2027-02-01T14:00:00Z."""
    day, clock = divmod(at, DAY)
    return _day_text(day) + CLOCK[clock]


@lru_cache(maxsize=1000)
def _day_text(day: int) -> str:
    return date.fromordinal(day + EPOCH_ORDINAL).isoformat()


@lru_cache(maxsize=100_000)
def resolve(zone: str, ordinal: int, wall: int) -> int:
    """The instant of a wall-clock minute of one date; 1440 is the midnight that ends the day.

    A time that the clocks skip resolves forward and a repeated one to its first occurrence: both are fold=0.
    """
    days, wall = divmod(wall, DAY)
    day = date.fromordinal(ordinal + days)
    local = datetime(day.year, day.month, day.day, wall // 60, wall % 60, tzinfo=ZoneInfo(zone))
    return minute(local.astimezone(UTC))


@lru_cache(maxsize=100_000)
def midnight(zone: str, ordinal: int) -> int | None:
    """The instant at which a local date begins, or None where its clocks do not stand for the whole date."""
    begins, ends = resolve(zone, ordinal, 0), resolve(zone, ordinal, DAY)
    is_steady = ends - begins == DAY and _read_offset(zone, begins) == _read_offset(zone, ends)
    return begins if is_steady else None


def offset(zone: str, at: int) -> int:
    """Minutes that the zone's clocks are ahead of UTC at this instant."""
    steady = _steady_offset(zone, at // DAY)
    return _read_offset(zone, at) if steady is None else steady


def local_day(zone: str, at: int) -> int:
    """The proleptic ordinal of the local date at this instant."""
    return (at + offset(zone, at)) // DAY + EPOCH_ORDINAL


def stretches(zone: str, start: int, end: int) -> list[tuple[int, int, int]]:
    """Cuts [start, end) where the local date or the offset changes: (from, until, offset) each."""
    cuts = []
    while start < end:
        ahead = offset(zone, start)
        until = min(end, start + DAY - (start + ahead) % DAY)
        if offset(zone, until - 1) != ahead:
            until = _first_change(zone, start, until)
        cuts.append((start, until, ahead))
        start = until
    return cuts


@lru_cache(maxsize=100_000)
def _steady_offset(zone: str, utc_day: int) -> int | None:
    """The offset of one UTC day, or None on a day when the clocks change."""
    before = _read_offset(zone, utc_day * DAY)
    return before if before == _read_offset(zone, (utc_day + 1) * DAY) else None


def _read_offset(zone: str, at: int) -> int:
    ahead = moment(at).astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    return int(ahead.total_seconds() // 60)


def _first_change(zone: str, start: int, end: int) -> int:
    """The first minute after start whose offset differs; the last minute before end is known to differ."""
    ahead = offset(zone, start)
    low, high = start, end - 1
    while high - low > 1:
        middle = (low + high) // 2
        if offset(zone, middle) == ahead:
            low = middle
        else:
            high = middle
    return high
