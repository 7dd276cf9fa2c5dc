"""Every letter and paragraph that can be worded: what ships, and what the practice says instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from clinic.outbox import phrases
from clinic.outbox.models import Wording
from clinic.outbox.registry import KINDS

FOLDER = Path(settings.BASE_DIR) / "templates" / "emails"
FOOTER, PREHEADER = "footer", "preheader"
SHELL = (FOOTER, PREHEADER)  # what every letter holds besides its own words
# By hand: for Django to put it together costs more than to run it, and every letter asks it.
SAID = """SELECT * FROM outbox_wording
WHERE name IN ({names}) AND language IN ('', %s) AND for_code IN ({codes}) ORDER BY number"""
SUBJECT_LENGTH = 78  # longer ones are cut by mail programs
# What every letter may speak of.
STANDING = frozenset(
    {"first_name", "practice", "phone", "address", "directions", "site_url", "additions"}
    | {"emergency", "advice_line", "crisis_line", "maternity"}
)


@dataclass(frozen=True)
class Default:
    """A shipped wording. A letter has a subject and the kind it is written for; a paragraph has neither."""

    name: str
    title: str
    text: str
    subject: str = ""
    kind: str = ""
    when: str = ""  # when a paragraph is said, fit to stand after "said when"
    also: frozenset[str] = frozenset()  # what it may speak of besides

    @property
    def known(self) -> frozenset[str]:
        own = phrases.parse(self.text).known | phrases.parse(self.subject).known
        return own | self.also | (STANDING if self.kind else STANDING - {"additions"})

    @property
    def required(self) -> frozenset[str]:
        return phrases.parse(self.text).required

    @property
    def typed(self) -> str:
        """The text as people edit it."""
        return phrases.as_typed(self.text)


@dataclass(frozen=True)
class Spoken:
    """The words that count now."""

    subject: str
    text: str


@dataclass(frozen=True)
class Voice:
    """What the practice says in one language, as far as one letter needs it; never two languages in one letter."""

    language: str  # of the letter; empty: the practice's own
    said: Mapping[tuple[str, str], Spoken] = field(default_factory=dict)  # by name and language
    additions: tuple[str, ...] = ()

    def of(self, name: str) -> Spoken:
        """In this language; where it is the practice's own, what ships if nothing else is said."""
        ships = defaults().get(name) or Default(name, name, "")
        shipped = Spoken(ships.subject, ships.text)
        return self.said.get((name, self.language)) or self.said.get((name, "")) or shipped


PARAGRAPHS: dict[str, Default] = {}
LETTERS_BESIDES: dict[str, tuple[str, str, str]] = {}
MORE: dict[str, frozenset[str]] = {}


def paragraph(name: str, title: str, text: str = "", *, when: str = "") -> None:
    """Declare a paragraph that letters hold; without a text it is read from `emails/<name>.txt`."""
    PARAGRAPHS[name] = Default(name, title, text or _shipped(name), when=when)


def another_wording(name: str, title: str, *, kind: str, source: str = "") -> None:
    """Declare that a kind of letter has, in some cases, this other wording; it ships as `emails/<source>.txt`."""
    LETTERS_BESIDES[name] = (title, kind, source or name)


def may_say(kind: str, *names: str) -> None:
    """Declare placeholders that a letter's shipped wording does not use, and another one may."""
    MORE[kind] = frozenset(names)


@cache
def defaults() -> dict[str, Default]:
    """All shipped wordings by name: the letters first, then the paragraphs; complete once all apps are ready."""
    letters = {kind.name: (kind.title, kind.name, kind.name) for kind in KINDS.values() if _has_wording(kind.name)}
    found = {
        name: Default(
            name, title, _shipped(source), _shipped(f"{source}.subject"), kind=kind, also=MORE.get(name, frozenset())
        )
        for name, (title, kind, source) in {**letters, **LETTERS_BESIDES}.items()
    }
    ends = {
        PREHEADER: Default(PREHEADER, "The line that a lock screen shows below the subject", _shipped(PREHEADER)),
        FOOTER: Default(FOOTER, "The end of every letter", _shipped(FOOTER)),
    }
    return found | ends | PARAGRAPHS


def voice(names: Iterable[str], *, language: str, kind: str = "", additions: Iterable[UUID] = ()) -> Voice:
    """The words for these names in one query; in that language only if all of them, and the additions, are there."""
    wanted = list(names)
    codes = [code.hex for code in additions]
    asked = SAID.format(names=", ".join(["%s"] * len([*wanted, kind])), codes=", ".join(["%s"] * len(["", *codes])))
    rows = Wording.objects.raw(asked, [*wanted, kind, language, "", *codes])
    newest = {(row.for_code, row.name, row.language): row for row in rows}
    live = {key: row for key, row in newest.items() if not row.is_default and is_usable(row)}
    is_whole = all(("", name, language) in live for name in wanted)
    is_added = all((code, kind, language) in live for code in codes if (code, kind, "") in live)
    spoken = language if is_whole and is_added else ""
    said = {(name, tongue): Spoken(row.subject, row.text) for (code, name, tongue), row in live.items() if not code}
    added = (live.get((code, kind, spoken)) for code in codes)
    return Voice(spoken, said, tuple(row.text for row in added if row))


def is_usable(row: Wording) -> bool:
    """Whether a stored version still fits: what ships may have come to know other placeholders since."""
    return not problems(row.name, row.subject, row.text, is_addition=bool(row.for_code))


def problems(name: str, subject: str, text: str, *, is_addition: bool = False) -> list[str]:
    """What keeps these words from being said, each with its place."""
    ships = defaults().get(name)
    if ships is None:
        return [f"There is no letter or paragraph named {name}."]
    known = ships.known - ({"additions"} if is_addition else frozenset())
    found = phrases.problems(text, known=known, required=() if is_addition else ships.required)
    if ships.kind and not is_addition:
        found += [f"Subject: {words[0].lower()}{words[1:]}" for words in phrases.problems(subject, known=known)]
    return found


def _has_wording(name: str) -> bool:
    return (FOLDER / f"{name}.txt").exists()


def _shipped(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip()
