"""What an expression can turn out to be: parts of a response, a total of them, or a condition; and their arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil, floor

from intake.fhirpath_reading import Unknown


@dataclass(frozen=True)
class Found:
    """Parts of a response: of these items the item, answer, value, code or weight; `form` is the questionnaire."""

    items: tuple[str, ...]
    stage: str


@dataclass(frozen=True)
class Total:
    """A sum, mean or count of these items' numbers; nothing where fewer than `enough` of them are answered.

    With `enough` 0 it is 0 where none is: so `count()` and `aggregate($this + $total, 0)` have it. `sum()` of nothing
    is nothing (the published engines differ; what was not answered is not 0).
    """

    items: tuple[str, ...]
    stage: str
    method: str = "sum"
    factor: Decimal = Decimal(1)
    enough: int = 1


@dataclass(frozen=True)
class Enough:
    """A condition: at least so many of these items are answered."""

    items: tuple[str, ...]
    number: int


@dataclass(frozen=True)
class Compared:
    """A total beside a number."""

    total: Total | Found
    sign: str
    number: Decimal


@dataclass(frozen=True)
class Joined:
    """Comparisons of which all or any must hold."""

    behavior: str
    each: tuple[Compared, ...]


Meaning = Found | Total | Enough | Compared | Joined | Decimal | None
FLIPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "!=": "!="}


def added(one: Total, other: Total) -> Total:
    """Two sums as one: both need all of their items, or neither needs any; for nothing and a number make nothing."""
    items = one.items + other.items
    same = (one.stage, one.method, one.factor) == (other.stage, other.method, other.factor)
    if not same or one.method != "sum" or len(set(items)) < len(items):
        raise Unknown("+")
    if one.enough == len(one.items) and other.enough == len(other.items):
        return replace(one, items=items, enough=len(items))
    if one.enough == other.enough == 0:
        return replace(one, items=items)
    raise Unknown("+")


def divided(one: Total, other: Meaning) -> Total:
    if isinstance(other, Total) and other.method == "count" and set(other.items) == set(one.items):
        return replace(one, method="mean", enough=max(one.enough, 1))
    if isinstance(other, Decimal) and other == len(one.items) == one.enough:
        return replace(one, method="mean")
    if isinstance(other, Decimal) and other and Decimal(1) / other * other == 1:
        return replace(one, factor=one.factor / other)
    raise Unknown("/")


def compare(sign: str, one: Meaning, other: Meaning) -> Meaning:
    if isinstance(one, Decimal):
        one, other, sign = other, one, FLIPPED[sign]
    if not isinstance(other, Decimal) or not isinstance(one, (Total, Found)):
        raise Unknown(sign)
    if isinstance(one, Total) and one.method == "count" and sign in (">", ">="):
        return Enough(one.items, floor(other) + 1 if sign == ">" else ceil(other))
    return Compared(one, sign, other)


def join(sign: str, one: Meaning, other: Meaning) -> Meaning:
    if isinstance(one, Enough) and isinstance(other, Enough) and sign == "and":
        if one.number == len(one.items) and other.number == len(other.items):
            return Enough(one.items + other.items, one.number + other.number)
        raise Unknown(sign)
    behavior = "all" if sign == "and" else "any"
    each = [part for side in (one, other) for part in (side.each if isinstance(side, Joined) else (side,))]
    sides = [side for side in (one, other) if isinstance(side, Joined)]
    if any(side.behavior != behavior for side in sides) or not all(isinstance(part, Compared) for part in each):
        raise Unknown(sign)
    return Joined(behavior, tuple(part for part in each if isinstance(part, Compared)))
