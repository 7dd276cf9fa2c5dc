"""Regular expressions from foreign files, matched in time that grows only with the length of the words.

Python's own matcher can be made to run for years by a short pattern, so it only parses here; the match walks all
ways through the pattern at once. What cannot be walked so (looking around, referring back) is refused.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

# The standard library's own reader of patterns; it has no types and no public name.
sre: Any = import_module("re._constants")
_parser: Any = import_module("re._parser")

MOST_STEPS = 3000
MOST_PATTERN = 500

Test = Callable[[str], bool]


class Unsafe(Exception):
    """A pattern that cannot be matched safely; the message says why."""


@dataclass
class _Machine:
    """Numbered steps: to each either a letter that it takes, or other steps that it leads to for nothing."""

    tests: list[Test | None] = field(default_factory=list)
    onward: list[list[int]] = field(default_factory=list)

    def step(self, test: Test | None = None, *onward: int) -> int:
        if len(self.tests) >= MOST_STEPS:
            raise Unsafe("a pattern that long")
        self.tests.append(test)
        self.onward.append(list(onward))
        return len(self.tests) - 1

    def reached(self, steps: Iterable[int]) -> set[int]:
        """These steps and all that they lead to for nothing."""
        found: set[int] = set()
        waiting = list(steps)
        while waiting:
            step = waiting.pop()
            if step not in found:
                found.add(step)
                waiting += self.onward[step] if self.tests[step] is None else []
        return found


def matches(pattern: str, words: str) -> bool:
    """Whether all of the words fit the pattern."""
    machine, start, end = _machine(pattern)
    now = machine.reached([start])
    for letter in words:
        taking = ((machine.tests[step], machine.onward[step]) for step in now)
        now = machine.reached(following for test, onward in taking if test and test(letter) for following in onward)
    return end in now


def why_unsafe(pattern: str) -> str:
    """Why a pattern cannot be used; empty when it can."""
    try:
        _machine(pattern)
    except Unsafe as unsafe:
        return str(unsafe)
    return ""


@lru_cache(maxsize=256)
def _machine(pattern: str) -> tuple[_Machine, int, int]:
    if len(pattern) > MOST_PATTERN:
        raise Unsafe("a pattern that long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Unsafe(f"a pattern that is not one ({error})") from error
    if parsed.state.flags & ~re.UNICODE.value:
        raise Unsafe("flags in a pattern")
    machine = _Machine()
    end = machine.step()
    return machine, _sequence(machine, parsed, end), end


def _sequence(machine: _Machine, parsed: Any, end: int) -> int:
    """The first step of a way through these parts that comes out at `end`."""
    several = list(parsed)
    for place, (code, value) in reversed(list(enumerate(several))):
        if code is not sre.AT:
            end = _part(machine, code, value, end)
        elif not (value in _BEGINNINGS and place == 0) and not (value in _ENDS and place == len(several) - 1):
            raise Unsafe("a pattern with an edge in the middle")  # at the edges it says nothing: all must fit anyway
    return end


def _part(machine: _Machine, code: Any, value: Any, end: int) -> int:
    if code in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return _repeat(machine, value, end)
    if code is sre.BRANCH:
        return machine.step(None, *(_sequence(machine, each, end) for each in value[1]))
    if code is sre.SUBPATTERN:
        if value[1] or value[2]:
            raise Unsafe("flags in a pattern")
        return _sequence(machine, value[3], end)
    return machine.step(_letter(code, value), end)


def _repeat(machine: _Machine, value: Any, end: int) -> int:
    least, most, inner = value
    if most is sre.MAXREPEAT:
        again = machine.step()
        machine.onward[again] = [_sequence(machine, inner, again), end]
        end = again
    else:
        for _ in range(most - least):
            end = machine.step(None, _sequence(machine, inner, end), end) if most > least else end
    for _ in range(least):
        end = _sequence(machine, inner, end)
    return end


def _letter(code: Any, value: Any) -> Test:
    if code is sre.LITERAL:
        return lambda letter: ord(letter) == value
    if code is sre.NOT_LITERAL:
        return lambda letter: ord(letter) != value
    if code is sre.ANY:
        return lambda letter: letter != "\n"
    if code is sre.IN:
        return _one_of(value)
    raise Unsafe(f"a pattern with {str(code).lower()}")


def _one_of(parts: Any) -> Test:
    is_not = parts[0][0] is sre.NEGATE
    tests = [_member(code, value) for code, value in (parts[1:] if is_not else parts)]
    return lambda letter: any(test(letter) for test in tests) is not is_not


def _member(code: Any, value: Any) -> Test:
    if code is sre.RANGE:
        return lambda letter: value[0] <= ord(letter) <= value[1]
    if code is sre.CATEGORY:
        return re.compile(_CATEGORIES[value]).match  # type: ignore[return-value]
    return _letter(code, value)


_BEGINNINGS = (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING)
_ENDS = (sre.AT_END, sre.AT_END_STRING)
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}
