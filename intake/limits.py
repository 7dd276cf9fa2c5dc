"""Checks the limits of a question: smallest and largest, lengths, patterns, how many."""

from __future__ import annotations

from collections.abc import Iterator

from intake.definition import Item
from intake.patterns import why_unsafe
from intake.shape import Problem
from intake.values import MOMENTS, NUMBERS, clock_time, moment

WRITTEN = ("string", "text")


def problems(item: Item, path: str) -> Iterator[Problem]:
    """What is wrong with an item's limits."""
    yield from _numbers(item, path)
    yield from _words(item, path)
    yield from _moments(item, path)
    for name, value in (("minOccurs", item.min_occurs), ("maxOccurs", item.max_occurs)):
        if value is not None and value < (1 if name == "maxOccurs" else 0):
            yield Problem(f"{path}.{name}", "is a number of answers")
        if value is not None and value > 1 and not item.repeats:
            yield Problem(f"{path}.{name}", "is for questions that repeat")
    if item.min_occurs is not None and item.max_occurs is not None and item.min_occurs > item.max_occurs:
        yield Problem(f"{path}.minOccurs", "is larger than maxOccurs")
    if item.units and item.type not in (*NUMBERS, "quantity"):
        yield Problem(f"{path}.unit", f"a {item.type} has no unit")


def _numbers(item: Item, path: str) -> Iterator[Problem]:
    for name, value in (("minValue", item.minimum), ("maxValue", item.maximum)):
        if value is not None and item.type not in (*NUMBERS, "quantity"):
            yield Problem(f"{path}.{name}", f"a {item.type} has no smallest or largest value")
    if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
        yield Problem(f"{path}.minValue", "is larger than maxValue")
    if item.control == "scale" and (item.minimum is None or item.maximum is None):
        yield Problem(f"{path}.control", "a scale needs minValue and maxValue")
    if item.max_decimals is not None and (item.type not in ("decimal", "quantity") or item.max_decimals < 0):
        yield Problem(f"{path}.maxDecimalPlaces", "is for numbers that have places after the point")


def _words(item: Item, path: str) -> Iterator[Problem]:
    if item.max_length is not None and (item.type not in (*WRITTEN, "open-choice") or item.max_length < 1):
        yield Problem(f"{path}.maxLength", "is for texts, and at least 1")
    if item.min_length is not None and (item.type not in WRITTEN or item.min_length < 0):
        yield Problem(f"{path}.minLength", "is for texts")
    if item.pattern and item.type not in WRITTEN:
        yield Problem(f"{path}.pattern", "is for texts")
    if item.pattern and (why := why_unsafe(item.pattern)):
        yield Problem(f"{path}.pattern", f"unsupported: {why}")


def _moments(item: Item, path: str) -> Iterator[Problem]:
    for name, value in (("earliest", item.earliest), ("latest", item.latest)):
        if value and (item.type not in MOMENTS or not (clock_time(value) if item.type == "time" else moment(value))):
            yield Problem(f"{path}.{name}", "is a date or time, for questions that ask for one")
