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

# What a person may send for one question: an option code, several, a number, yes or no, words, a date;
# `{"other": words}` beside options, `{"value", "unit"}`, and for a group that repeats a list of answers by link id.
Answer = str | int | Decimal | bool | Sequence[Any] | Mapping[str, Any] | None

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
    system: str = ""  # where the code comes from, for forms that were taken in
    kind: str = ""  # string, integer, date or time where the answer itself is one; else it is a code


@dataclass(frozen=True, kw_only=True)
class EnableWhen:
    """A condition for showing an item: `question` is a link id (hidden ones too) or a score id."""

    question: str
    operator: str  # exists = != > < >= <=, in the meaning that FHIR R5 gives them
    answer: str | int | Decimal | bool


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Raises `flag` when the answer, its score, or a score's change against the baseline compares so."""

    flag: str
    operator: str
    value: str | int | Decimal | bool
    of: str = "answer"  # answer | score | change


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question, or a group or text between questions.

    `type` is FHIR R4's (see `linting.CONTROLS`); `control` says how to show it: scale choice multi body_map
    text date moment time quantity boolean consent number group rows display.
    An answer is: choice -> code; multi and body_map -> list of codes; scale -> int; boolean -> bool;
    text, date, time and quantity -> str.  A sensitive item of any type also takes the codes of `DECLINED`.
    """

    link_id: str
    type: str
    control: str
    text: str = ""
    prefix: str = ""  # "1." or "a)", before the text
    codes: tuple[Option, ...] = field(default=(), metadata={"word": "code"})  # what others call this question
    help: str = ""  # shown with the question
    why: str = ""  # why we ask, shown on request
    quotes: str = ""  # link id of the item whose answer, in the person's own words, stands beside the question
    stem: str = ""  # items in a row that share a stem may stand on one page under it ...
    row: str = ""  # ... each with these words
    page: str = ""  # short questions in a row with the same words here stand on one page under them
    options: tuple[Option, ...] = field(default=(), metadata={"word": "answerOption"})
    regions: tuple[str, ...] = ()  # body map: region ids (options hold the same, and `nowhere`)
    required: bool = False
    repeats: bool = False
    sensitive: bool = False
    hidden: bool = False  # never asked: filled from the context (baseline, settings), else from `initial`
    read_only: bool = False
    initial: tuple[str | int | Decimal | bool, ...] = ()
    enable_when: tuple[EnableWhen, ...] = ()
    enable_behavior: str = ""  # all | any
    minimum: Decimal | None = field(default=None, metadata={"word": "minValue"})
    maximum: Decimal | None = field(default=None, metadata={"word": "maxValue"})
    min_label: str = ""
    max_label: str = ""
    max_length: int | None = None
    min_length: int | None = None
    pattern: str = ""  # see `patterns`
    max_decimals: int | None = field(default=None, metadata={"word": "maxDecimalPlaces"})
    earliest: str = ""  # of dates and times
    latest: str = ""
    units: tuple[Option, ...] = field(default=(), metadata={"word": "unit"})
    min_occurs: int | None = None
    max_occurs: int | None = None
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
        is_question = self.type not in ("group", "display") or self.is_rows
        return is_question and not (self.hidden or self.read_only)

    @property
    def is_rows(self) -> bool:
        """Whether this is a group that may be filled in several times."""
        return self.type == "group" and self.repeats

    @property
    def kind(self) -> str:
        """What its answers are compared as: its type, or that of its options."""
        return next((option.kind for option in self.options if option.kind), self.type)

    @property
    def words(self) -> str:
        """What to call it on a page."""
        return " ".join(filter(None, [self.prefix, self.text])) or self.link_id


@dataclass(frozen=True, kw_only=True)
class Band:
    """A word for scores from `start` up to the next band's start (half-open)."""

    start: Decimal
    label: str


@dataclass(frozen=True, kw_only=True)
class Score:
    """A number made from answers; higher is always worse, too few answers give none.

    Where an item has the same id, the score is that item's answer.
    """

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
    url: str = ""  # its address where it is not one of ours
    copyright: str = ""
    is_foreign: bool = False  # taken in from elsewhere: its codes stay as bare as they came
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
    def rows_of(self) -> Mapping[str, str]:
        """For each item inside a group that repeats, that group."""
        groups = [item for item in self.by_id.values() if item.is_rows]
        return {inner.link_id: group.link_id for group in groups for inner in group.walk() if inner is not group}

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
