"""The slot rules once more, as naively as they can be written: every minute against every rule."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.slots import Hours, Limits, Person, Rooms, Want

MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(minute: int) -> datetime:
    return EPOCH + minute * MINUTE


def wall(zone: str, day: date, minute: int) -> datetime:
    """fold=0: a skipped time resolves forward, a repeated one to its first occurrence."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock has no zone yet
    return (midnight + minute * MINUTE).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def opening(zone: str, day: date, hours: Hours) -> tuple[datetime, datetime]:
    closes = hours.closes + 1440 if hours.closes <= hours.opens else hours.closes
    return wall(zone, day, hours.opens), wall(zone, day, closes)


def hours_of(person: Person, day: date) -> list[Hours]:
    ordinal = day.toordinal()
    if ordinal in person.exceptions:
        return list(person.exceptions[ordinal])
    return [
        row.hours
        for row in person.weekly
        if row.weekday == day.weekday()
        and (row.since is None or date.fromordinal(row.since) <= day)
        and (row.until is None or day <= date.fromordinal(row.until))
    ]


def is_clear(start: datetime, end: datetime, spans: list[tuple[int, int]]) -> bool:
    return all(end <= at(since) or at(until) <= start for since, until in spans)


def allows(person: Person, want: Want, limits: Limits, rooms: Rooms, minute: int) -> bool:
    start = at(minute)
    end = start + want.minutes * MINUTE
    local = start.astimezone(ZoneInfo(person.zone))
    if (local.hour * 60 + local.minute) % person.grid:
        return False
    around = [
        hours
        for day in (local.date() - timedelta(days=1), local.date())
        for hours in hours_of(person, day)
        if opening(person.zone, day, hours)[0] <= start and end <= opening(person.zone, day, hours)[1]
    ]
    busy_from, busy_until = start - want.before * MINUTE, end + want.after * MINUTE
    today = at(limits.now).astimezone(ZoneInfo(person.zone)).date()
    same_day = [b for b in person.busy if at(b.starts_at).astimezone(ZoneInfo(person.zone)).date() == local.date()]
    suitable = [room for hours in around for room in ([hours.room] if hours.room else rooms) if room in rooms]
    return (
        bool(around)
        and is_clear(start, end, list(person.away))
        and start >= at(limits.earliest)
        and is_clear(busy_from, busy_until, [(each.busy_from, each.busy_until) for each in person.busy])
        and local.date() <= today + timedelta(days=limits.window_days)
        and (limits.max_per_day is None or len(same_day) < limits.max_per_day)
        and (not want.needs_room or any(is_clear(busy_from, busy_until, list(rooms[room])) for room in suitable))
    )


def free(person: Person, want: Want, limits: Limits, rooms: Rooms, first: date, last: date) -> list[int]:
    """Every minute of the local dates first..last that breaks no rule."""
    begin = int((wall(person.zone, first, 0) - EPOCH).total_seconds() // 60) - 180
    end = int((wall(person.zone, last, 1440) - EPOCH).total_seconds() // 60) + 180
    zone = ZoneInfo(person.zone)
    return [
        minute
        for minute in range(begin, end)
        if first <= at(minute).astimezone(zone).date() <= last and allows(person, want, limits, rooms, minute)
    ]
