"""Questionnaires as FHIR R4 JSON, for other systems; inside, nothing depends on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from intake.definition import Definition, EnableWhen, Item, Option, Score
from intake.fhir_items import HIDDEN, MORE, SCORE, SENSITIVE
from intake.fhir_limits import CONTROL, LIMITS, REGEX, UNIT, UNIT_OPTION, WHOLE, control
from intake.fhir_options import EXCLUSIVE, FLAG
from intake.fhir_responses import response
from intake.fhir_values import address, as_text, coding, number, plain_coding, valued
from intake.fhir_words import VALUE, WEIGHTS
from intake.fhirpath import expressions
from intake.stored import write

__all__ = ["address", "as_text", "questionnaire", "response"]

_CONTROLS = {"scale": "slider", "multi": "check-box", "choice": "radio-button", "body_map": "check-box"}
# What FHIR has no words for travels in an extension of ours, so that our own forms come back whole.
_MORE = ("why", "quotes", "stem", "row", "page", "regions", "rules")
_MORE_OF_ALL = ("slug", "closing", "recall", "minutes", "isForeign")

Json = dict[str, Any]


def questionnaire(definition: Definition) -> Json:
    """The definition as a FHIR R4 Questionnaire."""
    described = {"description": definition.intro, "copyright": definition.copyright}
    stored = write(definition)
    more = {name: stored[name] for name in _MORE_OF_ALL if name in stored}
    return {
        "resourceType": "Questionnaire",
        "extension": [{"url": MORE, "valueString": json.dumps(more, sort_keys=True)}],
        "url": address(definition),
        **({"version": definition.version} if definition.version else {}),
        "name": "".join(part.capitalize() for part in definition.slug.replace("-", "_").split("_")),
        "title": definition.title,
        "status": "active",
        "subjectType": ["Patient"],
        **{name: words for name, words in described.items() if words},
        "item": [
            *(_item(item, definition) for item in definition.items),
            *(_score(score, definition) for score in definition.scores if score.id not in definition.by_id),
        ],
    }


def _item(item: Item, definition: Definition) -> Json:
    words = [value for value in item.initial if not item.option(str(value))]
    shown: Json = {
        "linkId": item.link_id,
        "code": [plain_coding(code) for code in item.codes],
        "prefix": item.prefix,
        "text": item.text,
        "type": item.type,
        "required": item.required,
        "repeats": item.repeats,
        "readOnly": item.read_only,
        "maxLength": item.max_length,
        "enableWhen": [_enable_when(condition, definition) for condition in item.enable_when],
        "enableBehavior": item.enable_behavior,
        "answerOption": [_option(option, item, definition) for option in item.options],
        "initial": [valued(value, item, definition) for value in words],
        "extension": [*_item_extensions(item), *_calculation(item, definition)],
        "item": [*_side_texts(item), *(_item(child, definition) for child in item.items)],
    }
    return {name: value for name, value in shown.items() if value not in ("", [], None, False)}


def _item_extensions(item: Item) -> Iterator[Json]:
    if item.hidden:
        yield {"url": HIDDEN, "valueBoolean": True}
    if item.control in _CONTROLS:
        yield _control(_CONTROLS[item.control])
    yield from _limits(item)
    if item.pattern:
        yield {"url": REGEX, "valueString": item.pattern}
    for place, unit in enumerate(item.units):
        is_first = place == 0 and (len(item.units) == 1 or item.type != "quantity")
        yield {"url": UNIT if is_first else UNIT_OPTION, "valueCoding": plain_coding(unit)}
    if item.sensitive:
        yield {"url": SENSITIVE, "valueBoolean": True}
    more = {name: words for name, words in write(item).items() if name in _MORE}
    if item.control != control(item, [_CONTROLS.get(item.control, "")]):
        more["control"] = item.control
    if more:
        yield {"url": MORE, "valueString": json.dumps(more, sort_keys=True, ensure_ascii=False)}


def _limits(item: Item) -> Iterator[Json]:
    kind = "valueInteger" if item.type == "integer" else "valueDecimal"
    written = set()
    for url, (limit, moment) in LIMITS.items():
        if (found := getattr(item, limit)) is not None:
            yield {"url": url, kind: number(found)}
        if getattr(item, moment):
            yield {"url": url, f"value{VALUE[item.type]}": getattr(item, moment)}
    for url, field in WHOLE.items():
        if getattr(item, field) is not None and field not in written:
            written.add(field)
            yield {"url": url, "valueInteger": getattr(item, field)}


def _side_texts(item: Item) -> Iterator[Json]:
    """Help, and the words at both ends of a scale, as FHIR writes them: displays inside the question."""
    for side, words in (("help", item.help), ("lower", item.min_label), ("upper", item.max_label)):
        if words:
            link_id = f"{item.link_id}-{side}"
            yield {"linkId": link_id, "text": words, "type": "display", "extension": [_control(side)]}


def _control(code: str) -> Json:
    coding = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}
    return {"url": CONTROL, "valueCodeableConcept": {"coding": [coding]}}


def _option(option: Option, item: Item, definition: Definition) -> Json:
    extensions: list[Json] = [{"url": FLAG, "valueCode": flag} for flag in option.flags]
    if option.score is not None:
        extensions.append({"url": WEIGHTS[0], "valueDecimal": number(option.score)})
    if option.exclusive:
        extensions.append({"url": EXCLUSIVE, "valueBoolean": True})
    chosen = {"initialSelected": True} if any(str(value) == option.code for value in item.initial) else {}
    return {**({"extension": extensions} if extensions else {}), **_option_value(option, item, definition), **chosen}


def _option_value(option: Option, item: Item, definition: Definition) -> Json:
    if option.kind:
        return {f"value{VALUE[option.kind]}": int(option.code) if option.kind == "integer" else option.code}
    return {"valueCoding": coding(option, item, definition)}


def _enable_when(condition: EnableWhen, definition: Definition) -> Json:
    asked = definition.by_id.get(condition.question)
    if condition.operator == "exists":
        answer: Json = {"answerBoolean": condition.answer}
    elif (
        asked is None
        or asked.kind == "decimal"
        or (asked.kind == "integer" and condition.answer != int(condition.answer))
    ):
        answer = {"answerDecimal": write(condition.answer)}
    else:
        answer = valued(condition.answer, asked, definition, "answer")
    return {"question": condition.question, "operator": condition.operator, **answer}


def _calculation(item: Item, definition: Definition) -> list[Json]:
    score = definition.scores_by_id.get(item.link_id)
    return expressions(score, definition) if score else []


def _score(score: Score, definition: Definition) -> Json:
    """A score as a hidden, read-only number that another system can calculate for itself."""
    whole = {"url": SCORE, "valueString": json.dumps(write(score), sort_keys=True, ensure_ascii=False)}
    return {
        "extension": [{"url": HIDDEN, "valueBoolean": True}, whole, *expressions(score, definition)],
        "linkId": score.id,
        "text": score.label,
        "type": "decimal",
        "readOnly": True,
    }
