"""What changed between two wordings, in words: what was taken out, what was put in, with a little around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 4  # words that are shown before and after a change


@dataclass(frozen=True)
class Run:
    """Some words in a row: kept, taken out, or put in."""

    kind: str  # "kept", "out" or "in"
    words: str


def changes(before: str, after: str) -> list[Run]:
    """The runs of words that lead from one to the other; long runs that stayed are cut short."""
    old, new = _split(before), _split(after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [run for number, step in enumerate(steps) for run in _runs(step, old, new, number, len(steps))]


def _runs(
    step: tuple[str, int, int, int, int], old: list[str], new: list[str], number: int, count: int
) -> Iterator[Run]:
    what, old_from, old_to, new_from, new_to = step
    if what == "equal":
        if kept := _cut(old[old_from:old_to], is_first=number == 0, is_last=number == count - 1):
            yield Run("kept", kept)
        return
    if old_to > old_from:
        yield Run("out", " ".join(old[old_from:old_to]))
    if new_to > new_from:
        yield Run("in", " ".join(new[new_from:new_to]))


def _cut(words: list[str], *, is_first: bool, is_last: bool) -> str:
    if is_first and is_last:
        return ""
    if is_first:
        return ("… " if len(words) > AROUND else "") + " ".join(words[-AROUND:])
    if is_last:
        return " ".join(words[:AROUND]) + (" …" if len(words) > AROUND else "")
    if len(words) <= 2 * AROUND:
        return " ".join(words)
    return " ".join([*words[:AROUND], "…", *words[-AROUND:]])


def _split(text: str) -> list[str]:
    """Words; the end of a paragraph counts as one, so that a new paragraph shows."""
    return re.sub(r"\n\s*\n", " ¶ ", text).split()
