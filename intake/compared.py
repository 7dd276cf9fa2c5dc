"""Scores, places and answers of one form, now against the last time that each was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from intake import pages, paging, strength
from intake.definition import NOWHERE, Answer, Item, Score
from intake.meaning import Reading
from intake.regions import REGIONS
from intake.strength import LEVELS


@dataclass(frozen=True)
class Earlier:
    """What was sent before, question by question, whichever form asked it."""

    items: Mapping[str, Item] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    scores: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoreRow:
    """One score: now, last time, and what the difference means."""

    id: str
    label: str
    range: str
    now: Decimal | None
    band: str
    last: Decimal | None
    change: str


@dataclass(frozen=True)
class BodyMap:
    """The places that were ticked, now and last time, and the difference in words."""

    question: str
    on: list[str]
    was: list[str]
    strengths: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """The places now, each with how strong it is where that was said."""
        levels = {place: LEVELS[level].lower() for place, level in self.strengths.items()}
        return [f"{REGIONS[place]} ({levels[place]})" if place in levels else REGIONS[place] for place in self.on]

    @property
    def last_words(self) -> list[str]:
        return [REGIONS[place] for place in self.was]

    @property
    def new(self) -> list[str]:
        return [REGIONS[place] for place in self.on if place not in self.was]

    @property
    def gone(self) -> list[str]:
        return [REGIONS[place] for place in self.was if place not in self.on]


@dataclass(frozen=True)
class Line:
    """One question with its answer now, and the last one where it differs."""

    question: str
    answer: str
    was: str
    is_changed: bool = False


def earlier(sent: Iterable[Reading]) -> Earlier:
    """What these readings say, the later ones over the earlier."""
    items: dict[str, Item] = {}
    answers: dict[str, Answer] = {}
    known: dict[str, Decimal] = {}
    for reading in sent:
        asked = reading.result.enabled
        items.update({link_id: reading.definition.item(link_id) for link_id in asked})
        answers.update({link_id: reading.answers.get(link_id) for link_id in asked})
        known.update({name: value for name, value in reading.result.scores.items() if value is not None})
    return Earlier(items, answers, known)


def scores(reading: Reading, last: Earlier) -> list[ScoreRow]:
    return [_score(score, reading, last) for score in reading.definition.scores]


def _score(score: Score, reading: Reading, last: Earlier) -> ScoreRow:
    value = reading.result.scores.get(score.id)
    before = last.scores.get(score.id, last.scores.get(score.compare_to))
    exact = reading.result.exact.get(score.id)
    return ScoreRow(
        id=score.id,
        label=score.label,
        range=f"{score.lowest} to {score.highest}",
        now=value,
        band=score.band(exact) if exact is not None else "Not enough answers",
        last=before,
        change=_change(score, value, before),
    )


def _change(score: Score, value: Decimal | None, before: Decimal | None) -> str:
    """Higher is always worse; without a known meaningful change only the number is said."""
    if value is None or before is None:
        return ""
    change = value - before
    number = f"{change:+}" if change else "0"
    if score.meaningful_change is None:
        return number
    if abs(change) < score.meaningful_change:
        return f"{number}, no clear change (that takes {score.meaningful_change})"
    return f"{number}, {'worse' if change > 0 else 'better'}"


def maps(reading: Reading, last: Earlier) -> list[BodyMap]:
    found = []
    for item in reading.definition.by_id.values():
        if item.control == "body_map" and item.link_id in reading.result.enabled:
            on, was = _places(reading.answers.get(item.link_id)), _places(last.answers.get(item.link_id))
            strengths = strength.of(reading, item.link_id)
            found += [BodyMap(question(item), on, was, strengths)] if on or was else []
    return found


def _places(answer: Answer) -> list[str]:
    return [str(place) for place in answer if place in REGIONS and place != NOWHERE] if isinstance(answer, list) else []


def lines(reading: Reading, last: Earlier, *, only_text: bool = False) -> list[Line]:
    items = [item for page in paging.split(reading.definition) for item in page.shown(reading.result.enabled)]
    return [_line(item, reading, last) for item in items if not only_text or item.control == "text"]


def _line(item: Item, reading: Reading, last: Earlier) -> Line:
    answer = pages.words(item, reading.answers.get(item.link_id))
    known = last.items.get(item.link_id)
    if known is None:
        return Line(question(item), answer, "")
    before = pages.words(known, last.answers.get(item.link_id))
    is_changed = before != answer
    return Line(question(item), answer, before if is_changed else "", is_changed)


def question(item: Item) -> str:
    """A question in one line, its stem before its row."""
    return f"{item.stem} {item.row}" if item.row else item.text
