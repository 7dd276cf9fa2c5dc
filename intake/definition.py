"""What a questionnaire is made of, in FHIR's words: frozen, typed and free of any database.

A `Definition` is compiled once (see `compiling`), never changed, and stored as the JSON that
`to_json` gives.  A new wording is a new version; a new meaning is a new link id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from intake.stored import read, write

# What a person may send for one question: an option code, several, a number, yes or no, words, a date.
Answer = str | int | Decimal | bool | Sequence[str] | None
Value = str | int | Decimal | bool

# Every sensitive question may be declined; both count as an answer and never as a score.
SKIP = "skip"
IN_PERSON = "in_person"
DECLINED = {SKIP: "I would rather not say", IN_PERSON: "I would rather tell you in person"}

# The body map's way to say that no place is meant.
NOWHERE = "nowhere"


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer to choose: its code is permanent, its text may be reworded."""

    code: str
    text: str
    score: Decimal | None = None
    flags: tuple[str, ...] = ()
    exclusive: bool = False  # "None of these": cannot stand beside another answer


@dataclass(frozen=True, kw_only=True)
class EnableWhen:
    """A condition for showing an item: `question` is a link id (hidden ones too) or a score id."""

    question: str
    operator: str  # exists = != > < >= <=, in the meaning that FHIR R5 gives them
    answer: Value


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Raises `flag` when the answer, its score, or a score's change against the baseline compares so."""

    flag: str
    operator: str
    value: Value
    of: str = "answer"  # answer | score | change


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question, or a group or text between questions.

    `type` is FHIR R4's (group display boolean decimal integer date string text choice); `control`
    says how to show it: scale choice multi body_map text date boolean consent number group display.
    An answer is: choice -> code; multi and body_map -> list of codes; scale -> int; boolean -> bool;
    text and date -> str.  A sensitive item of any type also takes the codes of `DECLINED`.
    """

    link_id: str
    type: str
    control: str
    text: str = ""
    help: str = ""  # shown with the question
    why: str = ""  # why we ask, shown on request
    quotes: str = ""  # link id of the item whose answer, in the person's own words, stands beside the question
    stem: str = ""  # items in a row that share a stem may stand on one page under it ...
    row: str = ""  # ... each with these words
    options: tuple[Option, ...] = field(default=(), metadata={"word": "answerOption"})
    regions: tuple[str, ...] = ()  # body map: region ids (options hold the same, and `nowhere`)
    required: bool = False
    repeats: bool = False
    sensitive: bool = False
    hidden: bool = False  # never asked: filled from the context (baseline, settings), else from `initial`
    read_only: bool = False
    initial: Value | None = None
    enable_when: tuple[EnableWhen, ...] = ()
    enable_behavior: str = ""  # all | any
    minimum: Decimal | None = field(default=None, metadata={"word": "minValue"})
    maximum: Decimal | None = field(default=None, metadata={"word": "maxValue"})
    min_label: str = ""
    max_label: str = ""
    max_length: int | None = None
    rules: tuple[Rule, ...] = ()
    items: tuple[Item, ...] = field(default=(), metadata={"word": "item"})

    def option(self, code: object) -> Option | None:
        """The option with this code, if there is one."""
        return next((option for option in self.options if option.code == code), None)

    def walk(self) -> Iterator[Item]:
        """The item and everything inside it."""
        yield self
        for item in self.items:
            yield from item.walk()

    @property
    def is_asked(self) -> bool:
        """Whether a person answers this item (groups, texts and hidden items are not asked)."""
        return self.type not in ("group", "display") and not (self.hidden or self.read_only)


@dataclass(frozen=True, kw_only=True)
class Band:
    """A word for scores from `start` up to the next band's start (half-open)."""

    start: Decimal
    label: str


@dataclass(frozen=True, kw_only=True)
class Score:
    """A number made from answers; higher is always worse, too few answers give none."""

    id: str
    label: str
    items: tuple[str, ...] = ()
    method: str = "mean"  # mean | sum | count
    factor: Decimal = Decimal(1)
    minimum_answered: int = 1
    lowest: Decimal = Decimal(0)
    highest: Decimal = Decimal(100)
    bands: tuple[Band, ...] = ()
    compare_to: str = ""  # the baseline score that a change is measured against
    meaningful_change: Decimal | None = None
    rules: tuple[Rule, ...] = ()

    def band(self, value: Decimal) -> str:
        """The word for an (unrounded) value of this score."""
        return next((band.label for band in reversed(self.bands) if value >= band.start), "")


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A whole questionnaire, as compiled: its items in page order and its scores.

    `intro` and `closing` may hold {practitioner}, {emergency} and {crisis_line} for the page to fill.
    """

    slug: str
    version: str
    title: str
    intro: str = ""
    closing: str = ""
    recall: str = ""
    minutes: int | None = None
    items: tuple[Item, ...] = field(default=(), metadata={"word": "item"})
    scores: tuple[Score, ...] = ()
    order: tuple[str, ...] = ()  # link ids and score ids so that each comes after all it looks at

    def walk(self) -> Iterator[Item]:
        """Every item, in page order, children after their group."""
        for item in self.items:
            yield from item.walk()

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """Every item by link id, in page order."""
        return {item.link_id: item for item in self.walk()}

    def item(self, link_id: str) -> Item:
        """The item with this link id (KeyError when there is none)."""
        return self.by_id[link_id]

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """The link id of the group (or question) that each nested item stands in."""
        return {child.link_id: item.link_id for item in self.by_id.values() for child in item.items}

    @cached_property
    def scores_by_id(self) -> Mapping[str, Score]:
        """Every score by its id."""
        return {score.id: score for score in self.scores}

    def to_json(self) -> dict[str, Any]:
        """The stored form: plain JSON in FHIR's words, defaults left out."""
        stored: dict[str, Any] = write(self)
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Definition:
        """The definition that `to_json` wrote."""
        return read(cls, stored)
