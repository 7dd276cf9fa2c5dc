"""One page of a questionnaire: what stands on it, its form, saving it, and where to go next.

Both the forms before a session and the check-in after it are walked with these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from clinic.people import help as help_numbers
from intake import consents, meaning, paging, services, wording
from intake.definition import Definition, Item
from intake.meaning import Around, Reading
from intake.models import Request
from intake.paging import Page, Said
from intake.question_form import QuestionForm, field_name
from intake.services import Order, Saved

words = wording.words
TODO, STARTED, DONE = "todo", "started", "done"


@dataclass(frozen=True)
class Part:
    """One questionnaire of a request, as the client sees it in the list."""

    number: int
    slug: str
    reading: Reading
    state: str
    resume: int  # the page to go on with

    @property
    def definition(self) -> Definition:
        return self.reading.definition


@dataclass(frozen=True)
class Sheet:
    """One page, ready to show or to save."""

    asked: Request
    slug: str
    definition: Definition
    page: Page
    items: tuple[Item, ...]
    position: int
    total: int
    previous: int | None
    form: QuestionForm
    quote: str  # the client's own words that the question is about
    said: Said
    is_brief: bool
    known: Around

    @property
    def intro(self) -> str:
        """What the questionnaire says first, on its first page, with the numbers of this country in it."""
        if self.position > 1:
            return ""
        asked = self.asked
        return filled_in(self.definition.intro, practitioner=asked.practitioner.name, country=asked.client.country)

    @property
    def ticked(self) -> list[str]:
        """The places that are ticked on a body map, for its picture."""
        value = self.form[field_name(self.items[0].link_id)].value() if self.is_body_map else None
        return list(value or [])

    @property
    def ticked_words(self) -> str:
        return words(self.items[0], self.ticked)

    @property
    def is_body_map(self) -> bool:
        return any(item.control == "body_map" for item in self.items)

    @property
    def heading(self) -> str:
        return self.page.heading(self.items)

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Why each question is asked; beside several the question is named."""
        return [(item.text if len(self.items) > 1 else "", item.why) for item in self.items if item.why]


def sheet(
    asked: Request, slug: str, number: int, *, now: datetime, data: Any = None, is_brief: bool = False
) -> Sheet | None:
    """The page with this number; None when there is none, or none of its questions applies."""
    known = meaning.around(asked.client, now=now)
    reading = meaning.opened(asked, now=now, slugs=[slug], known=known)[slug]
    enabled = reading.result.enabled
    pages = pages_of(reading.definition, is_brief=is_brief)
    page = next((page for page in pages if page.number == number), None)
    items = page.shown(enabled) if page else ()
    if page is None or not items:
        return None
    position, total = paging.place(pages, number, enabled)
    before = paging.preceding(pages, number, enabled)
    return Sheet(
        asked=asked,
        slug=slug,
        definition=reading.definition,
        page=page,
        items=items,
        position=position,
        total=total,
        previous=before.number if before else None,
        form=QuestionForm(
            data, items=items, answers=reading.answers, result=reading.result, zone=ZoneInfo(asked.client.timezone)
        ),
        quote=_quote(items[0], reading),
        said=paging.said(pages, number, enabled, reading.result.values),
        is_brief=is_brief,
        known=known,
    )


def save(shown: Sheet, *, now: datetime, order: Order | None = None) -> Saved:
    """Save the valid form of a page, as Continue does."""
    return services.save_page(
        asked=shown.asked, slug=shown.slug, answers=shown.form.answers(), page=shown.page.number, now=now,
        known=shown.known, order=order,
    )  # fmt: skip


def save_so_far(shown: Sheet, *, now: datetime, order: Order | None = None) -> frozenset[str]:
    """Keep what is fine on a page that is not; the flags that the client is to be shown something for."""
    answers = shown.form.answers()
    if all(answer is None for answer in answers.values()):
        return frozenset()
    saved = services.save_page(
        asked=shown.asked, slug=shown.slug, answers=answers, now=now, known=shown.known, order=order
    )
    return saved.to_show


@dataclass(frozen=True)
class Tapped:
    """What an autosave did: whether all that was typed is kept, and what on this page cannot wait."""

    is_kept: bool
    pressing: frozenset[str]


def autosave(shown: Sheet, *, now: datetime, order: Order | None = None) -> Tapped:
    """Save what is fine so far; raises Overtaken."""
    shown.form.full_clean()
    saved = services.save_page(
        asked=shown.asked, slug=shown.slug, answers=shown.form.answers(), now=now, is_continue=False,
        known=shown.known, order=order,
    )  # fmt: skip
    here = {item.link_id for item in shown.items}
    raised_here = {each.flag for each in saved.reading.raised if each.source.partition("=")[0] in here}
    problems = [problem for found in shown.form.errors.as_data().values() for problem in found]
    return Tapped(all(problem.code == "required" for problem in problems), saved.to_show & raised_here)


def after(shown: Sheet, saved: Saved) -> int | None:
    """The number of the page that follows, now that this one is answered."""
    if "again" in shown.form.data or shown.form.misses(saved.reading.result):  # one more row, or more of a row
        return shown.page.number
    pages = pages_of(shown.definition, is_brief=shown.is_brief)
    following = paging.following(pages, shown.page.number, saved.reading.result.enabled)
    return following.number if following else None


def parts(asked: Request, *, now: datetime) -> list[Part]:
    """The questionnaires of a request, in order, and how far each is."""
    opened = meaning.opened(asked, now=now)
    return [_part(reading, slug, number) for number, (slug, reading) in enumerate(opened.items(), start=1)]


def part(asked: Request, number: int) -> str | None:
    """The questionnaire with this number; addresses carry the number, never the name."""
    return asked.questionnaires[number - 1] if 0 < number <= len(asked.questionnaires) else None


def is_ready(asked: Request, found: Sequence[Part]) -> bool:
    """Whether everything but the signature is there."""
    return all(each.state == DONE for each in found) and bool(consents.touch_map(asked.client))


def pages_of(definition: Definition, *, is_brief: bool = False) -> tuple[Page, ...]:
    return paging.brief(definition) if is_brief else paging.split(definition)


def unanswered(reading: Reading) -> set[str]:
    """The questions of a reading's pages that must still be answered; what is signed at the end is not one."""
    shown = [item for page in paging.split(reading.definition) for item in page.items]
    on_pages = {inner.link_id for item in shown for inner in item.walk()}
    return on_pages & set(reading.result.errors)


def filled_in(text: str, *, practitioner: str, country: str) -> str:
    """A questionnaire's words with {practitioner} and the numbers to call in their places."""
    known = {"practitioner": practitioner, **help_numbers.numbers(country)}
    return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], found[0]), text)


def _part(reading: Reading, slug: str, number: int) -> Part:
    pages = paging.split(reading.definition)
    missing, reached = unanswered(reading), reading.document["reached"]
    first_missing = next((page.number for page in pages if any(item.link_id in missing for item in page.items)), None)
    unseen = paging.following(pages, reached, reading.result.enabled)
    resume = first_missing or (unseen.number if unseen else 1)
    is_done = not missing and unseen is None  # what may be left empty was at least offered
    state = DONE if is_done else STARTED if reading.answers else TODO
    return Part(number, slug, reading, state, resume)


def _quote(item: Item, reading: Reading) -> str:
    """The client's own words, from this form or from what it is measured against."""
    known = {**reading.document["baseline"], **reading.answers}
    return str(known.get(item.quotes) or "") if item.quotes else ""
