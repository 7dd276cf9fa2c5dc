"""Questionnaires and responses as FHIR R4 JSON, for other systems; inside, nothing depends on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from intake.definition import IN_PERSON, Definition, EnableWhen, Item, Option, Score, Value
from intake.evaluation import Result
from intake.fhirpath import expressions
from intake.shape import Problem
from intake.stored import write

BASE = "https://stillpoint.example/fhir"
HL7 = "http://hl7.org/fhir/StructureDefinition"
_CONTROLS = {"scale": "slider", "multi": "check-box", "choice": "radio-button", "body_map": "check-box"}
# FHIR's words for why there is no value: they will not say, or will say it in person.
_ABSENT = {IN_PERSON: "temp-unknown"}

Json = dict[str, Any]


def questionnaire(definition: Definition) -> Json:
    """The definition as a FHIR R4 Questionnaire."""
    described = {"description": definition.intro} if definition.intro else {}
    return {
        "resourceType": "Questionnaire",
        "url": address(definition),
        "version": definition.version,
        "name": "".join(part.capitalize() for part in definition.slug.replace("-", "_").split("_")),
        "title": definition.title,
        "status": "active",
        "subjectType": ["Patient"],
        **described,
        "item": [*(_item(item, definition) for item in definition.items), *map(_score, _scores(definition))],
    }


def address(definition: Definition) -> str:
    """The canonical address of a definition, without its version."""
    return f"{BASE}/Questionnaire/{definition.slug}"


def response(definition: Definition, result: Result, *, authored: datetime | None = None) -> Json:
    """What was answered, as a FHIR R4 QuestionnaireResponse: enabled and non-empty items only, in order."""
    items = [*_answered(definition.items, definition, result), *_scored(definition, result)]
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{address(definition)}|{definition.version}",
        "status": "in-progress" if result.errors else "completed",
        **({"authored": authored.isoformat()} if authored else {}),
        **({"item": items} if items else {}),
    }


def import_problems(resource: Any) -> list[Problem]:
    """Why a FHIR resource cannot be taken in: reading foreign questionnaires is not offered, and we say so."""
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if kind != "Questionnaire":
        return [Problem("resourceType", f"is {kind or 'missing'}; a FHIR R4 Questionnaire is wanted")]
    return [Problem("resourceType", "unsupported: FHIR JSON can be written but not read yet; give a YAML file")]


def _item(item: Item, definition: Definition) -> Json:
    shown: Json = {
        "linkId": item.link_id,
        "text": item.text,
        "type": item.type,
        "required": item.required,
        "repeats": item.repeats,
        "readOnly": item.read_only,
        "maxLength": item.max_length,
        "enableWhen": [_enable_when(condition, definition) for condition in item.enable_when],
        "enableBehavior": item.enable_behavior,
        "answerOption": [_option(option, item, definition) for option in item.options],
        "initial": [_valued(item.type, item.initial, item, definition)] if item.initial is not None else [],
        "extension": list(_item_extensions(item)),
        "item": [*_side_texts(item), *(_item(child, definition) for child in item.items)],
    }
    return {name: value for name, value in shown.items() if value not in ("", [], None, False)}


def _item_extensions(item: Item) -> Iterator[Json]:
    if item.hidden:
        yield {"url": f"{HL7}/questionnaire-hidden", "valueBoolean": True}
    if item.control in _CONTROLS:
        yield _control(_CONTROLS[item.control])
    kind = "valueInteger" if item.type == "integer" else "valueDecimal"
    for name, limit in (("minValue", item.minimum), ("maxValue", item.maximum)):
        if limit is not None:
            yield {"url": f"{HL7}/{name}", kind: write(limit)}
    if item.sensitive:
        yield {"url": f"{BASE}/StructureDefinition/sensitive", "valueBoolean": True}


def _side_texts(item: Item) -> Iterator[Json]:
    """Help, and the words at both ends of a scale, as FHIR writes them: displays inside the question."""
    for control, words in (("help", item.help), ("lower", item.min_label), ("upper", item.max_label)):
        if words:
            link_id = f"{item.link_id}-{control}"
            yield {"linkId": link_id, "text": words, "type": "display", "extension": [_control(control)]}


def _control(code: str) -> Json:
    coding = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}
    return {"url": f"{HL7}/questionnaire-itemControl", "valueCodeableConcept": {"coding": [coding]}}


def _option(option: Option, item: Item, definition: Definition) -> Json:
    extensions: list[Json] = [{"url": f"{BASE}/StructureDefinition/flag", "valueCode": flag} for flag in option.flags]
    if option.score is not None:
        extensions.append({"url": f"{HL7}/ordinalValue", "valueDecimal": write(option.score)})
    if option.exclusive:
        extensions.append({"url": f"{HL7}/questionnaire-optionExclusive", "valueBoolean": True})
    return {**({"extension": extensions} if extensions else {}), "valueCoding": _coding(option.code, item, definition)}


def _coding(code: object, item: Item, definition: Definition) -> Json:
    system = "body-region" if item.regions else f"{definition.slug}-{item.link_id}"
    option = item.option(code)
    return {
        "system": f"{BASE}/CodeSystem/{system}",
        "code": str(code),
        **({"display": option.text} if option else {}),
    }


def _enable_when(condition: EnableWhen, definition: Definition) -> Json:
    asked = definition.by_id.get(condition.question)
    kind = "boolean" if condition.operator == "exists" else asked.type if asked else "decimal"
    answer = _valued(kind, condition.answer, asked, definition, prefix="answer")
    return {"question": condition.question, "operator": condition.operator, **answer}


def _valued(kind: str, value: Value, item: Item | None, definition: Definition, prefix: str = "value") -> Json:
    """A value under FHIR's name for its type: valueCoding, answerInteger and so on."""
    if kind == "choice" and item:
        return {f"{prefix}Coding": _coding(value, item, definition)}
    name = {"text": "String"}.get(kind, kind.capitalize())
    return {f"{prefix}{name}": write(Decimal(value) if kind == "decimal" else value)}


def _scores(definition: Definition) -> list[tuple[Score, Definition]]:
    return [(score, definition) for score in definition.scores]


def _score(scored: tuple[Score, Definition]) -> Json:
    """A score as a hidden, read-only number that another system can calculate for itself."""
    score, definition = scored
    return {
        "extension": [{"url": f"{HL7}/questionnaire-hidden", "valueBoolean": True}, *expressions(score, definition)],
        "linkId": score.id,
        "text": score.label,
        "type": "decimal",
        "readOnly": True,
    }


def _answered(items: tuple[Item, ...], definition: Definition, result: Result) -> Iterator[Json]:
    for item in items:
        inner = list(_answered(item.items, definition, result))
        answers = [_valued(item.type, value, item, definition) for value in result.values.get(item.link_id, ())]
        if answers and inner:  # questions under a question go inside its answer
            answers[0]["item"] = inner
        found = {"answer": answers} if answers else {"item": inner} if inner else _absent(item, result)
        if found:
            yield {"linkId": item.link_id, **({"text": item.text} if item.text else {}), **found}


def _absent(item: Item, result: Result) -> Mapping[str, Any]:
    code = result.declined.get(item.link_id)
    reason = {"url": f"{HL7}/data-absent-reason", "valueCode": _ABSENT.get(code or "", "asked-declined")}
    return {"extension": [reason]} if code else {}


def _scored(definition: Definition, result: Result) -> Iterator[Json]:
    for score in definition.scores:
        value = result.scores[score.id]
        if value is not None:
            yield {"linkId": score.id, "text": score.label, "answer": [{"valueDecimal": write(value)}]}
