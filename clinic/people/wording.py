"""Times in words, always in a named zone; and which letters no words of ours hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

# They would break a mail's header, a CSV cell or a calendar line; half a surrogate pair cannot even be stored.
CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")


def has_control(text: str, *, many_lines: bool = False) -> bool:
    """Whether it holds a control character; in a text of many lines, line ends and tabs are none."""
    return bool(CONTROL.search(re.sub(r"[\n\r\t]", "", text) if many_lines else text))


def day(moment: datetime, zone: tzinfo) -> str:
    """Tuesday 25 November."""
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B}"


def day_with_year(moment: datetime, zone: tzinfo) -> str:
    """Tuesday 25 November 2026."""
    return f"{day(moment, zone)} {moment.astimezone(zone).year}"


def time(moment: datetime, zone: tzinfo) -> str:
    """11:30; in the hour that a clock change repeats, 1:30 (UTC+1)."""
    local = moment.astimezone(zone)
    plain = f"{local.hour}:{local:%M}"
    return f"{plain} ({offset(local)})" if is_repeated(local) else plain


def day_time(moment: datetime, zone: tzinfo) -> str:
    """Tuesday 25 November at 11:30."""
    return f"{day(moment, zone)} at {time(moment, zone)}"


def zone_name(name: str) -> str:
    """London for Europe/London."""
    return name.rsplit("/", 1)[-1].replace("_", " ")


def is_repeated(local: datetime) -> bool:
    """Whether this wall-clock time comes twice on its day."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset() and _exists(local)


def offset(local: datetime) -> str:
    """UTC+1, UTC+5:45, UTC-3:30."""
    gap = local.utcoffset()
    minutes = int(gap.total_seconds() // 60) if gap else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _exists(local: datetime) -> bool:
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)
