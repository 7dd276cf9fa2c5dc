"""When an item is shown: FHIR's seven operators, in the meaning that R5 spells out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from intake.definition import Item
from intake.values import Value, Words, comparable

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
OPERATORS = ("exists", *COMPARE)


def is_enabled(item: Item, asked: Mapping[str, Item], values_of: Callable[[str], tuple[Value, ...]]) -> bool:
    """Whether the item's own conditions hold, given what counts so far."""
    if not item.enable_when:
        return True
    together = any if item.enable_behavior == "any" else all
    return together(
        compares(each.operator, values_of(each.question), each.answer, asked.get(each.question))
        for each in item.enable_when
    )


def compares(sign: str, values: tuple[Value, ...], wanted: Value, item: Item | None = None) -> bool:
    """`exists`: any answer at all; `!=`: no answer equals; the others: at least one answer does.

    `item` is the one that was answered; without it, dates are known by being compared.
    """
    if sign == "exists":
        return bool(values) is wanted
    if sign == "!=":
        return all(not _compare("=", value, wanted, item) for value in values)
    return any(_compare(sign, value, wanted, item) for value in values)


def _compare(sign: str, value: Value, wanted: Value, item: Item | None) -> bool:
    if isinstance(value, Words):  # free words are never a code
        return sign == "=" and value.text == wanted and (item is None or item.option(wanted) is None)
    kind = item.kind if item else "" if sign == "=" else "date"
    both = comparable(kind, value, wanted)
    return both is not None and COMPARE[sign](*both)
