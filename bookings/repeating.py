"""A time off that repeats, as the dates it falls on: every week or every year, up to a horizon."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

ONCE, WEEKLY, YEARLY = "once", "weekly", "yearly"
HORIZON = {ONCE: 0, WEEKLY: 1, YEARLY: 5}  # years


def dates(first: date, repeat: str, until: date | None) -> list[date]:
    """The first day of each, the first included; 29 February counts as 28 where there is none."""
    if repeat == ONCE:
        return [first]
    last = min(until or date.max, _years_later(first, HORIZON[repeat]))
    if repeat == WEEKLY:
        return [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    found = [_years_later(first, number) for number in range(HORIZON[YEARLY] + 1)]
    return [each for each in found if each <= last]


def _years_later(day: date, years: int) -> date:
    year = day.year + years
    is_lost = day.month == 2 and day.day == 29 and not calendar.isleap(year)
    return date(year, day.month, 28 if is_lost else day.day)
