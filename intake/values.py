"""Single answers: how words, numbers, moments and quantities are read, exactly as typed, and compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

# FHIR's dates: a year, a month of it, or a day; "a rough date is fine".
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?")
MOMENTS = ("date", "dateTime", "time")
NUMBERS = ("integer", "decimal")
MOST_DIGITS = 60


@dataclass(frozen=True)
class Words:
    """What a person wrote beside the options; never the same as a code that happens to be spelt so."""

    text: str


@dataclass(frozen=True)
class Quantity:
    """A number with its unit's code; the number keeps the places that were typed."""

    value: Decimal
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".strip()


Value = str | int | Decimal | bool | Words | Quantity


def decimal(value: object) -> Decimal | None:
    """A finite number, with the places that were typed."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return Decimal(value) if _DECIMAL.fullmatch(value) else None
    if isinstance(value, (int, float, Decimal)):
        number = Decimal(str(value))
        return number if number.is_finite() and number.adjusted() < MOST_DIGITS else None
    return None


def quantity(value: object) -> Quantity | None:
    """`5 kg`, `{"value": 5, "unit": "kg"}` or a bare number."""
    if isinstance(value, Quantity):
        return value
    if isinstance(value, Mapping):
        return _quantity(value.get("value"), value.get("code", value.get("unit", "")))
    head, _, unit = value.partition(" ") if isinstance(value, str) else (value, "", "")
    return _quantity(head, unit.strip())


def _quantity(value: object, unit: object) -> Quantity | None:
    number = decimal(value)
    return Quantity(number, str(unit or "")) if number is not None else None


def is_date(value: object) -> bool:
    """Whether this is a year, month or day that exists."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    except ValueError:
        return False
    return True


def clock_time(value: object) -> str | None:
    """A time of day that exists, with its seconds."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        time.fromisoformat(value.partition(".")[0])
    except ValueError:
        return None
    return value if value.count(":") == 2 else f"{value}:00"


def moment(value: object) -> str | None:
    """A date, or a date with a time and a zone; with its seconds."""
    if is_date(value):
        return str(value)
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    at = clock_time(found[2]) if found else None
    if found is None or at is None or not is_date(found[1]) or not _is_zone(found[3]):
        return None
    return f"{found[1]}T{at}{found[3]}"


def _is_zone(text: str) -> bool:
    return text == "Z" or (int(text[1:3]) <= 14 and int(text[4:]) < 60)


def shared(one: str, other: str) -> tuple[str, str]:
    """Two dates, moments or times, each as exact as the less exact of the two; moments in one zone."""
    if "T" in one and "T" in other:
        one, other = _in_utc(one), _in_utc(other)
    else:
        one, other = one.partition("T")[0], other.partition("T")[0]
    length = min(len(one), len(other))
    return one[:length], other[:length]


def _in_utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()[:19]


def comparable(kind: str, value: Any, wanted: Any) -> tuple[Any, Any] | None:
    """Both sides of a comparison of this kind; None where they cannot be compared."""
    if kind == "quantity":
        one, other = quantity(value), quantity(wanted)
        return (one.value, other.value) if one and other and one.unit == other.unit else None
    if isinstance(value, str) and isinstance(wanted, str):
        return shared(value, wanted) if kind in MOMENTS else (value, wanted)
    if isinstance(value, str) or isinstance(wanted, str):
        return None
    return value, wanted
