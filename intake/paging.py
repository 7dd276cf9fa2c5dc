"""How a questionnaire falls into pages: one question each, rows of one stem and short lists together; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from intake.definition import Definition, Item
from intake.wording import words

ROWS = 6  # rows of one stem on a page; more make a page tiring to look at


@dataclass(frozen=True)
class Page:
    """Some questions that are asked together; the number is its place and never depends on the answers."""

    number: int
    items: tuple[Item, ...]
    around: tuple[Item, ...] = ()  # the groups that it stands in, and the words since the page before
    after: tuple[Item, ...] = ()  # on the last one: the words after the last question

    @property
    def stem(self) -> str:
        """The words above rows that are answered alike."""
        if self.is_rows:
            return self.items[0].words
        return self.items[0].stem if len(self.items) > 1 else ""

    def heading(self, shown: Sequence[Item]) -> str:
        """The words above all its questions; none where one question stands for itself."""
        return self.stem or (self.items[0].page if len(shown) > 1 else "")

    @property
    def is_rows(self) -> bool:
        """Whether it holds a group that is filled in several times."""
        return any(item.is_rows for item in self.items)

    def shown(self, enabled: Collection[str]) -> tuple[Item, ...]:
        """Those of its questions that apply now."""
        return tuple(item for item in self.items if item.link_id in enabled)


def split(definition: Definition) -> tuple[Page, ...]:
    """One question a page; questions in a row that share a stem, or the words of a page, stand together."""
    runs: list[Sequence[Item]] = []
    for (stem, page), found in groupby(_asked(definition), key=lambda item: (item.stem, item.page)):
        run = list(found)
        runs += _even_parts(run) if stem else [run] if page else [[item] for item in run]
    pages = [replace(page, around=_around(definition, page)) for page in _numbered(runs)]
    return (*pages[:-1], *(replace(page, after=_after(definition)) for page in pages[-1:]))


def brief(definition: Definition) -> tuple[Page, ...]:
    """As few pages as can be: one ends where the words of a page do, or before a question that depends on it."""
    runs: list[list[Item]] = [[]]
    for item in _asked(definition):
        here = {other.link_id for other in runs[-1]}
        has_other_words = bool(runs[-1]) and runs[-1][-1].page != item.page
        if has_other_words or any(condition.question in here for condition in item.enable_when):
            runs.append([])
        runs[-1].append(item)
    return _numbered([run for run in runs if run])


def following(pages: Sequence[Page], number: int, enabled: Collection[str]) -> Page | None:
    """The next page with something to ask after this number."""
    return next((page for page in pages if page.number > number and page.shown(enabled)), None)


def preceding(pages: Sequence[Page], number: int, enabled: Collection[str]) -> Page | None:
    """The last page with something to ask before this number."""
    return next((page for page in reversed(pages) if page.number < number and page.shown(enabled)), None)


@dataclass(frozen=True)
class Said:
    """Headings, words and values that are only shown, above the questions of a page and below them."""

    above: list[str]
    below: list[str]


def said(pages: Sequence[Page], number: int, enabled: Collection[str], values: Mapping[str, Sequence[Any]]) -> Said:
    """What is said around the questions of a page, also what would have been said on pages that do not apply."""
    before, page = preceding(pages, number, enabled), pages[number - 1]
    above = [*_passed(pages[before.number if before else 0 : number - 1]), *page.around]
    is_last = following(pages, number, enabled) is None
    below = [*_passed(pages[number:]), *pages[-1].after] if is_last else []
    return Said(_texts(above, enabled, values), _texts(below, enabled, values))


def value_words(item: Item, values: Mapping[str, Sequence[Any]]) -> str:
    """What is known already, in words."""
    return ", ".join(words(item, getattr(each, "text", each)) for each in values.get(item.link_id, ()))


def _passed(pages: Sequence[Page]) -> Iterator[Item]:
    """What stands between questions that are passed over; the headings of their groups are theirs."""
    return (item for page in pages for item in page.around if item.type != "group")


def _texts(items: Sequence[Item], enabled: Collection[str], values: Mapping[str, Sequence[Any]]) -> list[str]:
    shown = [item for item in items if item.link_id in enabled]
    known = {item.link_id: value_words(item, values) for item in shown if item.type not in ("group", "display")}
    texts = (f"{item.words}: {known[item.link_id]}" if known.get(item.link_id) else item.text
             for item in shown if known.get(item.link_id, "words"))  # fmt: skip
    return [text for text in texts if text]


def place(pages: Sequence[Page], number: int, enabled: Collection[str]) -> tuple[int, int]:
    """Which one this is of how many that apply now, as in "page 3 of 12"."""
    applying = [page.number for page in pages if page.shown(enabled)]
    return applying.index(number) + 1, len(applying)


def _asked(definition: Definition) -> Iterator[Item]:
    """What a page asks; consents are signed at the end, not asked here."""
    signed = {child.link_id for item in definition.by_id.values() if item.control == "consent" for child in item.items}
    everything = [item for item in definition.by_id.values() if item.link_id not in definition.rows_of]
    return (item for item in everything if item.is_asked and item.control != "consent" and item.link_id not in signed)


def _around(definition: Definition, page: Page) -> tuple[Item, ...]:
    """The groups that a page's first question stands in, and the displays between it and the question before."""
    first = page.items[0].link_id
    above = [first]
    while above[-1] in definition.parents:
        above.append(definition.parents[above[-1]])
    since: list[Item] = []
    for item in definition.by_id.values():
        if item.link_id == first:
            break
        since = [*since, item] if is_only_shown(item, definition) else [] if item.is_asked else since
    groups = [definition.item(name) for name in reversed(above[1:])]
    return tuple(item for item in (*groups, *since) if item.type == "group" or item in since)


def _after(definition: Definition) -> tuple[Item, ...]:
    """The displays and values after the last question."""
    everything = list(definition.by_id.values())
    last = max(place for place, item in enumerate(everything) if item.is_asked)
    return tuple(item for item in everything[last:] if is_only_shown(item, definition))


def is_only_shown(item: Item, definition: Definition) -> bool:
    """Words between questions, and a value that nobody changes; a score is for the practitioner alone."""
    is_value = item.read_only and item.type != "group" and item.link_id not in definition.scores_by_id
    return not item.hidden and (item.type == "display" or is_value)


def _even_parts(run: list[Item]) -> list[Sequence[Item]]:
    parts = -(-len(run) // ROWS)
    size = -(-len(run) // parts)
    return [run[start : start + size] for start in range(0, len(run), size)]


def _numbered(runs: Sequence[Sequence[Item]]) -> tuple[Page, ...]:
    return tuple(Page(number, tuple(run)) for number, run in enumerate(runs, start=1))
