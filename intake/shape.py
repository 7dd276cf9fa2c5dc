"""Checks plain data against a dataclass before it is read: unknown words, missing words, wrong kinds."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from intake.stored import is_needed, word

_NAMES = {str: "words", bool: "true or false", int: "a whole number", Decimal: "a number"}
_KINDS: dict[type, tuple[type, ...]] = {str: (str,), bool: (bool,), int: (int,), Decimal: (int, float)}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands in the file and why it cannot stay."""

    path: str
    reason: str


def shape_problems(kind: type, stored: Any, path: str = "") -> Iterator[Problem]:
    """Everything that keeps `stored` from being read as a `kind`."""
    if not isinstance(stored, Mapping):
        yield Problem(path or "file", "must be a list of names and values")
        return
    hints = get_type_hints(kind)
    known = {word(field): (field, hints[field.name]) for field in fields(kind)}
    for name in [name for name, (field, _hint) in known.items() if is_needed(field) and name not in stored]:
        yield Problem(_join(path, name), "is missing")
    for name, value in stored.items():
        if name in known:
            yield from _value_problems(known[name][1], value, _join(path, name))
        else:
            yield Problem(_join(path, str(name)), _unknown(str(name), list(known)))


def _value_problems(hint: Any, value: Any, path: str) -> Iterator[Problem]:
    if get_origin(hint) is tuple:
        yield from _list_problems(get_args(hint)[0], value, path)
    elif is_dataclass(hint):
        yield from shape_problems(hint, value, path)  # type: ignore[arg-type]
    elif not _fits(hint, value):
        wanted = " or ".join(_NAMES[kind] for kind in _alternatives(hint))
        yield Problem(path, f"must be {wanted}, not {_shown(value)}" + _quoting(value))


def _list_problems(inner: Any, value: Any, path: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(path, "must be a list")
        return
    for index, each in enumerate(value):
        yield from _value_problems(inner, each, f"{path}[{_label(each, index)}]")


def _fits(hint: Any, value: Any) -> bool:
    kinds = tuple(kind for each in _alternatives(hint) for kind in _KINDS[each])
    return isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds)


def _alternatives(hint: Any) -> list[type]:
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return [kind for kind in kinds if kind is not NoneType]


def _label(each: Any, index: int) -> str:
    """How a list entry is called in a path: by its own name where it has one."""
    names = (each.get(key) for key in ("linkId", "code", "id")) if isinstance(each, Mapping) else ()
    return next((name for name in names if isinstance(name, str)), str(index))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return "unsupported: no such word here" + (f"; did you mean {near[0]}?" if near else "")


def _shown(value: Any) -> str:
    return "a list" if isinstance(value, list) else "a group of values" if isinstance(value, Mapping) else repr(value)


def _quoting(value: Any) -> str:
    return "; put it in quotes" if isinstance(value, (int, float)) else ""
