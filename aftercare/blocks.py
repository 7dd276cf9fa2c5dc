"""Which paragraphs a letter after a session holds, and why: `blocks.yaml` applied to flags and record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from aftercare.record import Record

SOURCE = Path(__file__).with_name("blocks.yaml")
GENERAL = "in general words, because nothing asks for others"
ALWAYS = "because this is always said"
WITHOUT_CONSENT = "said in general words, since they have not agreed to detail in mails"
WITHOUT_RECORD = "said in general words, since no session record is closed"


class BlockProblem(ValueError):
    """`blocks.yaml` does not hold together; says where."""


@dataclass(frozen=True)
class Rule:
    """One line of a block: its wording and the signs that choose it."""

    block: str
    variant: str
    text: str
    without_consent: str
    any: frozenset[str] | None = None
    also: frozenset[str] | None = None

    def fits(self, signs: frozenset[str]) -> bool:
        return all(wanted is None or bool(wanted & signs) for wanted in (self.any, self.also))


@dataclass(frozen=True)
class Book:
    """`blocks.yaml`, read and checked."""

    words: Mapping[str, str]
    blocks: Mapping[str, tuple[Rule, ...]]
    letters: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]

    def rule(self, block: str, variant: str) -> Rule:
        return next(rule for rule in self.blocks[block] if rule.variant == variant)


@dataclass(frozen=True)
class Choice:
    """One chosen paragraph: the wording, with `{emergency}` and the like still to fill, and the reason."""

    block: str
    variant: str
    text: str
    because: str

    @property
    def name(self) -> str:
        """Of its wording, which a practice may change."""
        return wording_name(self.block, self.variant)

    @property
    def title(self) -> str:
        return book().titles[self.name]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the choice looks at: live flags, whether an urgent one is open, and the closed record."""

    flags: frozenset[str] = frozenset()
    has_urgent: bool = False
    record: Record | None = None
    has_settle_words: bool = False
    has_detail_consent: bool = False
    worst_pain: int | None = None
    signs: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        found = set(self.flags) | (set(self.record.signs()) if self.record else set())
        found |= {"urgent"} if self.has_urgent else set()
        found |= {"settle"} if self.has_settle_words else set()
        found |= {"p_high_pain"} if (self.worst_pain or 0) >= 9 else set()
        object.__setattr__(self, "signs", frozenset(found))

    @property
    def is_detailed(self) -> bool:
        """Whether a mail to this person may hold more than general words."""
        return self.has_detail_consent and self.record is not None


def wording_name(block: str, variant: str) -> str:
    return f"{block}-{variant}"


def every_choice() -> Iterator[tuple[Choice, str]]:
    """Each paragraph that has words, and when it is said."""
    for rules in book().blocks.values():
        for rule in rules:
            if rule.text:
                yield Choice(rule.block, rule.variant, rule.text, ""), _when(rule)


def _when(rule: Rule) -> str:
    """The signs that choose it, in words."""
    wanted = [sorted(signs) for signs in (rule.any, rule.also) if signs]
    if not wanted:
        return "nothing asks for other words" if rule.any is None else "they agreed to no detail in mails"
    return ", and ".join(" or ".join(dict.fromkeys(book().words[sign] for sign in signs)) for signs in wanted)


def for_page(facts: Facts, letter: str = "notes") -> tuple[Choice, ...]:
    """The blocks in full: for the page behind the link."""
    return tuple(choice for rule in _chosen(letter, facts.signs) if (choice := _as_it_is(rule, facts)).text)


def for_mail(letter: str, facts: Facts) -> tuple[Choice, ...]:
    """The blocks of a mail; without the client's consent nothing that tells of their body or answers."""
    make = _as_it_is if facts.is_detailed else _in_general_words
    made = (make(rule, facts) for rule in _chosen(letter, facts.signs))
    return tuple(choice for choice in made if choice is not None and choice.text)


def left_out(letter: str, facts: Facts) -> tuple[Choice, ...]:
    """The blocks chosen for this letter that its mail does not hold: the preview says that they are on the page."""
    sent = {choice.block for choice in for_mail(letter, facts)}
    full = (_as_it_is(rule, facts) for rule in _chosen(letter, facts.signs))
    return tuple(choice for choice in full if choice.text and choice.block not in sent)


def _chosen(letter: str, signs: frozenset[str]) -> Iterable[Rule]:
    """First match wins, per block, in the letter's order."""
    for name in book().letters[letter]:
        rule = next((rule for rule in book().blocks[name] if rule.fits(signs)), None)
        if rule is not None:
            yield rule


def _as_it_is(rule: Rule, facts: Facts) -> Choice:
    return Choice(rule.block, rule.variant, rule.text, _because(rule, facts.signs))


def _in_general_words(rule: Rule, facts: Facts) -> Choice | None:
    if rule.without_consent == "same":
        return _as_it_is(rule, facts)
    if rule.without_consent == "omit":
        return None
    other = book().rule(rule.block, rule.without_consent)
    why = WITHOUT_CONSENT if facts.record else WITHOUT_RECORD
    return Choice(other.block, other.variant, other.text, f"{_because(rule, facts.signs)}; {why}")


def _because(rule: Rule, signs: frozenset[str]) -> str:
    matched = sorted(((rule.any or frozenset()) | (rule.also or frozenset())) & signs)
    words = list(dict.fromkeys(book().words[sign] for sign in matched))
    if words:
        return f"because {_joined(words)}"
    return GENERAL if len(book().blocks[rule.block]) > 1 else ALWAYS


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


@cache
def book() -> Book:
    return read(SOURCE.read_text(encoding="utf-8"))


def read(text: str) -> Book:
    """Read the rules and refuse a sign, block or variant that nothing defines."""
    data = yaml.safe_load(text)
    blocks = {name: tuple(_rule(name, line) for line in lines) for name, lines in data["blocks"].items()}
    letters = {name: tuple(names) for name, names in data["letters"].items()}
    made = Book(data["signs"], blocks, letters, data["titles"])
    _check(made)
    return made


def _rule(block: str, line: dict[str, Any]) -> Rule:
    wanted = {key: frozenset(line[key]) for key in ("any", "also") if key in line}
    return Rule(block, line["variant"], line["text"], line["without_consent"], **wanted)


def _check(made: Book) -> None:
    for rules in made.blocks.values():
        variants = {"same", "omit"} | {rule.variant for rule in rules}
        for rule in rules:
            unknown = ((rule.any or frozenset()) | (rule.also or frozenset())) - made.words.keys()
            if unknown or rule.without_consent not in variants:
                raise BlockProblem(f"{rule.block}/{rule.variant}: unknown {sorted(unknown) or rule.without_consent}")
    said = {wording_name(rule.block, rule.variant) for rules in made.blocks.values() for rule in rules if rule.text}
    if odd := said ^ made.titles.keys():
        raise BlockProblem(f"titles: {sorted(odd)}")
    for letter, names in made.letters.items():
        if missing := set(names) - made.blocks.keys():
            raise BlockProblem(f"{letter}: no such block {sorted(missing)}")
