"""One pass over the answers: what is wrong, filled, scored and flagged."""

from decimal import Decimal
from typing import Any

import pytest

from intake.compiling import DefinitionProblems
from intake.definition import Answer
from intake.evaluation import Raised
from tests.intake.build import YES, choice, form, meaning, when

TEXT = {"linkId": "q", "type": "text", "maxLength": 5, "required": True}
SCALE = {"linkId": "q", "type": "integer", "control": "scale", "minValue": 0, "maxValue": 10, "required": True}
NONE = {"code": "none", "text": "None of these", "exclusive": True}
MULTI = {**choice("q", "a", repeats=True, required=True), "answerOption": [{"code": "a", "text": "A"}, NONE]}
NO_DATE = "Give a real date, such as 2026-03-31, or only 2026-03 or 2026."
CONSENT = {"linkId": "q", "type": "boolean", "control": "consent", "required": True}


@pytest.mark.parametrize(
    ("item", "answer", "words"),
    [
        (choice("q", "a", required=True), None, "Choose one of the answers."),
        (choice("q", "a"), None, None),
        (choice("q", "a"), "b", "Choose from the answers shown."),
        (choice("q", "a", "b"), ["a", "b"], "Choose only one answer."),
        (choice("q", "a", "b"), ["a"], None),
        (MULTI, [], "Choose at least one answer, or “None of these”."),
        (MULTI, ["a", "none"], "Choose “None of these” on its own, or untick it."),
        (MULTI, "a", None),
        (MULTI, ["none"], None),
        (MULTI, ["a", "z"], "Choose from the answers shown."),
        (TEXT, "   ", "Write a few words here."),
        (TEXT, "abcdef", "Use 5 letters or fewer. You have 6."),
        (TEXT, " abcde ", None),
        (TEXT, 5, "Write your answer in words."),
        (SCALE, None, "Choose a number from 0 to 10."),
        (SCALE, 11, "Choose a number from 0 to 10."),
        (SCALE, True, "Choose a number from 0 to 10."),
        (SCALE, "7", "Choose a number from 0 to 10."),
        (SCALE, 0, None),
        ({"linkId": "q", "type": "integer", "minValue": 1}, 0, "Give a whole number of 1 or more."),
        ({"linkId": "q", "type": "decimal", "maxValue": 1}, 1.5, "Give a number of 1 or less."),
        ({"linkId": "q", "type": "decimal", "required": True}, None, "Give a number."),
        ({"linkId": "q", "type": "decimal"}, float("nan"), "Give a number."),
        ({"linkId": "q", "type": "date", "required": True}, None, "Give a date. A rough date is fine."),
        ({"linkId": "q", "type": "date"}, "2026-02-30", NO_DATE),
        ({"linkId": "q", "type": "date"}, "2026-02", None),
        ({"linkId": "q", "type": "date"}, "2026", None),
        ({"linkId": "q", "type": "boolean"}, "yes", "Choose yes or no."),
        ({"linkId": "q", "type": "boolean", "required": True}, None, "Choose yes or no."),
        ({"linkId": "q", "type": "boolean", "required": True}, False, None),
        (CONSENT, True, None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_plain_words(item: dict[str, Any], answer: Answer, words: str | None) -> None:
    assert meaning(form(item), {"q": answer}).errors == ({"q": words} if words else {})


@pytest.mark.parametrize("answer", [None, False])
def test_a_needed_consent_must_be_ticked(answer: Answer) -> None:
    assert "Tick this" in meaning(form(CONSENT), {"q": answer}).errors["q"]


def test_an_answer_to_no_question_is_named() -> None:
    assert meaning(form(choice("q", "a")), {"x": "a"}).errors == {"x": "There is no such question."}


def test_a_flag_is_raised_even_beside_none_of_these() -> None:
    ticked = {"code": "chest", "text": "Chest pain", "flags": ["u_chest"]}
    definition = form({**MULTI, "answerOption": [ticked, NONE]})
    found = meaning(definition, {"q": ["chest", "none"]})
    assert found.flags == (Raised("u_chest", "q=chest"),)
    assert set(found.errors) == {"q"}


# Hidden items


HIDDEN = {"linkId": "gen_activity", "type": "string", "hidden": True, "initial": "the thing you named"}
QUOTING = choice("level", "x", enableWhen=[when("gen_activity", "exists", YES)])


@pytest.mark.parametrize(
    ("baseline", "value"),
    [({}, ("the thing you named",)), ({"gen_activity": "walk"}, ("walk",)), ({"gen_activity": None}, ())],
)
def test_a_hidden_item_is_filled_from_the_context_and_never_from_a_post(baseline: Any, value: tuple[str, ...]) -> None:
    found = meaning(form(HIDDEN, QUOTING), {"gen_activity": "posted"}, baseline=baseline)
    assert found.values["gen_activity"] == value
    assert found.dropped == ("gen_activity",)
    assert found.enabled == (("level",) if value else ())


# Scores


def scored(method: str, answers: dict[str, Answer], **more: Any) -> Decimal | None:
    items = [choice(name, "1", "2", "4", "dk") for name in ("a", "b", "c")]
    score = {"id": "s", "label": "S", "items": ["a", "b", "c"], "method": method, **more}
    return meaning(form(*items, scores=[score]), answers).scores["s"]


def test_a_mean_leaves_out_what_was_not_answered() -> None:
    assert scored("mean", {"a": "1", "b": "4", "c": "dk"}, factor=25) == Decimal("62.5")


def test_too_few_answers_make_no_score() -> None:
    assert scored("mean", {"a": "1"}, minimumAnswered=2) is None
    assert scored("mean", {}) is None


def test_where_nobody_need_answer_a_sum_and_a_count_of_nothing_are_nought() -> None:
    assert scored("sum", {}, minimumAnswered=0) == 0
    assert scored("count", {}, minimumAnswered=0) == 0
    with pytest.raises(DefinitionProblems, match="is between 1 and 3"):
        scored("mean", {}, minimumAnswered=0)


def test_a_sum_and_a_count() -> None:
    assert scored("sum", {"a": "1", "b": "4"}) == 5
    assert scored("count", {"a": "1", "b": "4", "c": "dk"}) == 3


def test_a_count_leaves_out_none_of_these() -> None:
    several = {**MULTI, "answerOption": [{"code": "a", "text": "A"}, {"code": "b", "text": "B"}, NONE]}
    definition = form(several, scores=[{"id": "s", "label": "S", "items": ["q"], "method": "count"}])
    assert meaning(definition, {"q": ["a", "b"]}).scores == {"s": 2}
    assert meaning(definition, {"q": ["none"]}).scores == {"s": 0}
    assert meaning(definition, {}).scores == {"s": None}


def test_a_score_keeps_one_decimal_with_halves_up() -> None:
    assert scored("mean", {"a": "1", "b": "4"}, factor=2.5, minimumAnswered=1) == Decimal("6.3")


def test_a_threshold_looks_at_the_score_before_rounding() -> None:
    rule = {"of": "score", "operator": ">=", "value": 66.7, "flag": "p_high_impact"}
    items = [choice(name, "2", "4") for name in ("a", "b", "c")]
    score = {"id": "s", "label": "S", "items": ["a", "b", "c"], "factor": 25, "rules": [rule]}
    found = meaning(form(*items, scores=[score]), {"a": "4", "b": "2", "c": "2"})
    assert found.scores["s"] == Decimal("66.7")
    assert found.flags == ()


def test_a_change_is_measured_against_the_baseline_and_not_without_one() -> None:
    rule = {"of": "change", "operator": ">=", "value": 2, "flag": "c_worse_after"}
    score = {"id": "s", "label": "S", "items": ["a"], "compareTo": "before", "rules": [rule]}
    definition = form(choice("a", "4"), scores=[score])
    assert meaning(definition, {"a": "4"}).flags == ()
    assert meaning(definition, {"a": "4"}, baseline={"before": Decimal("2.1")}).flags == ()
    worse = meaning(definition, {"a": "4"}, baseline={"before": 2})
    assert worse.flags == (Raised("c_worse_after", "score s change >= 2"),)


def test_rules_on_answers_look_past_none_of_these() -> None:
    rule = {"operator": "exists", "value": True, "flag": "p_touch_limits"}
    definition = form({"linkId": "m", "type": "choice", "repeats": True, "regions": "JAW", "rules": [rule]})
    assert meaning(definition, {"m": ["nowhere"]}).flags == ()
    assert meaning(definition, {"m": ["throat", "ear_l"]}).flags == (Raised("p_touch_limits", "m exists True"),)
