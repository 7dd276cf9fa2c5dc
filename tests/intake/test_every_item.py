"""Generated from the shipped forms: every question is reachable, answerable, skippable where allowed, and flagged."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from intake import paging, strength
from intake.compiling import shipped
from intake.definition import DECLINED, Answer, Definition, Item, Option
from intake.evaluation import Context, Result, evaluate
from intake.reasons import REASONS, questionnaires

LONGEST = 35
BASELINE: dict[str, Answer] = {
    "gen_profile": 4,
    "gen_goal": "sleep",
    "gen_activity": "chew toast",
    "news_expecting": True,
}
SETTINGS = {"ask_self_harm": True}
EVERY = [(slug, item.link_id) for slug, form in shipped().items() for item in form.walk() if item.is_asked]
EVERY_ITEM = pytest.mark.parametrize(("slug", "link_id"), EVERY)


def meant(form: Definition, answers: dict[str, Answer]) -> Result:
    return evaluate(form, answers, Context(today=date(2027, 2, 1), baseline=BASELINE, settings=SETTINGS))


def way_to(form: Definition, link_id: str, depth: int = 0) -> dict[str, Answer]:
    """Answers that open this question: those that its conditions ask for, and what opens those in turn."""
    found: dict[str, Answer] = {}
    item = form.item(link_id)
    wanted = item.enable_when[:1] if item.enable_behavior == "any" else item.enable_when
    for condition in wanted:
        source = form.by_id.get(condition.question)
        if source is None or not source.is_asked or depth > 5:
            continue
        found |= way_to(form, source.link_id, depth + 1)
        answer = next(each for each in answers_to(source) if _suits(form, link_id, {**found, source.link_id: each}))
        found[source.link_id] = answer
    return found


def _suits(form: Definition, link_id: str, answers: dict[str, Answer]) -> bool:
    return link_id in meant(form, answers).enabled


def answers_to(item: Item) -> Iterator[Answer]:
    """One answer for each thing that can be answered."""
    for option in item.options:
        yield [option.code] if item.repeats else option.code
    if item.type in ("integer", "decimal"):
        yield from range(int(item.minimum or 0), int(item.maximum or 10) + 1)
    if item.type == "boolean":
        yield from (True, False)
    if item.type == "date":
        yield from ("2026", "2026-12", "2026-12-24")
    if item.type in ("string", "text"):
        yield "a few words"


@EVERY_ITEM
def test_every_question_can_be_reached_answered_and_takes_each_of_its_answers(slug: str, link_id: str) -> None:
    form = shipped()[slug]
    item, way = form.item(link_id), way_to(form, link_id)
    answers = list(answers_to(item))
    assert answers
    for answer in answers:
        result = meant(form, {**way, link_id: answer})
        assert link_id in result.enabled
        if item.control != "consent":
            assert link_id not in result.errors, answer
        assert set(_flags(item, answer)) <= set(result.flag_ids)


def _flags(item: Item, answer: Answer) -> tuple[str, ...]:
    codes = answer if isinstance(answer, list) else [answer]
    return tuple(flag for code in codes for flag in _option(item, code))


def _option(item: Item, code: Any) -> tuple[str, ...]:
    option: Option | None = item.option(code)
    return option.flags if option else ()


@EVERY_ITEM
def test_every_question_stands_on_one_page_and_may_be_left_where_that_is_allowed(slug: str, link_id: str) -> None:
    form = shipped()[slug]
    item = form.item(link_id)
    is_signed = item.control == "consent" or form.parents.get(link_id) == "gen_consent"
    pages = [page for page in paging.split(form) if link_id in {each.link_id for each in page.items}]
    assert len(pages) == (0 if is_signed else 1)
    left = meant(form, way_to(form, link_id)).errors
    assert (link_id in left) == item.required
    if item.sensitive:
        for code in DECLINED:
            answer: Answer = [code] if item.repeats else code
            assert link_id not in meant(form, {**way_to(form, link_id), link_id: answer}).errors


@pytest.mark.parametrize("slug", sorted(shipped()))
def test_the_longest_way_through_a_form_is_short_enough(slug: str) -> None:
    """As if every condition held at once, which is longer than any real way."""
    assert len(paging.split(shipped()[slug])) <= LONGEST


@pytest.mark.parametrize("first", ["general", "news"])
@pytest.mark.parametrize("reasons", [[], *([reason.slug] for reason in REASONS), [reason.slug for reason in REASONS]])
def test_the_longest_way_through_all_that_a_reason_asks_for_is_short_enough(reasons: list[str], first: str) -> None:
    """The pages that ask how strong it is are counted, and every condition as if it held at once."""
    asked = [first, *(slug for slug in questionnaires(reasons) if slug != "general")]
    forms = [shipped()[slug] for slug in asked]
    pages = sum(len(paging.split(form)) for form in forms)
    strengths = sum(item.link_id in strength.ASKED_OF for form in forms for item in form.walk())
    assert pages + strengths <= LONGEST
