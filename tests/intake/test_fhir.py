"""What leaves as FHIR is FHIR: fhir.resources judges it, and nothing hidden or dropped goes out."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from intake import fhir
from intake.compiling import shipped
from intake.definition import Answer, Definition
from intake.evaluation import Context, evaluate
from tests.intake.build import choice, form, when
from tests.intake.content import VECTORS

TODAY = date(2026, 11, 25)


def answered(definition: Definition, answers: dict[str, Answer]) -> dict[str, Any]:
    context = Context(today=TODAY, baseline={"gen_profile": 4}, settings={"ask_self_harm": True})
    resource = fhir.response(
        definition, evaluate(definition, answers, context), authored=datetime(2026, 11, 25, tzinfo=UTC)
    )
    QuestionnaireResponse.model_validate(resource)
    return resource


def answers_in(items: list[dict[str, Any]]) -> dict[str, Any]:
    """What a response says, by link id, in its order."""
    found: dict[str, Any] = {}
    for item in items:
        if "answer" in item:
            values = [next(iter(value.values())) for value in item["answer"]]
            found[item["linkId"]] = [value["code"] if isinstance(value, dict) else value for value in values]
        for inner in (item.get("item", []), *(answer.get("item", []) for answer in item.get("answer", []))):
            found |= answers_in(inner)
    return found


@pytest.mark.parametrize("slug", sorted(shipped()))
def test_every_shipped_form_is_a_fhir_questionnaire(slug: str) -> None:
    resource = fhir.questionnaire(shipped()[slug])
    Questionnaire.model_validate(resource)
    link_ids = list(_link_ids(resource["item"]))
    assert len(link_ids) == len(set(link_ids))
    assert {item.link_id for item in shipped()[slug].walk()} <= set(link_ids)
    assert {score.id for score in shipped()[slug].scores} <= set(link_ids)


def _link_ids(items: list[dict[str, Any]]) -> list[str]:
    return [name for item in items for name in (item["linkId"], *_link_ids(item.get("item", [])))]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_worked_example_is_a_fhir_response(vector: dict[str, Any]) -> None:
    definition = shipped()[vector["questionnaire"]]
    resource = answered(definition, vector["answers"])
    said = answers_in(resource["item"])
    for link_id, answer in vector["answers"].items():
        assert said[link_id] == (answer if isinstance(answer, list) else [answer])
    order = [item.link_id for item in definition.walk()] + [score.id for score in definition.scores]
    assert list(said) == sorted(said, key=order.index)
    assert {name: value for name, value in vector["scores"].items() if value is not None}.items() <= {
        name: values[0] for name, values in said.items()
    }.items()


def test_a_condition_compares_with_the_type_of_its_question() -> None:
    resource = fhir.questionnaire(shipped()["general"])
    asked = {item["linkId"]: item for item in resource["item"]}
    assert asked["gen_head_date"]["enableBehavior"] == "all"
    exists, differs = asked["gen_head_date"]["enableWhen"]
    assert exists == {"question": "gen_head_spine", "operator": "exists", "answerBoolean": True}
    assert differs["answerCoding"]["code"] == "none"
    sore = {item["linkId"]: item for item in fhir.questionnaire(shipped()["checkin"])["item"]}["chk_sore_trend"]
    assert sore["enableWhen"] == [{"question": "chk_sore", "operator": ">=", "answerInteger": 1}]


def test_limits_ends_and_privacy_of_a_scale_go_with_it() -> None:
    items = {item["linkId"]: item for item in fhir.questionnaire(shipped()["stress"])["item"]}
    extensions = {each["url"].rpartition("/")[2]: each for each in items["str_sleep"]["extension"]}
    assert extensions["minValue"]["valueInteger"] == 0
    assert extensions["maxValue"]["valueInteger"] == 10
    assert extensions["sensitive"]["valueBoolean"] is True
    assert [side["text"] for side in items["str_sleep"]["item"]] == ["None", "As bad as it could be"]
    plain = {item["linkId"]: item for item in fhir.questionnaire(shipped()["general"])["item"]}["gen_notes"]
    assert "extension" not in plain
    assert items["ask_self_harm"]["initial"] == [{"valueBoolean": False}]


def test_flags_scores_and_none_of_these_go_with_their_answers() -> None:
    items = {item["linkId"]: item for item in fhir.questionnaire(shipped()["general"])["item"]}

    def extensions(link_id: str, code: str) -> dict[str, Any]:
        option = next(each for each in items[link_id]["answerOption"] if each["valueCoding"]["code"] == code)
        return {each.pop("url").rpartition("/")[2]: each for each in option.get("extension", [])}

    assert extensions("gen_today", "chest") == {"flag": {"valueCode": "u_chest"}}
    assert extensions("gen_today", "none") == {"questionnaire-optionExclusive": {"valueBoolean": True}}
    assert extensions("gen_surgery", "lt6w") == {
        "flag": {"valueCode": "c_surgery"},
        "ordinalValue": {"valueDecimal": 3},
    }
    assert extensions("gen_fluids", "no") == {}


def test_a_response_says_when_it_was_given() -> None:
    definition = form(choice("a", "yes"))
    assert answered(definition, {})["authored"] == "2026-11-25T00:00:00+00:00"
    assert "authored" not in fhir.response(definition, evaluate(definition, {}, Context(today=TODAY)))


def test_a_score_is_a_hidden_number_that_others_can_calculate() -> None:
    items = {item["linkId"]: item for item in fhir.questionnaire(shipped()["pelvic"])["item"]}
    score = items["pel_impact"]
    assert (score["type"], score["readOnly"]) == ("decimal", True)
    formula = score["extension"][-1]["valueExpression"]["expression"]
    assert formula == "iif(%answered.count() >= 4, %answered.sum() / %answered.count() * 25, {})"


def test_dropped_answers_do_not_leave() -> None:
    definition = form(choice("a", "yes", "no"), choice("b", "x", enableWhen=[when("a", "=", "yes")]))
    assert answers_in(answered(definition, {"a": "no", "b": "x"})["item"]) == {"a": ["no"]}


def test_a_form_without_answers_has_no_items() -> None:
    assert "item" not in answered(form(choice("a", "yes")), {})


def test_a_response_is_completed_only_when_nothing_is_wrong() -> None:
    definition = form(choice("a", "yes", required=True))
    assert answered(definition, {})["status"] == "in-progress"
    assert answered(definition, {"a": "yes"})["status"] == "completed"


@pytest.mark.parametrize(("code", "reason"), [("skip", "asked-declined"), ("in_person", "temp-unknown")])
def test_a_declined_scale_says_why_it_has_no_value(code: str, reason: str) -> None:
    items = {item["linkId"]: item for item in answered(shipped()["stress"], {"str_sleep": code})["item"]}
    assert "answer" not in items["str_sleep"]
    assert items["str_sleep"]["extension"][0]["valueCode"] == reason


def test_questions_under_a_question_go_inside_its_answer() -> None:
    below = {**choice("below", "x"), "text": "Ask"}
    resource = answered(form({**choice("above", "x"), "item": [below]}), {"above": "x", "below": "x"})
    assert resource["item"][0]["answer"][0]["item"][0]["linkId"] == "below"


def test_consents_go_inside_their_group() -> None:
    resource = answered(shipped()["general"], {"consent_info": True, "consent_emails": False})
    group = next(item for item in resource["item"] if item["linkId"] == "gen_consent")
    assert answers_in([group]) == {"consent_info": [True], "consent_emails": [False]}
