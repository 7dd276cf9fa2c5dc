"""The page of free times: days with their times, the first free one in words, where to look further."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from bookings.calendar import Diary, starts_on
from bookings.wishes import part_of
from bookings.zones import DAY, local_day, midnight, minute, moment, offset, text
from clinic.people import wording

DAYS_ON_A_PAGE = 5
ENOUGH_TIMES = 72  # a page that has so many is not made longer by another day
TIMES_WITHOUT_PARTS = 6  # a longer day is divided into morning, afternoon and evening
NEAREST = 3
FAR_DAYS = 28  # who has to wait longer for a first free time is told that we are full until then


@dataclass(frozen=True)
class FreeTime:
    """One button: the start, its words, and who is free."""

    start: datetime
    clock: str
    practitioners: Sequence[str]

    @property
    def value(self) -> str:
        return f"{text(minute(self.start))[:-4]}Z"  # to the minute


@dataclass(frozen=True)
class Part:
    """Morning, afternoon or evening; a short day has one part without a name."""

    name: str
    times: Sequence[FreeTime]


@dataclass(frozen=True)
class Day:
    """One day's heading and times."""

    on: date
    words: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Times:
    """Everything that the page shows about free times."""

    days: Sequence[Day]
    count: int
    first: str  # the first free time in words, from the day that was asked for
    first_on: date | None
    later: date | None  # from which day the next page goes on
    zone: str
    zone_words: str
    is_far: bool  # nothing is free for weeks

    @property
    def first_words(self) -> str:
        return self.days[0].words if self.days else ""

    @property
    def status(self) -> str:
        """What a screen reader hears when the list changes."""
        if not self.days:
            return "No free times"
        times = "1 free time" if self.count == 1 else f"{self.count} free times"
        first, last = self.days[0].words, self.days[-1].words
        return f"{times}, {first}" if first == last else f"{times}, {first} to {last}"


def page(diary: Diary, *, zone: str, since: date | None, but: datetime | None = None) -> Times:
    """The first days with free times, from `since` on; `but` is no choice, as the session that moves is there now."""
    local, free = ZoneInfo(zone), diary.free_starts()
    if but is not None:
        free.pop(minute(but), None)
    earliest = since.toordinal() if since else 0
    by_day = [(day, starts) for day, starts in starts_on(free, zone).items() if day >= earliest]
    shown = by_day[: _days_on_a_page([len(starts) for _, starts in by_day])]
    days = [date.fromordinal(day) for day, _ in by_day[: len(shown) + 1]]
    return Times(
        days=[_day(on, {at: free[at] for at in starts}, zone) for on, (_, starts) in zip(days, shown, strict=False)],
        count=sum(len(starts) for _, starts in shown),
        first=wording.day_time(moment(by_day[0][1][0]), local) if by_day else "",
        first_on=days[0] if days else None,
        later=days[-1] if len(by_day) > len(shown) else None,
        zone=zone,
        zone_words=wording.zone_name(zone),
        is_far=since is None and bool(by_day) and by_day[0][0] - local_day(zone, diary.limits.now) > FAR_DAYS,
    )


def nearest(diary: Diary, *, zone: str, to: datetime) -> list[tuple[FreeTime, str]]:
    """The free times nearest to one that is gone, in order of time, with their day in words."""
    local = ZoneInfo(zone)
    free = diary.free_starts()
    near = sorted(sorted(free, key=lambda at: abs(at - minute(to)))[:NEAREST])
    return [(each, wording.day(each.start, local)) for each in _free_times({at: free[at] for at in near}, zone)]


def first_days(today: date) -> list[tuple[date, str]]:
    """The choices of "From what day?" besides as soon as possible."""
    monday = today - timedelta(days=today.weekday())
    return [
        (monday + timedelta(weeks=1), "Next week"),
        (monday + timedelta(weeks=2), "In 2 weeks"),
        (monday + timedelta(weeks=4), "In 4 weeks"),
    ]


def _days_on_a_page(counts: list[int]) -> int:
    before = [sum(counts[:number]) for number in range(DAYS_ON_A_PAGE)]
    return sum(count < ENOUGH_TIMES for count in before)


def _day(on: date, starts: Mapping[int, list[str]], zone: str) -> Day:
    times, local = _free_times(starts, zone), ZoneInfo(zone)
    return Day(on, wording.day(times[0].start, local), _parts(times, local))


def _free_times(starts: Mapping[int, list[str]], zone: str) -> list[FreeTime]:
    return [FreeTime(moment(at), _clock(at, zone), names) for at, names in starts.items()]


def _clock(at: int, zone: str) -> str:
    """The time in words; only where the clocks change may it need more than hour and minute."""
    if midnight(zone, local_day(zone, at)) is None:
        return wording.time(moment(at), ZoneInfo(zone))
    hour, minutes = divmod((at + offset(zone, at)) % DAY, 60)
    return f"{hour}:{minutes:02}"


def _parts(times: list[FreeTime], zone: ZoneInfo) -> list[Part]:
    if len(times) <= TIMES_WITHOUT_PARTS:
        return [Part("", times)]
    return [Part(name, list(some)) for name, some in groupby(times, key=lambda each: _part_name(each.start, zone))]


def _part_name(start: datetime, zone: ZoneInfo) -> str:
    return part_of(start.astimezone(zone).hour).capitalize()
