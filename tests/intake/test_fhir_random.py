"""Forms and answers at random: a slow reading of the FHIR file agrees with ours, and every form comes back whole."""

import json
from decimal import Decimal
from typing import Any

from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake import fhir
from intake.compiling import DefinitionProblems
from intake.definition import Definition
from intake.evaluation import Result
from intake.fhir_reading import compile_fhir
from intake.shape import Problem
from tests.intake.build import meaning
from tests.intake.fhir_forms import HL7, ORDINAL, calculated, coding, ext, resource

Json = dict[str, Any]
CODES = ["x", "y", "z"]
KINDS = ["boolean", "integer", "decimal", "date", "time", "string", "choice", "open-choice", "quantity"]
GIVEN: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": st.integers(0, 3),
    "decimal": st.sampled_from([Decimal("0.5"), Decimal("1.50"), Decimal(2)]),
    "date": st.sampled_from(["2025", "2026-03", "2026-03-31", "2027-01-01"]),
    "time": st.sampled_from(["09:00:00", "10:30:00"]),
    "string": st.sampled_from(["tea", "rest"]),
    "choice": st.sampled_from(CODES),
    "open-choice": st.sampled_from([*CODES, "tea"]),
    "quantity": st.sampled_from(["1 kg", "2 kg", "2 g"]),
}
ORDERED = ("integer", "decimal", "date", "time", "quantity")


@st.composite
def forms(draw: st.DrawFn) -> Json:
    """Questions of every type, groups and one group that repeats, each looking at some that stand before it."""
    asked: list[Json] = []
    items = [draw(_item(f"q/{number}", asked)) for number in range(draw(st.integers(2, 6)))]
    row_asked: list[Json] = []
    rows = [draw(_item(f"r.{number}", [*asked, *row_asked], row_asked)) for number in range(draw(st.integers(0, 3)))]
    if draw(st.booleans()):
        cut = draw(st.integers(0, len(items) - 1))
        items[cut:] = [{"linkId": "g", "type": "group", "text": "Group", "item": items[cut:]}]
    if rows:
        items.append({"linkId": "rows", "type": "group", "repeats": True, "item": rows})
    scored = [each["linkId"] for each in asked if each["type"] == "choice"]
    if scored:
        path = " | ".join(f"'{name}'" for name in scored)
        items.append(
            calculated("total", f"%resource.repeat(item).where(linkId in ({path})).answer.value.ordinal().sum()")
        )
    return resource(*items)


@st.composite
def _item(draw: st.DrawFn, link_id: str, known: list[Json], keep: list[Json] | None = None) -> Json:
    kind = draw(st.sampled_from(KINDS))
    made: Json = {"linkId": link_id, "text": f"Ask {link_id}", "type": kind}
    if kind in ("choice", "open-choice"):
        weights = [[ext(ORDINAL, valueDecimal=draw(st.integers(0, 4)))] for _ in CODES]
        made["answerOption"] = [coding(code, extension=weight) for code, weight in zip(CODES, weights, strict=True)]
        made["repeats"] = draw(st.booleans())
    if kind == "quantity":
        made["extension"] = [ext(f"{HL7}questionnaire-unitOption", valueCoding={"code": unit}) for unit in ("kg", "g")]
    made["required"] = draw(st.booleans())
    conditions = (
        [draw(_condition(each)) for each in draw(st.lists(st.sampled_from(known), max_size=2))] if known else []
    )
    if conditions:
        made |= {"enableWhen": conditions, "enableBehavior": draw(st.sampled_from(["all", "any"]))}
    (known if keep is None else keep).append(made)
    return made


@st.composite
def _condition(draw: st.DrawFn, asked: Json) -> Json:
    kind = asked["type"]
    signs = ["exists", "=", "!=", *([">", "<", ">=", "<="] if kind in ORDERED else [])]
    sign = draw(st.sampled_from(signs))
    made = {"question": asked["linkId"], "operator": sign}
    if sign == "exists":
        return {**made, "answerBoolean": draw(st.booleans())}
    wanted = draw(GIVEN[kind])
    if kind == "quantity":
        number, unit = wanted.split()
        return {**made, "answerQuantity": {"value": int(number), "code": unit}}
    if kind in ("choice", "open-choice") and wanted in CODES:
        return {**made, "answerCoding": {"system": "urn:x", "code": wanted}}
    name = "String" if kind in ("string", "open-choice") else kind.capitalize()
    return {**made, f"answer{name}": wanted}


@st.composite
def filled(draw: st.DrawFn, form: Json) -> Json:
    """Answers to some of the questions, in any order, stale ones and rows too."""
    questions = [each for each in _walk(form["item"]) if each["type"] in GIVEN and each["linkId"] != "total"]
    order = draw(st.permutations(questions))
    answers: Json = {}
    rows: list[Json] = [{} for _ in range(draw(st.integers(0, 3)))]
    for each in order:
        places = rows if each["linkId"].startswith("r.") else [answers]
        for place in places:
            if draw(st.integers(0, 3)):
                several = st.lists(GIVEN[each["type"]], unique=True, min_size=1, max_size=2)
                place[each["linkId"]] = draw(several if each.get("repeats") else GIVEN[each["type"]])
    return {**answers, **({"rows": rows} if any(rows) else {})}


def _walk(items: list[Json]) -> list[Json]:
    return [inner for each in items for inner in (each, *_walk(each.get("item", [])))]


# The oracle: looks every answer up again for every condition, straight from the file.


class Naive:
    def __init__(self, form: Json, answers: Json, row: Json | None = None) -> None:
        self.items = {each["linkId"]: each for each in _walk(form["item"])}
        self.above = {child["linkId"]: each for each in self.items.values() for child in each.get("item", [])}
        self.answers = {**answers, **(row or {})}

    def shows(self, name: str) -> bool:
        if name in self.above and not self.shows(self.above[name]["linkId"]):
            return False
        item = self.items[name]
        each = [self.holds(condition) for condition in item.get("enableWhen", [])]
        return not each or (any(each) if item["enableBehavior"] == "any" else all(each))

    def given(self, name: str) -> list[Any]:
        answer = self.answers.get(name) if self.shows(name) else None
        return [] if answer is None else answer if isinstance(answer, list) else [answer]

    def holds(self, condition: Json) -> bool:
        given = self.given(condition["question"])
        ((name, wanted),) = ((name, value) for name, value in condition.items() if name.startswith("answer"))
        sign = condition["operator"]
        if sign == "exists":
            return bool(bool(given) == wanted)
        is_met = [self.compares("=" if sign == "!=" else sign, each, name, wanted) for each in given]
        return not any(is_met) if sign == "!=" else any(is_met)

    @staticmethod
    def compares(sign: str, given: Any, name: str, wanted: Any) -> bool:
        if name == "answerQuantity":
            number, unit = given.split()
            if unit != wanted["code"]:
                return False
            given, wanted = int(number), wanted["value"]
        elif name == "answerCoding":
            wanted = wanted["code"]
        elif name == "answerString":
            return bool(given == wanted and sign == "=")
        elif name in ("answerDate", "answerTime"):
            shared = min(len(given), len(wanted))
            given, wanted = given[:shared], wanted[:shared]
        is_met = {"=": given == wanted, ">": given > wanted, "<": given < wanted}
        return bool(is_met[sign] if sign in is_met else is_met[sign[0]] or is_met["="])


def naive_enabled(form: Json, answers: Json) -> set[str]:
    rows = answers.get("rows") or [{}]
    rows = [row for row in rows if row] or [{}]
    inside = {each["linkId"] for each in _walk(form["item"]) if each["linkId"].startswith("r.")}
    alone = Naive(form, answers)
    found = {name for name in alone.items if name not in inside and alone.shows(name)}
    return found | {name for row in rows for name in inside if Naive(form, answers, row).shows(name)}


def naive_total(form: Json, answers: Json) -> int | None:
    seen = Naive(form, answers)
    numbers = [
        option["extension"][0]["valueDecimal"]
        for name, each in seen.items.items()
        if each["type"] == "choice" and name.startswith("q/")
        for code in seen.given(name)
        for option in each["answerOption"]
        if option["valueCoding"]["code"] == code
    ]
    return sum(numbers) if numbers else None


RANDOM = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def taken(form: Json) -> Definition:
    return compile_fhir(json.dumps(form, default=float), "random.json")


@RANDOM
@given(forms())
def test_any_form_comes_back_whole(form: Json) -> None:
    definition = taken(form)
    assert compile_fhir(fhir.as_text(fhir.questionnaire(definition)), "again.json") == definition
    assert Definition.from_json(json.loads(json.dumps(definition.to_json()))) == definition


@RANDOM
@given(st.data())
def test_any_answers_mean_what_a_slow_reading_of_the_file_says(data: st.DataObject) -> None:
    form = data.draw(forms())
    answers = data.draw(filled(form))
    definition = taken(form)
    found = meaning(definition, answers)
    assert set(found.enabled) == naive_enabled(form, answers)
    if "total" in definition.scores_by_id:
        assert found.scores["total"] == naive_total(form, answers)
    _leaves_well(definition, found)


def _leaves_well(definition: Definition, found: Result) -> None:
    """The response is valid, in the order of the form, and holds nothing that is hidden or empty."""
    text = fhir.as_text(fhir.response(definition, found))
    QuestionnaireResponse.model_validate_json(text)
    order = list(definition.by_id)

    def look(items: list[Json]) -> None:
        names = [each["linkId"] for each in items]
        assert names == sorted(names, key=order.index)
        for each in items:
            assert each["linkId"] in found.enabled
            assert each.get("answer") or each.get("item")
            look(each.get("item", []))

    look(json.loads(text).get("item", []))


@given(st.text(max_size=40), st.sampled_from(["text", "regex", "expression"]))
def test_no_text_in_a_file_breaks_the_reading(text: str, where: str) -> None:
    made: Json = {"linkId": "a", "type": "string", "text": text}
    if where == "regex":
        made["extension"] = [ext("regex", valueString=text)]
    form = resource(calculated("a", text) if where == "expression" else made)
    assert all(each.path and each.reason for each in problems(form))


def problems(form: Json) -> list[Problem]:
    try:
        meaning(taken(form), {"a": "words"})
    except DefinitionProblems as found:
        return found.problems
    return []
