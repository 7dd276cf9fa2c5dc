"""Writes and reads frozen dataclasses as plain JSON in camelCase, leaving defaults out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

Thing = TypeVar("Thing")


def word(field: Field[Any]) -> str:
    """What a field is called outside: its own word where it has one, else its name in camelCase."""
    if "word" in field.metadata:
        return str(field.metadata["word"])
    head, *tail = field.name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def write(thing: Any) -> Any:
    """The plain JSON of a dataclass, a tuple, a number or a word."""
    if is_dataclass(thing):
        values = ((field, getattr(thing, field.name)) for field in fields(thing))
        return {word(field): write(value) for field, value in values if value != field.default}
    if isinstance(thing, tuple):
        return [write(each) for each in thing]
    if isinstance(thing, Decimal):
        return int(thing) if thing == thing.to_integral_value() else float(thing)
    return thing


def read(kind: Callable[..., Thing], stored: Mapping[str, Any]) -> Thing:
    """The dataclass that `write` wrote; a word it does not know is an error."""
    known = _known(kind)
    given = {known[key][0]: _value(known[key][1], value) for key, value in stored.items()}
    return kind(**given)


@cache
def _known(kind: Any) -> dict[str, tuple[str, Any]]:
    hints = get_type_hints(kind)
    return {word(field): (field.name, hints[field.name]) for field in fields(kind)}


def is_needed(field: Field[Any]) -> bool:
    """Whether a field must be given."""
    return field.default is MISSING


def _value(hint: Any, value: Any) -> Any:
    inner = get_args(hint)
    if isinstance(value, (list, tuple)):
        return tuple(_value(inner[0], each) for each in value)
    if isinstance(value, Mapping):
        return read(hint, value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and Decimal in (hint, *inner) and (int not in inner or isinstance(value, float)):
        return Decimal(str(value))
    return value
