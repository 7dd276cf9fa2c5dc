"""Times in words, in a named zone and in the language of the letter; and which letters no words of ours hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo

from django.utils.functional import lazy
from django.utils.translation import trans_real

ENGLISH = "en"
WITH_CAPITALS = frozenset({"de", "el", "lb"})  # where days and months begin with one, as in English
_language: ContextVar[str] = ContextVar("language of the letter", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within this, days are named in that language."""
    before = _language.set(language.lower())
    try:
        yield
    finally:
        _language.reset(before)


def is_english() -> bool:
    return _language.get().split("-")[0] == ENGLISH


# They would break a mail's header, a CSV cell or a calendar line; half a surrogate pair cannot even be stored.
CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")


def has_control(text: str, *, many_lines: bool = False) -> bool:
    """Whether it holds a control character; in a text of many lines, line ends and tabs are none."""
    return bool(CONTROL.search(re.sub(r"[\n\r\t]", "", text) if many_lines else text))


def day(moment: datetime, zone: tzinfo) -> str:
    """Tuesday 25 November."""
    return date_in_words(moment.astimezone(zone))


def date_in_words(local: date) -> str:
    """Tuesday 25 November; mardi 25 novembre."""
    if is_english():
        return f"{local:%A} {local.day} {local:%B}"
    names = trans_real.translation(_language.get())
    weekday, month = names.gettext(f"{local:%A}"), names.pgettext("alt. month", f"{local:%B}")
    words = f"{weekday} {local.day} {month}"
    return words if _language.get().split("-")[0] in WITH_CAPITALS else words.lower()


def day_with_year(moment: datetime, zone: tzinfo) -> str:
    """Tuesday 25 November 2026."""
    return date_with_year(moment.astimezone(zone))


def date_with_year(local: date) -> str:
    """Tuesday 25 November 2026."""
    return f"{date_in_words(local)} {local.year}"


def time(moment: datetime, zone: tzinfo) -> str:
    """11:30; in the hour that a clock change repeats, 1:30 (UTC+1)."""
    local = moment.astimezone(zone)
    plain = f"{local.hour}:{local:%M}"
    return f"{plain} ({offset(local)})" if is_repeated(local) else plain


def day_time(moment: datetime, zone: tzinfo) -> str:
    """Tuesday 25 November at 11:30; mardi 25 novembre, 11:30."""
    between = " at " if is_english() else ", "
    return f"{day(moment, zone)}{between}{time(moment, zone)}"


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


# The same, put into words only as a letter is written: by then its language is known.
day_said = lazy(day, str)
date_said = lazy(date_in_words, str)
day_time_said = lazy(day_time, str)
