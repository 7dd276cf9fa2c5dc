"""Foreign FHIR questionnaires: what is taken in means what it meant, and what cannot be is named with its place.

The pitfalls are those that FHIR forms of other people are known for; each has its test here or beside its subject.
"""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from intake import fhir
from intake.compiling import DefinitionProblems, shipped
from intake.definition import Definition
from intake.evaluation import Context, Result, evaluate
from intake.fhir_reading import compile_fhir, compile_text
from tests.intake.fhir_forms import (
    EVERY_TYPE,
    HL7,
    ORDINAL,
    SDC,
    calculated,
    choice,
    coding,
    expression,
    ext,
    item,
    read,
    refused,
    resource,
    taken,
    weighed,
    when,
)  # fmt: skip

SAMPLES = Path(os.environ.get("FHIR_SAMPLES", "/nowhere"))
DIRTY = {"unsupported", "must be", "is missing"}
YES = {"system": "urn:x", "code": "yes"}
FREQUENT = [weighed("never", 0), weighed("some", 1), weighed("daily", 3)]


def meaning(definition: Definition, answers: dict[str, Any], **context: Any) -> Result:
    return evaluate(definition, answers, Context(today=date(2026, 11, 25), **context))


def answered(definition: Definition, answers: dict[str, Any]) -> dict[str, Any]:
    """The response, judged by fhir.resources, read back with its numbers as they were written."""
    text = fhir.as_text(fhir.response(definition, meaning(definition, answers)))
    QuestionnaireResponse.model_validate_json(text)
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return found


def again(definition: Definition) -> Definition:
    stored = fhir.questionnaire(definition)
    Questionnaire.model_validate(stored)
    return compile_fhir(fhir.as_text(stored), "again.json")


# What is taken in comes back whole

TOTAL = "%resource.item.where(linkId='total').answer.value"
MUCH = [
    *EVERY_TYPE,
    choice("a", *FREQUENT, prefix="1.", code=[{"system": "http://loinc.org", "code": "1-8"}], required=True),
    choice("b", {"valueInteger": 3}, {"valueInteger": 5, "initialSelected": True}, repeats=True),
    choice("c", {"valueString": "red"}, {"valueString": "blue"}),
    item("d", "integer", extension=[ext("minValue", valueInteger=0), ext("maxValue", valueInteger=10)]),
    item("e", "date", extension=[ext("minValue", valueDate="2020")], initial=[{"valueDate": "2021-05"}]),
    item("f", extension=[ext("regex", valueString=r"[A-Z]{2}\d+"), ext("minLength", valueInteger=3)]),
    item("g", "decimal", extension=[ext("maxDecimalPlaces", valueInteger=2)], initial=[{"valueDecimal": 1.5}]),
    item("h", "boolean", readOnly=True, initial=[{"valueBoolean": True}]),
    choice("i", coding("none", extension=[ext("questionnaire-optionExclusive", valueBoolean=True)]), "x", repeats=True),
    item("j", "string", repeats=True, extension=[ext("questionnaire-minOccurs", valueInteger=2)]),
    item("k", "group", item=[item("k1", "display"), choice("k2", "yes", item=[item("k3"), item("k4", "display")])]),
    calculated("total", "%resource.item.where(linkId='a').answer.value.ordinal().sum()"),
    item("l", extension=[expression(f"{SDC}enableWhenExpression", f"{TOTAL} > 1")]),
    item("m", enableWhen=[when("d", ">=", answerInteger=3), when("e", "<", answerDate="2022")], enableBehavior="any"),
]  # fmt: skip


def test_what_was_taken_in_comes_back_whole() -> None:
    definition = taken(*MUCH, url="http://x.org/q", version="3", description="Words.", copyright="(c) Nobody")
    assert again(definition) == definition
    assert Definition.from_json(json.loads(json.dumps(definition.to_json()))) == definition


@pytest.mark.parametrize("slug", sorted(shipped()))
def test_our_own_forms_come_back_whole(slug: str) -> None:
    assert again(shipped()[slug]) == shipped()[slug]


def test_published_forms_are_taken_in_or_say_what_is_unsupported() -> None:
    """Those in the folder that FHIR_SAMPLES names, if any: they are other people's, so none stands here."""
    for file in sorted(SAMPLES.glob("*.json")):
        definition, said = _tried(file)
        assert any(word in said for word in DIRTY) if definition is None else again(definition) == definition, file


def _tried(file: Path) -> tuple[Definition | None, str]:
    try:
        return compile_fhir(file.read_text(encoding="utf-8"), file.name), ""
    except DefinitionProblems as found:
        return None, str(found)


# What is asked


def test_stale_answers_score_nothing_and_do_not_leave() -> None:  # 1
    gate = [when("q1", "!=", answerCoding={"code": "never"})]
    sums = "%resource.item.where(linkId.startsWith('q')).answer.value.weight().sum()"
    definition = taken(choice("q1", *FREQUENT), choice("q2", *FREQUENT, enableWhen=gate), calculated("t", sums))
    found = meaning(definition, {"q1": "never", "q2": "daily"})
    assert found.dropped == ("q2",)
    assert found.scores["t"] == 0
    assert [each["linkId"] for each in answered(definition, {"q1": "never", "q2": "daily"})["item"]] == ["q1", "t"]


def test_a_score_opens_a_question_and_circles_are_refused() -> None:  # 2
    total = calculated("t", "%resource.item.where(linkId='a').answer.value.ordinal().sum()", kind="integer")
    more = item("more", enableWhen=[when("t", ">", answerInteger=0)])
    definition = taken(choice("a", *FREQUENT), total, more)
    assert meaning(definition, {"a": "some"}).enabled == ("a", "t", "more")
    assert "more" not in meaning(definition, {"a": "never"}).enabled
    circle = choice("a", *FREQUENT, enableWhen=[when("t", ">", answerInteger=0)])
    assert any("goes in a circle" in problem for problem in refused(circle, total))


def test_differs_holds_where_nothing_was_answered() -> None:  # 3
    definition = taken(choice("a", "yes", "no"), item("b", enableWhen=[when("a", "!=", answerCoding=YES)]))
    assert [meaning(definition, answers).enabled[1:] for answers in ({}, {"a": "yes"}, {"a": "no"})] == [
        ("b",),
        (),
        ("b",),
    ]


def test_several_conditions_need_a_behaviour() -> None:  # 4
    both = [when("a", "exists", answerBoolean=True), when("a", "=", answerString="x")]
    assert any("enableBehavior: is missing" in each for each in refused(item("a"), item("b", enableWhen=both)))


def test_inside_a_closed_group_nothing_is_required() -> None:  # 5
    gate = [when("a", "=", answerBoolean=True)]
    inner = item("in", required=True, repeats=True, extension=[ext("questionnaire-minOccurs", valueInteger=2)])
    definition = taken(item("a", "boolean"), item("g", "group", enableWhen=gate, item=[inner]))
    assert meaning(definition, {}).errors == {}
    assert set(meaning(definition, {"a": True}).errors) == {"in"}
    assert meaning(definition, {"a": True, "in": ["x"]}).errors == {"in": "Give at least 2 answers."}


@pytest.mark.parametrize(
    ("asked", "condition", "needed"),
    [
        (choice("a", "yes"), when("a", "=", answerString="yes"), "needs answerCoding"),
        (item("a", "dateTime"), when("a", ">", answerTime="10:00:00"), "needs answerDateTime"),
        (item("a", "boolean"), when("a", "=", answerString="true"), "needs answerBoolean"),
        (item("a", "date"), when("a", "=", answerDateTime="2026-01-01"), "needs answerDate"),
        (item("a"), when("a", "exists", answerString="x"), "needs answerBoolean"),
        (item("a"), when("a", ">", answerString="x"), "only `exists` can be asked of it"),
        (
            choice("a", "yes"),
            when("a", ">", answerCoding=YES),
            "unsupported: > between the answers of a choice; use = or a score at item[z].enableWhen[0]",
        ),
        (item("a", "date"), when("a", "=", answerDate="soon"), "is a date"),
        (item("a"), when("b", "exists", answerBoolean=True), "no item has the linkId b"),
        (item("a"), when("a", "~", answerString="x"), "is one of exists"),
    ],
)
def test_a_condition_of_another_type_is_an_error(asked: Any, condition: Any, needed: str) -> None:  # 6
    problems = refused(asked, item("z", enableWhen=[condition]))
    assert len(problems) == 1
    assert needed in problems[0]
    assert "enableWhen" in problems[0]


def test_codings_are_equal_by_system_and_code_and_never_by_display() -> None:  # 7
    bare = {"valueCoding": {"code": "yes", "display": "Ja"}}
    for options, wanted in (
        ([coding("yes")], {"code": "yes"}),
        ([bare], YES),
        ([coding("yes")], {**YES, "display": "?"}),
    ):
        definition = taken(choice("a", *options), item("b", enableWhen=[when("a", "=", answerCoding=wanted)]))
        assert meaning(definition, {"a": "yes"}).enabled == ("a", "b")
    other = [when("a", "=", answerCoding={"system": "urn:other", "code": "yes"})]
    assert "a has no answer yes of urn:other" in refused(choice("a", "yes"), item("b", enableWhen=other))[0]
    two = [coding("yes"), coding("yes", "urn:other")]
    assert "the same code from two systems" in refused(choice("a", *two))[0]


def test_any_of_several_answers_is_enough_but_for_differs() -> None:  # 8
    source = choice("a", "x", "y", "z", repeats=True)
    x = {"code": "x"}
    definition = taken(
        source,
        item("is", enableWhen=[when("a", "=", answerCoding=x)]),
        item("differs", enableWhen=[when("a", "!=", answerCoding=x)]),
    )
    assert meaning(definition, {"a": ["y", "x"]}).enabled == ("a", "is")
    assert meaning(definition, {"a": ["y", "z"]}).enabled == ("a", "differs")


def rows_form() -> Definition:
    """A group that repeats, with a condition inside it and one on what stands outside."""
    inside = [when("kind", "=", answerCoding=YES), when("gate", "=", answerBoolean=True)]
    return taken(
        item("gate", "boolean"),
        item("row", "group", repeats=True, item=[
            choice("kind", "yes", "no", required=True),
            item("more", "decimal", enableWhen=inside, enableBehavior="all"),
        ]),
    )  # fmt: skip


def test_a_condition_in_a_row_sees_its_own_row_and_what_stands_outside() -> None:  # 9
    rows = [{"kind": "no", "more": 2}, {"kind": "yes", "more": Decimal("1.50")}, {"more": 4}]
    found = meaning(rows_form(), {"gate": True, "row": rows})
    assert [sorted(row.enabled) for row in found.rows["row"]] == [["kind"], ["kind", "more"], ["kind"]]
    assert found.values["more"] == (Decimal("1.50"),)
    assert found.errors == {"kind": "3: Choose one of the answers."}
    assert found.dropped == ("more",)
    assert meaning(rows_form(), {"gate": False, "row": rows}).values["kind"] == ("no", "yes")


def test_nobody_looks_into_rows_from_outside_and_rows_do_not_nest() -> None:  # 9
    row = item("row", "group", repeats=True, item=[choice("kind", "yes")])
    outside = item("z", enableWhen=[when("kind", "=", answerCoding=YES)])
    assert "unsupported: looking from outside into row" in refused(row, outside)[0]
    nested = item("out", "group", repeats=True, item=[row])
    assert refused(nested) == ["item[row]: unsupported: a group that repeats inside a group that repeats at item[row]"]


def test_several_answers_are_one_item_and_several_rows_are_several() -> None:  # 10
    below = choice("kind", "yes", "no", item=[item("under")])
    definition = taken(
        choice("many", "x", "y", repeats=True), item("row", "group", repeats=True, item=[item("n", "integer"), below])
    )
    given = {"many": ["x", "y"], "row": [{"n": 1, "kind": "yes", "under": "w"}, {"n": 2}]}
    many, first, second = answered(definition, given)["item"]
    assert [each["valueCoding"]["code"] for each in many["answer"]] == ["x", "y"]
    assert (first["linkId"], second["linkId"]) == ("row", "row")
    number, kind = first["item"]
    assert number["answer"] == [{"valueInteger": 1}]
    assert kind["answer"][0]["item"] == [{"linkId": "under", "text": "Ask under", "answer": [{"valueString": "w"}]}]
    assert [each["linkId"] for each in second["item"]] == ["n"]
    several = choice("a", "x", "y", repeats=True, item=[item("b")])
    assert "questions under a question with several answers" in refused(several)[0]


def test_own_words_beside_options_are_never_a_code() -> None:  # 11
    open_one = item("a", "open-choice", repeats=True, answerOption=[coding("1"), coding("2")])
    definition = taken(open_one, item("b", enableWhen=[when("a", "=", answerCoding={"code": "2"})]))
    said = answered(definition, {"a": ["1", "tea", {"other": "2"}]})["item"]
    assert len(said) == 1
    assert said[0]["answer"] == [
        {"valueCoding": {"system": "urn:x", "code": "1", "display": "1"}}, {"valueString": "tea"}, {"valueString": "2"},
    ]  # fmt: skip
    assert "words that are the code 2" in refused({**open_one, "initial": [{"valueString": "2"}]})[0]
    words = taken(open_one, item("b", enableWhen=[when("a", "=", answerString="tea")]))
    assert meaning(words, {"a": ["tea"]}).enabled == ("a", "b")


def test_words_that_are_offered_as_words_are_that_answer_however_they_were_given() -> None:
    colour = item("a", "open-choice", answerOption=[{"valueString": "Red"}, {"valueString": "Blue"}])
    definition = taken(colour, item("b", enableWhen=[when("a", "=", answerString="Red")]))
    for given in ("Red", {"other": "Red"}):
        assert meaning(definition, {"a": given}).enabled == ("a", "b")
        assert answered(definition, {"a": given})["item"][0]["answer"] == [{"valueString": "Red"}]
    assert meaning(definition, {"a": {"other": "Rose"}}).enabled == ("a",)
    begun = taken({**colour, "initial": [{"valueString": "Blue"}]})
    assert begun.item("a").initial == ("Blue",)


def test_items_leave_in_the_order_of_the_form_even_a_total_in_the_middle() -> None:  # 12
    total = calculated("t", "%resource.repeat(item).where(linkId in ('a' | 'b')).answer.value.ordinal().sum()")
    definition = taken(item("g", "group", item=[choice("a", *FREQUENT), total, choice("b", *FREQUENT)]), item("z"))
    found = answered(definition, {"z": "last", "b": "daily", "a": "some"})["item"]
    assert [each["linkId"] for each in found] == ["g", "z"]
    assert [each["linkId"] for each in found[0]["item"]] == ["a", "t", "b"]
    assert found[0]["item"][1]["answer"] == [{"valueDecimal": 4}]


def test_not_answered_is_not_no() -> None:  # 13
    definition = taken(item("a", "boolean"), item("b", enableWhen=[when("a", "=", answerBoolean=False)]))
    assert meaning(definition, {}).enabled == ("a",)
    assert meaning(definition, {"a": False}).enabled == ("a", "b")
    assert answered(definition, {"a": False})["item"][0]["answer"] == [{"valueBoolean": False}]
    assert "item" not in answered(definition, {})


def test_a_number_keeps_its_places_and_a_whole_one_is_a_decimal_where_that_is_asked() -> None:  # 14
    definition = taken(item("a", "decimal"), item("b", "decimal"), item("c", "decimal"))
    text = fhir.as_text(fhir.response(definition, meaning(definition, {"a": "1.50", "b": 3, "c": Decimal("0.10")})))
    for written in ('"valueDecimal": 1.50', '"valueDecimal": 3', '"valueDecimal": 0.10'):
        assert written in text
    hidden = taken(item("a", "decimal", initial=[{"valueDecimal": 2}], readOnly=True))
    assert answered(hidden, {"a": 9})["item"][0]["answer"] == [{"valueDecimal": 2}]


@pytest.mark.parametrize(
    ("kind", "given", "wanted", "is_shown"),
    [
        ("date", "2026", "2026-05-04", True),
        ("date", "2026-05", "2026-05-04", True),
        ("date", "2026-06", "2026-05-04", False),
        ("dateTime", "2026-05-04T09:00:00+01:00", "2026-05-04T08:00:00Z", True),
        ("dateTime", "2026-05-04T09:00:00Z", "2026-05-04", True),
        ("dateTime", "2026-05-04T09:00:00Z", "2026-05-04T09:00:01Z", False),
        ("time", "09:00", "09:00:00", True),
        ("quantity", "5.0 kg", {"value": 5, "code": "kg"}, True),
        ("quantity", "5.0 g", {"value": 5, "code": "kg"}, False),
    ],
)
def test_moments_compare_as_far_as_both_are_exact(kind: str, given: str, wanted: Any, is_shown: bool) -> None:  # 15
    name = f"answer{kind[0].upper()}{kind[1:]}"
    definition = taken(item("a", kind), item("b", enableWhen=[when("a", "=", **{name: wanted})]))
    assert ("b" in meaning(definition, {"a": given}).enabled) is is_shown


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("dateTime", "2026-05-04T09:00:00"), ("dateTime", "2026-05-04T25:00:00Z"), ("dateTime", "2026-02-30T09:00:00Z"),
        ("time", "25:00"), ("time", "9:00"), ("date", "2026-13"), ("quantity", "heavy"), ("integer", "3"),
        ("decimal", "1,5"), ("decimal", float("inf")), ("boolean", "yes"), ("string", 5),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_said_and_does_not_count(kind: str, given: Any) -> None:  # 15
    found = meaning(taken(item("a", kind)), {"a": given})
    assert set(found.errors) == {"a"}
    assert found.values["a"] == ()


def test_a_time_leaves_with_seconds_and_a_moment_with_its_zone() -> None:  # 15
    definition = taken(item("t", "time"), item("m", "dateTime"), item("d", "date"))
    given = {"t": "10:30", "m": "2026-05-04T09:15+01:00", "d": "2026-05"}
    assert [each["answer"][0] for each in answered(definition, given)["item"]] == [
        {"valueTime": "10:30:00"}, {"valueDateTime": "2026-05-04T09:15:00+01:00"}, {"valueDate": "2026-05"},
    ]  # fmt: skip


def test_blank_words_do_not_leave_and_a_string_has_one_line() -> None:  # 16
    definition = taken(item("a"), item("b"), item("c", "text"))
    found = answered(definition, {"a": " \n ", "b": " two\r\nlines ", "c": "two\nlines"})["item"]
    assert [each["answer"][0]["valueString"] for each in found] == ["two lines", "two\nlines"]


def test_a_response_points_to_the_version_and_a_link_id_stands_once() -> None:  # 17
    definition = taken(item("a"), url="http://x.org/q", version="2.1")
    assert answered(definition, {})["questionnaire"] == "http://x.org/q|2.1"
    assert "the id a stands twice" in refused(item("a"), item("g", "group", item=[item("a")]))[0]


NONE: dict[str, Any] = {}
ONE = {"a": "some"}
TWO = {"a": "some", "b": "daily"}


@pytest.mark.parametrize(
    ("formula", "answers", "total"),
    [
        ("%resource.item.answer.value.ordinal().sum()", NONE, None),
        ("%resource.item.answer.value.ordinal().sum() * 25", NONE, None),
        ("%resource.item.answer.value.ordinal().avg()", NONE, None),
        ("%both.aggregate($this + $total, 0) / %both.count()", NONE, None),
        ("%a.sum() + %b.sum()", ONE, None),
        ("%a.sum() + %b.sum()", TWO, 4),
        ("%resource.item.answer.value.ordinal().aggregate($this + $total, 0)", NONE, 0),
        ("%resource.item.answer.value.ordinal().aggregate($this + $total, 0)", TWO, 4),
        ("%resource.item.where(linkId='a' or linkId='b').answer.count()", NONE, 0),
        ("%resource.item.where(linkId='a' or linkId='b').answer.count() * 10", NONE, 0),
        ("iif(%a.exists(), %a, 0) + iif(%b.exists(), %b, 0)", NONE, 0),
        ("iif(%resource.item.answer.exists(), %resource.item.answer.value.ordinal().sum(), 0)", NONE, 0),
        ("iif(%resource.item.answer.exists(), %resource.item.answer.value.ordinal().sum(), {})", NONE, None),
        ("%resource.item.answer.value.ordinal().sum()", TWO, 4),
        ("%resource.item.answer.value.ordinal().sum()", {"a": "some"}, 1),
        ("%resource.item.answer.value.ordinal().avg()", {"a": "some"}, 1),
        ("%a + %b", {"a": "some"}, None),
        ("%a + %b", TWO, 4),
        ("iif(%resource.item.answer.count() >= 2, %resource.item.answer.value.weight().sum(), {})", ONE, None),
        ("iif(%a.exists(), %a, 0) + iif(%b.exists(), %b, 0)", {"a": "some"}, 1),
        ("%resource.item.where(linkId='a' or linkId='b').answer.count()", TWO, 2),
        ("(%a + %b) / 2", TWO, 2),
        ("%resource.item.answer.value.ordinal().sum() * 25", TWO, 100),
    ],
)  # fmt: skip
def test_no_answer_is_nought_only_where_the_formula_says_so(
    formula: str, answers: Any, total: int | None
) -> None:  # 19
    """As the published engines have it: `count()` of nothing is 0, `sum()` and `avg()` of nothing are nothing."""
    variables = [
        expression(f"{HL7}variable", f"%resource.item.where(linkId='{name}').answer.value.ordinal()", name=name)
        for name in "ab"
    ]
    variables.append(expression(f"{HL7}variable", "%resource.item.answer.value.ordinal()", name="both"))
    form = [choice("a", *FREQUENT), choice("b", *FREQUENT), calculated("t", formula)]
    definition = taken(*form, extension=variables)
    assert meaning(definition, answers).scores["t"] == total
    assert again(definition) == definition


def test_weights_are_read_wherever_they_stand() -> None:  # 20
    sums = "%resource.item.answer.value.weight().sum()"
    on_option = choice("a", weighed("x", 2, f"{HL7}itemWeight"))
    on_coding = choice("a", {"valueCoding": {"code": "x", "extension": [ext(ORDINAL, valueDecimal=2)]}})
    concept = {"code": "x", "extension": [ext(f"{HL7}itemWeight", valueDecimal=2)]}
    sets = {"compose": {"include": [{"system": "urn:x", "concept": [concept]}]}}, {"expansion": {"contains": [concept]}}
    by_set = item("a", "choice", answerValueSet="#v")
    forms = [
        (on_option, []),
        (on_coding, []),
        *((by_set, [{"resourceType": "ValueSet", "id": "v", **v}]) for v in sets),
    ]
    for form, contained in forms:
        assert meaning(taken(form, calculated("t", sums), contained=contained), {"a": "x"}).scores == {"t": 2}


def test_regular_expressions_cannot_run_for_ever() -> None:  # 22
    slow = item("a", extension=[ext("regex", valueString="^(a+)+$")])
    assert set(meaning(taken(slow), {"a": "a" * 5000 + "b"}).errors) == {"a"}
    for pattern in (r"(a)\1", "(?=a)b", "(", "(a{900}){900}"):
        problem = refused(item("a", extension=[ext("regex", valueString=pattern)]))[0]
        assert "unsupported: a pattern" in problem


def test_hidden_and_read_only_and_score_items_take_no_posted_value() -> None:  # 23
    hidden = ext("questionnaire-hidden", valueBoolean=True)
    definition = taken(
        choice("a", *FREQUENT),
        item("hid", "integer", extension=[hidden], initial=[{"valueInteger": 7}]),
        item("ro", readOnly=True, initial=[{"valueString": "fixed"}]),
        calculated("t", "%resource.item.where(linkId='a').answer.value.ordinal().sum()", hidden),
    )
    found = meaning(definition, {"a": "some", "hid": 99, "ro": "posted", "t": 99})
    assert found.dropped == ("hid", "ro", "t")
    assert found.values["hid"] == (7,)
    assert found.values["ro"] == ("fixed",)
    assert found.scores == {"t": 1}
    assert [each["linkId"] for each in answered(definition, {"a": "some", "t": 99})["item"]] == ["a", "hid", "ro", "t"]


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        (resource(item("a", repeats="true")), "item[a].repeats: must be true or false, not 'true'"),
        (resource(choice("a", weighed("x", "1"))), "must be a number, not '1'"),
        ({**resource(item("a")), "status": None}, "status"),
        ({k: v for k, v in resource(item("a")).items() if k != "status"}, "status: is missing"),
        (resource(item("a"), status="done"), "status: is done"),
        (resource(choice("a", "x ")), "'x ' has spaces at an end"),
        (resource(item("a", "coding")), "unsupported: coding at item[a].type (FHIR R5"),
        (
            resource(item("a", "choice", option=[])),
            "unsupported: option at item[a].option (FHIR STU3; R4 says answerOption)",
        ),
        (
            resource(item("a", initialString="x")),
            "unsupported: initialString at item[a].initialString (FHIR STU3; R4 says initial",
        ),
        (resource(item("a"), item("b", enableWhen=[{"question": "a", "hasAnswer": True}])), "unsupported: hasAnswer"),
        (resource(item("a"), versionAlgorithmString="semver"), "unsupported: versionAlgorithmString at version"),
        (resource(item("a", answerConstraint="optionsOnly")), "unsupported: answerConstraint at item[a].answer"),
        (resource(item("", "string")), "linkId: is missing"),
        (resource({"linkId": "a"}), "type: is missing"),
        (resource(item("a", maxLength="9")), "must be a number, not '9'"),
        (resource(item("a", colour="red")), "is no word of an R4 item"),
        (resource(item("a", "choice")), "a choice needs answers to choose from"),
        ({"resourceType": "Patient"}, "is Patient; a FHIR R4 Questionnaire is wanted"),
        ([], "is missing; a FHIR R4 Questionnaire is wanted"),
        (resource("words"), "must be a group of values"),  # type: ignore[arg-type]
        (resource(item("a", item="none")), "must be a list"),
    ],
)
def test_sloppy_files_are_told_what_is_wrong(form: Any, problem: str) -> None:  # 25
    with pytest.raises(DefinitionProblems) as caught:
        read(form)
    assert problem in str(caught.value)


@pytest.mark.parametrize("text", ["{", '{"a": NaN}', "[" * 100_000, " " * 1_000_001])
def test_what_is_not_json_is_said(text: str) -> None:
    with pytest.raises(DefinitionProblems):
        compile_fhir(text, "x")


def test_questions_and_answers_leave_with_their_words() -> None:  # 26
    (said,) = answered(taken(choice("a", "yes")), {"a": "yes"})["item"]
    assert said == {"linkId": "a", "text": "Ask a", "answer": [{"valueCoding": {**YES, "display": "YES"}}]}


def test_a_code_without_a_system_leaves_without_one() -> None:  # 7
    bare = {"valueCoding": {"code": "x", "display": "X"}}
    unit = ext("questionnaire-unit", valueCoding={"code": "kg"})
    definition = taken(choice("a", bare), item("b", "quantity", extension=[unit]))
    one, two = answered(definition, {"a": "x", "b": 2})["item"]
    assert one["answer"] == [bare]
    assert two["answer"] == [{"valueQuantity": {"value": 2, "unit": "kg"}}]
    assert again(definition) == definition


def test_whose_words_they_are_stays_with_the_form() -> None:  # 27
    stored = fhir.questionnaire(taken(item("a"), copyright="© Somebody. Ask first."))
    assert stored["copyright"] == "© Somebody. Ask first."


BEYOND: list[tuple[dict[str, Any], str]] = [
    (item("a", "attachment"), "unsupported: attachment at item[a].type"),
    (item("a", "reference"), "unsupported: reference at item[a].type"),
    (item("a", "choice", answerValueSet="http://loinc.org/vs/LL1"), "unsupported: value set http://loinc.org/vs/LL1"),
    (item("a", "choice", answerValueSet="#none"), "unsupported: value set #none that is not contained"),
    (choice("a", {"valueReference": {"reference": "Patient/1"}}), "unsupported: valueReference"),
    (item("a", extension=[expression(f"{SDC}initialExpression", "%patient.name")]), "unsupported: initialExpression"),
    (item("a", extension=[ext("targetConstraint", valueString="x")]), "unsupported: targetConstraint at item[a]"),
    (item("a", extension=[ext("cqf-expression", valueString="x")]), "unsupported: cqf-expression"),
    (item("a", _text={"extension": [ext("translation", valueString="x")]}), "unsupported: translation"),
    (item("a", modifierExtension=[ext("x", valueBoolean=True)]), "unsupported: modifierExtension"),
    (item("a", extension=[ext("questionnaire-usageMode", valueCode="display")]), "unsupported: usageMode display"),
    (calculated("a", "%resource.item.answer.value.ordinal().sum().round(0)"), "unsupported: calculatedExpression"),
    (calculated("a", "today()"), "unsupported: calculatedExpression today() at item[a]"),
    (item("a", extension=[expression(f"{SDC}enableWhenExpression", "%age > 3")]), "unsupported: enableWhenExpression"),
    (item("a", extension=[expression(f"{SDC}answerExpression", "x")]), "unsupported: answerExpression"),
    (calculated("a", "%b.ordinal().aggregate($this + $total)"), "unsupported: calculatedExpression"),  # nothing, always
    (item("a", extension=[{"url": f"{SDC}calculatedExpression", "valueExpression": {"language": "text/cql"}}]),
     "unsupported: calculatedExpression in text/cql at item[a]"),
    (item("a", "group", required=True, item=[item("b")]), "unsupported: required (nobody answers this item"),
    (item("a", readOnly=True, required=True), "unsupported: required (nobody answers this item"),
    (item("a", "integer", maxLength=3), "unsupported: maxLength (is for texts, and at least 1) at item[a].maxLength"),
    (item("a", "open-choice"), "unsupported: answerOption (an open-choice needs answers to choose from) at item[a]"),
    (item("a", "date", extension=[{"url": f"{HL7}maxValue", "_valueDate": {"extension": [
        ext("cqf-calculatedValue", valueExpression={"language": "text/fhirpath", "expression": "today()"})]}}]),
     "unsupported: cqf-calculatedValue at item[a].extension[0]._valueDate"),
    (item("a", "integer", extension=[{"url": f"{HL7}minValue"}]), "unsupported: minValue without a value at item[a]"),
    ({"linkId": "a", "type": "string", "_text": {"extension": [ext("rendering-xhtml", valueString="<b>Why?</b>")]}},
     "unsupported: a question without plain words at item[a].text"),
    (item("a", enableWhen=[when("a", "exists", answerBoolean=True, modifierExtension=[{"url": "x"}])]),
     "unsupported: modifierExtension at item[a].enableWhen[0].modifierExtension"),
    (item("a", initial=[{"valueString": "x", "modifierExtension": [{"url": "x"}]}]),
     "unsupported: modifierExtension at item[a].initial[0].modifierExtension"),
    (item("a", extension=[ext("regex", valueString="(")]), ") at item[a].pattern"),
]  # fmt: skip


@pytest.mark.parametrize(("beyond", "problem"), BEYOND)
def test_what_changes_meaning_and_is_not_ours_is_named_with_its_place(beyond: Any, problem: str) -> None:  # 28
    assert any(problem in each for each in refused(beyond))


def test_what_changes_no_meaning_is_let_be() -> None:
    hints = [ext("questionnaire-choiceOrientation", valueCode="horizontal"), ext("http://x.org/own", valueCode="x")]
    control = ext("questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "drop-down"}]})
    assert taken(choice("a", "x", extension=[*hints, control])).item("a").control == "choice"


def test_a_group_that_must_be_answered_says_nothing_new_where_a_question_in_it_must() -> None:
    group = item("g", "group", required=True, item=[item("in", "group", item=[item("a", required=True)]), item("b")])
    assert taken(group) == taken({**group, "required": False})
    condition = [when("z", "exists", answerBoolean=True)]
    loose = item("g", "group", required=True, item=[item("a", required=True, enableWhen=condition)])
    assert any("unsupported: required" in each for each in refused(item("z"), loose))


@pytest.mark.parametrize("expansion", [{"total": 400}, {"total": 2, "offset": 1}])
def test_one_page_of_a_value_set_is_not_all_of_it(expansion: Any) -> None:
    page = {"timestamp": "2026-01-01", "contains": [{"system": "urn:x", "code": "x"}, {"system": "urn:x", "code": "y"}]}
    asked = item("a", "choice", answerValueSet="#v")

    def with_set(more: Any) -> dict[str, Any]:
        return {"contained": [{"resourceType": "ValueSet", "id": "v", "expansion": {**page, **more}}]}

    assert len(taken(asked, **with_set({"total": 2})).item("a").options) == 2
    assert any(
        "unsupported: a value set of which only a part" in each for each in refused(asked, **with_set(expansion))
    )


def test_several_initial_answers_need_a_question_that_takes_several() -> None:
    several: dict[str, Any] = {"initial": [{"valueString": "x"}, {"valueString": "y"}]}
    assert refused(item("a", **several)) == ["item[a].initial: holds several answers to a question that takes one"]
    assert taken(item("a", repeats=True, **several)).item("a").initial == ("x", "y")


def test_xml_is_named() -> None:
    with pytest.raises(DefinitionProblems, match="unsupported: XML at file"):
        compile_text("<Questionnaire xmlns='http://hl7.org/fhir'/>", "f.xml")


def test_a_total_of_nothing_differs_from_no_number_in_an_expression() -> None:
    """In FHIRPath `{} != 2` is nothing, so not shown; in `enableWhen` it would be shown."""
    total = calculated("total", "%resource.item.where(linkId='a').answer.value.ordinal().sum()")
    shown = item("z", extension=[expression(f"{SDC}enableWhenExpression", f"{TOTAL} != 3")])
    definition = taken(choice("a", *FREQUENT), total, shown)

    assert "z" not in meaning(definition, {}).enabled
    assert "z" in meaning(definition, {"a": "some"}).enabled
    assert "z" not in meaning(definition, {"a": "daily"}).enabled
    assert again(definition) == definition
    either = item("z", extension=[expression(f"{SDC}enableWhenExpression", f"{TOTAL} != 3 or {TOTAL} = 3")])
    assert "unsupported: enableWhenExpression" in refused(choice("a", *FREQUENT), total, either)[0]


def test_a_count_of_nothing_opens_what_asks_for_nought() -> None:
    total = calculated("total", "%resource.item.where(linkId='a').answer.count()", kind="integer")
    shown = item("z", extension=[expression(f"{SDC}enableWhenExpression", f"{TOTAL} = 0")])
    definition = taken(choice("a", *FREQUENT), total, shown)

    assert "z" in meaning(definition, {}).enabled
    assert "z" not in meaning(definition, {"a": "never"}).enabled
    assert answered(definition, {})["item"] == [
        {"linkId": "total", "text": "Ask total", "answer": [{"valueInteger": 0}]}
    ]


def test_a_score_is_compared_in_an_expression() -> None:
    total = "%resource.item.where(linkId='a').answer.value.ordinal().sum()"
    variable = expression(f"{HL7}variable", total, name="total")
    for condition in ("%total >= 1", "%resource.item.where(linkId='t').answer.value >= 1", f"1 <= {total}"):
        more = item("more", extension=[expression(f"{SDC}enableWhenExpression", condition)])
        definition = taken(choice("a", *FREQUENT), calculated("t", "%total"), more, extension=[variable])
        assert "more" in meaning(definition, {"a": "some"}).enabled
        assert "more" not in meaning(definition, {"a": "never"}).enabled
        assert again(definition) == definition


def test_help_and_ends_of_a_scale_are_the_questions_own() -> None:
    def side(code: str) -> dict[str, Any]:
        control = ext("questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": code}]})
        return item(f"a-{code}", "display", extension=[control])

    made = taken(item("a", "integer", item=[side("help"), side("lower"), side("upper"), item("d", "display")]))
    asked = made.item("a")
    assert (asked.help, asked.min_label, asked.max_label) == ("Ask a-help", "Ask a-lower", "Ask a-upper")
    assert [child.link_id for child in asked.items] == ["d"]


@pytest.mark.parametrize(
    ("limit", "kind", "good", "bad"),
    [
        (ext("minValue", valueInteger=2), "integer", 2, 1),
        (ext("maxValue", valueDecimal=2.5), "decimal", "2.50", "2.51"),
        (ext("maxDecimalPlaces", valueInteger=1), "decimal", "2.5", "2.50"),
        (ext("minLength", valueInteger=3), "string", "abc", "ab"),
        (ext("regex", valueString="[A-Z]+"), "string", "AB", "Ab"),
        (ext("minValue", valueDate="2026-01"), "date", "2026-01-05", "2025"),
        (ext("maxValue", valueTime="12:00:00"), "time", "12:00", "12:01"),
        (ext("maxValue", valueDateTime="2026-01-01T12:00:00Z"), "dateTime", "2026-01-01", "2026-01-01T13:00:01Z"),
    ],
)
def test_limits_hold(limit: Any, kind: str, good: Any, bad: Any) -> None:
    definition = taken(item("a", kind, extension=[limit]))
    assert meaning(definition, {"a": good}).errors == {}
    assert set(meaning(definition, {"a": bad}).errors) == {"a"}


def test_value_sets_that_came_with_the_form_are_read_by_id_and_by_address() -> None:
    nested = {"contains": [{"abstract": True, "display": "All", "contains": [{"code": "x", "display": "X"}]}]}
    words = {"resourceType": "CodeSystem", "url": "urn:c", "concept": [{"code": "y", "display": "Why"}]}
    sets = [
        {"resourceType": "ValueSet", "id": "one", "expansion": nested},
        {"resourceType": "ValueSet", "url": "urn:two", "compose": {"include": [{"system": "urn:c"}]}},
        words,
    ]
    one, two = item("a", "choice", answerValueSet="#one"), item("b", "choice", answerValueSet="urn:two|1")
    definition = taken(one, two, contained=sets)
    assert [option.text for name in "ab" for option in definition.item(name).options] == ["X", "Why"]
