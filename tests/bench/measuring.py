"""Measures things in turns, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

Row = dict[str, Any]


def interleaved(work: Mapping[str, Callable[[], object]], *, seconds: float, least: int = 15) -> dict[str, list[float]]:
    """Milliseconds of each, one after the other, again and again; the first three rounds warm up."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    until, rounds = time.perf_counter() + seconds, 0
    while rounds < least + 3 or time.perf_counter() < until:
        for name, act in work.items():
            began = time.perf_counter()
            act()
            if rounds >= 3:
                taken[name].append((time.perf_counter() - began) * 1000)
        rounds += 1
    return taken


def ratio(ours: list[float], limit: list[float]) -> float:
    """The middle of the ratios of each round, which a busy machine disturbs less than the ratio of the middles."""
    return round(median(mine / theirs for mine, theirs in zip(ours, limit, strict=True)), 2)


def p(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def shown(rows: list[Row]) -> str:
    """A table in plain text."""
    names = list(rows[0])
    widths = [max(len(name), *(len(_text(row[name])) for row in rows)) for name in names]
    lines = [names, *[[_text(row[name]) for name in names] for row in rows]]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def _text(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
