"""Scores, places and answers of one form, now against the time before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from intake import pages, paging
from intake.definition import NOWHERE, Item, Score
from intake.meaning import Reading
from intake.regions import REGIONS


@dataclass(frozen=True)
class ScoreRow:
    """One score: now, last time, and what the difference means."""

    label: str
    range: str
    now: Decimal | None
    band: str
    last: Decimal | None
    change: str


@dataclass(frozen=True)
class BodyMap:
    """The places that were ticked, now and last time."""

    question: str
    on: list[str]
    was: list[str]
    words: list[str]


@dataclass(frozen=True)
class Line:
    """One question with its answer now, and the last one where it differs."""

    question: str
    answer: str
    was: str


def scores(reading: Reading, last: Reading | None) -> list[ScoreRow]:
    return [_score(score, reading, last) for score in reading.definition.scores]


def _score(score: Score, reading: Reading, last: Reading | None) -> ScoreRow:
    value = reading.result.scores.get(score.id)
    earlier = last.result.scores.get(score.id) if last else None
    exact = reading.result.exact.get(score.id)
    return ScoreRow(
        label=score.label,
        range=f"{score.lowest} to {score.highest}",
        now=value,
        band=score.band(exact) if exact is not None else "Not enough answers",
        last=earlier,
        change=_change(score, value, earlier),
    )


def _change(score: Score, value: Decimal | None, earlier: Decimal | None) -> str:
    """Higher is always worse; without a known meaningful change only the number is said."""
    if value is None or earlier is None:
        return ""
    change = value - earlier
    number = f"{change:+}" if change else "0"
    if score.meaningful_change is None:
        return number
    if abs(change) < score.meaningful_change:
        return f"{number}, no clear change"
    return f"{number}, {'worse' if change > 0 else 'better'}"


def maps(reading: Reading, last: Reading | None) -> list[BodyMap]:
    found = []
    for item in reading.definition.by_id.values():
        on, was = _places(item, reading), _places(item, last)
        if item.control == "body_map" and (on or was):
            found.append(BodyMap(question(item), on, was, [REGIONS[place] for place in on]))
    return found


def _places(item: Item, reading: Reading | None) -> list[str]:
    answer = reading.answers.get(item.link_id) if reading and item.control == "body_map" else None
    return [place for place in answer if place in REGIONS and place != NOWHERE] if isinstance(answer, list) else []


def lines(reading: Reading, last: Reading | None, *, only_text: bool = False) -> list[Line]:
    items = [item for page in paging.split(reading.definition) for item in page.shown(reading.result.enabled)]
    return [_line(item, reading, last) for item in items if not only_text or item.control == "text"]


def _line(item: Item, reading: Reading, last: Reading | None) -> Line:
    answer = pages.words(item, reading.answers.get(item.link_id))
    known = last.definition.by_id.get(item.link_id) if last else None
    earlier = pages.words(known, last.answers.get(item.link_id)) if known and last else ""
    return Line(question(item), answer, earlier if last and earlier != answer else "")


def question(item: Item) -> str:
    """A question in one line, its stem before its row."""
    return f"{item.stem} {item.row}" if item.row else item.text
