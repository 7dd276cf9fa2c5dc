"""When an item is shown: FHIR's seven operators, in the meaning that R5 spells out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from intake.definition import EnableWhen, Item, Value

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
OPERATORS = ("exists", *COMPARE)


def is_enabled(item: Item, values: Mapping[str, tuple[Value, ...]]) -> bool:
    """Whether the item's own conditions hold, given what counts so far."""
    if not item.enable_when:
        return True
    together = any if item.enable_behavior == "any" else all
    return together(holds(condition, values.get(condition.question, ())) for condition in item.enable_when)


def holds(condition: EnableWhen, values: tuple[Value, ...]) -> bool:
    """Whether a condition holds for the answers (none, one or several) of its question."""
    return compares(condition.operator, values, condition.answer)


def compares(sign: str, values: tuple[Value, ...], wanted: Value) -> bool:
    """`exists`: any answer at all; `!=`: no answer equals; the others: at least one answer does."""
    if sign == "exists":
        return bool(values) is wanted
    if sign == "!=":
        return all(not _compare("=", value, wanted) for value in values)
    return any(_compare(sign, value, wanted) for value in values)


def _compare(sign: str, value: Value, wanted: Value) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        if sign not in ("=", "!="):  # dates, each as exact as the less exact of the two
            shared = min(len(value), len(wanted))
            value, wanted = value[:shared], wanted[:shared]
        return COMPARE[sign](value, wanted)
    if isinstance(value, str) or isinstance(wanted, str):
        return False
    return COMPARE[sign](value, wanted)
