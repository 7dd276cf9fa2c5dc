"""Questionnaires as other vendors write them: each is taken in whole, or refused with the name of what is not there."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.compiling import DefinitionProblems
from intake.definition import Definition
from intake.evaluation import Context, evaluate
from intake.fhir import questionnaire
from intake.fhir_reading import compile_text
from tests.cast import NOW

pytestmark = pytest.mark.once
SD = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
LOINC, SCT, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
OFTEN = (
    ("LA6568-5", "Not at all"),
    ("LA6569-3", "Several days"),
    ("LA6570-1", "More than half"),
    ("LA6571-9", "Nearly"),
)
Json = dict[str, Any]


def ext(url: str, **value: Any) -> Json:
    return {"url": url, **value}


def weighed(code: str, words: str, weight: int, url: str = f"{SD}itemWeight") -> Json:
    coding = {"system": LOINC, "code": code, "display": words, "extension": [ext(url, valueDecimal=weight)]}
    return {"valueCoding": coding}


def control(code: str) -> Json:
    coding = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code, "display": code}
    return ext(f"{SD}questionnaire-itemControl", valueCodeableConcept={"coding": [coding]})


def resource(*items: Json, **more: Any) -> str:
    made = {"resourceType": "Questionnaire", "id": "foreign", "status": "active", "title": "Foreign", **more}
    return json.dumps({**made, "item": list(items)})


def frequency(link_id: str, code: str, text: str, url: str = f"{SD}itemWeight") -> Json:
    options = [weighed(each, words, n, url) for n, (each, words) in enumerate(OFTEN)]
    codes = [{"system": LOINC, "code": code, "display": text}]
    return {"linkId": link_id, "type": "choice", "code": codes, "text": text, "required": True, "answerOption": options}


GAD = resource(
    {
        "linkId": "/69737-5", "type": "group", "text": "Over the last 2 weeks, how often have you been bothered?",
        "code": [{"system": LOINC, "code": "69737-5"}],
        "item": [frequency(f"/{code}", code, f"Question {code}") for code in ("69725-0", "68509-9", "69733-4")],
    },
    {
        "linkId": "/70274-6", "type": "decimal", "text": "Total score", "readOnly": True,
        "extension": [ext(f"{SDC}sdc-questionnaire-calculatedExpression", valueExpression={
            "language": "text/fhirpath",
            "expression": "%resource.item.item.answer.value.extension('http://hl7.org/fhir/StructureDefinition/itemWeight')"
                          ".value.sum()",
        })],
    },
    url="http://example.org/gad", version="2.1", publisher="Somebody", language="en",
    code=[{"system": LOINC, "code": "69737-5"}],
)  # fmt: skip
ORDINAL = resource(frequency("a", "1-8", "How often?", f"{SD}ordinalValue"))
NESTED = resource(
    {"linkId": "1", "type": "group", "prefix": "A.", "text": "Part", "item": [
        {"linkId": "1.1", "type": "group", "item": [
            {"linkId": "1.1.1", "type": "group", "item": [{"linkId": "1.1.1.1", "type": "boolean", "text": "Deep?"}]},
        ]},
        {"linkId": "1.2", "type": "string", "text": "If so, where?", "maxLength": 40,
         "enableWhen": [{"question": "1.1.1.1", "operator": "=", "answerBoolean": True}]},
    ]},
)  # fmt: skip
CONTAINED = resource(
    {"linkId": "side", "type": "choice", "text": "Which side?", "answerValueSet": "#sides",
     "extension": [control("drop-down")]},
    {"linkId": "why", "type": "text", "text": "Tell me more",
     "enableWhen": [{"question": "side", "operator": "!=", "answerCoding": {"system": SCT, "code": "7771000"}}]},
    contained=[{"resourceType": "ValueSet", "id": "sides", "status": "active", "compose": {"include": [
        {"system": SCT, "concept": [{"code": "7771000", "display": "Left"}, {"code": "24028007", "display": "Right"}]},
    ]}}],
)  # fmt: skip
MEASURES = resource(
    {"linkId": "weight", "type": "quantity", "text": "Weight", "extension": [
        ext(f"{SD}questionnaire-unitOption", valueCoding={"system": UCUM, "code": "kg", "display": "kg"}),
        ext(f"{SD}questionnaire-unitOption", valueCoding={"system": UCUM, "code": "[lb_av]", "display": "pounds"}),
    ]},
    {"linkId": "temp", "type": "decimal", "text": "Temperature", "extension": [
        ext(f"{SD}questionnaire-unit", valueCoding={"system": UCUM, "code": "Cel", "display": "°C"}),
        ext(f"{SD}minValue", valueDecimal=30), ext(f"{SD}maxValue", valueDecimal=45),
        ext(f"{SD}maxDecimalPlaces", valueInteger=1),
    ]},
    {"linkId": "pain", "type": "integer", "text": "Pain", "extension": [
        control("slider"), ext(f"{SD}minValue", valueInteger=0), ext(f"{SD}maxValue", valueInteger=10),
        ext(f"{SD}questionnaire-sliderStepValue", valueInteger=1),
    ]},
    {"linkId": "post", "type": "string", "text": "Post code", "maxLength": 8, "extension": [
        ext(f"{SD}regex", valueString="[A-Z]{1,2}[0-9R][0-9A-Z]? ?[0-9][A-Z]{2}"),
        ext(f"{SD}minLength", valueInteger=5),
    ]},
)  # fmt: skip
LISTS = resource(
    {"linkId": "past", "type": "choice", "repeats": True, "text": "Have you had?", "extension": [control("check-box")],
     "answerOption": [
         {"valueCoding": {"system": SCT, "code": "38341003", "display": "Blood pressure"}, "initialSelected": True},
         {"valueCoding": {"system": SCT, "code": "84757009", "display": "Epilepsy"}},
         {"valueCoding": {"code": "none", "display": "None"},
          "extension": [ext(f"{SD}questionnaire-optionExclusive", valueBoolean=True)]},
     ]},
    {"linkId": "other", "type": "open-choice", "text": "How did you hear of us?",
     "answerOption": [{"valueString": "A friend"}, {"valueString": "My doctor"}]},
    {"linkId": "meds", "type": "group", "repeats": True, "text": "Medicine", "extension": [control("gtable")],
     "item": [{"linkId": "meds.name", "type": "string", "text": "Name", "required": True},
              {"linkId": "meds.since", "type": "date", "text": "Since"}]},
    {"linkId": "ours", "type": "string", "text": "Version of the app", "initial": [{"valueString": "3"}],
     "extension": [ext(f"{SD}questionnaire-hidden", valueBoolean=True)]},
)  # fmt: skip
TAKEN = {"GAD": GAD, "ordinal": ORDINAL, "nested": NESTED, "contained": CONTAINED, "measures": MEASURES, "lists": LISTS}


def taken(text: str) -> tuple[Definition | None, list[str]]:
    """The form, or why it is refused."""
    try:
        return compile_text(text, "foreign"), []
    except DefinitionProblems as refused:
        return None, [each.reason for each in refused.problems]


def refusals(text: str) -> list[str]:
    form, problems = taken(text)
    assert form is None
    return problems


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken_in_and_leaves_equal_in_meaning(name: str) -> None:
    first = compile_text(TAKEN[name], "foreign")
    second = compile_text(json.dumps(questionnaire(first)), "foreign")

    assert second.items == first.items
    assert second.scores == first.scores


def _meant(form: Definition, **answers: Any) -> Any:
    return evaluate(
        form, {name.replace("__", "/"): value for name, value in answers.items()}, Context(today=NOW.date())
    )


def test_weights_are_added_up_as_their_expression_says() -> None:
    form = compile_text(GAD, "foreign")
    answers = {"/69725-0": "LA6571-9", "/68509-9": "LA6569-3", "/69733-4": "LA6568-5"}

    found = evaluate(form, answers, Context(today=NOW.date()))

    assert [float(value) for value in found.scores.values() if value is not None] == [4.0]


def test_conditions_limits_units_and_patterns_hold() -> None:
    contained, measures = compile_text(CONTAINED, "foreign"), compile_text(MEASURES, "foreign")
    assert "why" not in _meant(contained, side="7771000").enabled
    assert "why" in _meant(contained, side="24028007").enabled
    right = {"weight": "70.5 kg", "temp": "36.6", "pain": 10, "post": "SW1A 1AA"}
    assert _meant(measures, **right).errors == {}
    wrong = {"weight": "70 stone", "temp": "36.66", "pain": 11, "post": "no"}
    assert set(_meant(measures, **wrong).errors) == set(right)


REFUSED: dict[str, dict[str, Any]] = {
    "attachment": {"linkId": "a", "type": "attachment", "text": "A photo"},
    "reference": {"linkId": "a", "type": "reference", "text": "Who"},
    "value set": {"linkId": "a", "type": "choice", "text": "T", "answerValueSet": "http://example.org/vs"},
    "initialExpression": {"linkId": "a", "type": "string", "text": "T", "extension": [
        ext(f"{SDC}sdc-questionnaire-initialExpression",
            valueExpression={"language": "text/fhirpath", "expression": "%patient.name"})]},
    "unitValueSet": {"linkId": "a", "type": "quantity", "text": "T", "extension": [
        ext(f"{SD}questionnaire-unitValueSet", valueCanonical="http://example.org/units")]},
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_there_is_refused_by_name_and_place(name: str) -> None:
    found = refusals(resource(REFUSED[name]))

    assert any(each.startswith("unsupported: ") and name.casefold() in each.casefold() for each in found), found
    assert any("item[a]" in each for each in found), found


TRANSLATED = {
    "extension": [
        ext(f"{SD}translation", extension=[ext("lang", valueCode="de"), ext("content", valueString="Wie geht es?")])
    ]
}


def test_words_in_other_languages_are_kept_out_by_name_or_passed_over() -> None:
    """Whichever it is, the words that are asked are those of the form's own language."""
    item = {"linkId": "a", "type": "string", "text": "How are you?", "_text": TRANSLATED}
    form, problems = taken(resource(item, language="en"))

    assert any("unsupported: " in each for each in problems) or (form and form.item("a").text == "How are you?")


CONTROLS = [
    "radio-button",
    "check-box",
    "drop-down",
    "autocomplete",
    "text-box",
    "slider",
    "spinner",
    "lookup",
    "unknown",
]


@pytest.mark.parametrize("code", CONTROLS)
def test_a_hint_how_to_show_it_never_changes_what_is_asked(code: str) -> None:
    item = {**frequency("a", "1-8", "How often?"), "extension": [control(code)]}
    form, problems = taken(resource(item))

    codes = [option.code for option in form.item("a").options] if form else []
    assert codes == [each for each, _ in OFTEN] or any(code in each for each in problems)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
PLACES = ["item", "title", "id", "url", "contained", "extension", "language", "resourceType", "version", "status"]
INSIDE = ["linkId", "type", "text", "answerOption", "enableWhen", "extension", "initial", "item", "required", "repeats",
          "code", "prefix", "maxLength", "answerValueSet", "enableBehavior", "readOnly"]  # fmt: skip


def _never_breaks(text: str) -> None:
    form, problems = taken(text)
    assert bool(form) != bool(problems)
    assert all(problems)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(TAKEN)), st.sampled_from(PLACES), JUNK)
def test_whatever_stands_in_a_resource_is_taken_or_refused_and_never_breaks(name: str, place: str, junk: Any) -> None:
    _never_breaks(json.dumps({**json.loads(TAKEN[name]), place: junk}))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(TAKEN)), st.sampled_from(INSIDE), JUNK)
def test_whatever_stands_in_an_item_is_taken_or_refused_and_never_breaks(name: str, place: str, junk: Any) -> None:
    made = json.loads(TAKEN[name])
    made["item"][0][place] = junk
    _never_breaks(json.dumps(made))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(TAKEN)), st.integers(0, 3000))
def test_a_file_that_was_cut_off_is_refused_in_words(name: str, end: int) -> None:
    _never_breaks(TAKEN[name][:end])


@settings(max_examples=60, deadline=None)
@given(JUNK)
def test_any_json_at_all_is_refused_in_words(junk: Any) -> None:
    _never_breaks(json.dumps(junk))
