"""What was answered, as a FHIR R4 QuestionnaireResponse: what is enabled and not empty, in the form's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from intake.definition import IN_PERSON, Definition, Item
from intake.evaluation import Result, Values
from intake.fhir_values import address, number, valued
from intake.fhir_words import HL7

# FHIR's words for why there is no value: they will not say, or will say it in person.
_ABSENT = {IN_PERSON: "temp-unknown"}
_PLACES = Decimal("0.00000001")

Json = dict[str, Any]


def response(definition: Definition, result: Result, *, authored: datetime | None = None) -> Json:
    """What was answered, as a FHIR R4 QuestionnaireResponse: enabled and non-empty items only, in order."""
    items = [*_answered(definition.items, definition, result, result.values), *_scored(definition, result)]
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "|".join(filter(None, [address(definition), definition.version])),
        "status": "in-progress" if result.errors else "completed",
        **({"authored": authored.isoformat()} if authored else {}),
        **({"item": items} if items else {}),
    }


def _answered(items: tuple[Item, ...], definition: Definition, result: Result, values: Values) -> Iterator[Json]:
    for item in items:
        named = {"linkId": item.link_id, **({"text": item.text} if item.text else {})}
        if item.is_rows:
            for row in result.rows.get(item.link_id, ()):
                inner = list(_answered(item.items, definition, result, row.values))
                yield from [{**named, "item": inner}] if inner else []
            continue
        inner = list(_answered(item.items, definition, result, values))
        answers = _answers(item, definition, values)
        if answers and inner:  # questions under a question go inside its answer
            answers[0]["item"] = inner
        found = {"answer": answers} if answers else {"item": inner} if inner else _absent(item, result)
        if found:
            yield {**named, **found}


def _answers(item: Item, definition: Definition, values: Values) -> list[Json]:
    given = values.get(item.link_id, ())
    if item.link_id in definition.scores_by_id:
        given = tuple(_rounded(value, item) for value in given if isinstance(value, (int, Decimal)))
    return [valued(value, item, definition) for value in given]


def _rounded(value: int | Decimal, item: Item) -> Decimal:
    """A calculated number as exact as can be written."""
    exact = Decimal(value)
    if item.type == "integer" or exact == exact.to_integral_value():
        return exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return exact.quantize(_PLACES, rounding=ROUND_HALF_UP).normalize()


def _absent(item: Item, result: Result) -> Mapping[str, Any]:
    code = result.declined.get(item.link_id)
    reason = {"url": f"{HL7}/data-absent-reason", "valueCode": _ABSENT.get(code or "", "asked-declined")}
    return {"extension": [reason]} if code else {}


def _scored(definition: Definition, result: Result) -> Iterator[Json]:
    """The scores of our own forms, which stand behind the questions."""
    for score in definition.scores:
        value = result.scores[score.id]
        if value is not None and score.id not in definition.by_id:
            yield {"linkId": score.id, "text": score.label, "answer": [{"valueDecimal": number(value)}]}
