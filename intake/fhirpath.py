"""Scores as FHIRPath, so that a system which reads our questionnaires can calculate them too."""

from __future__ import annotations

from typing import Any

from intake.definition import Definition, Item, Score
from intake.stored import write

_CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
_VARIABLE = "http://hl7.org/fhir/StructureDefinition/variable"
_ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


def expressions(score: Score, definition: Definition) -> list[dict[str, Any]]:
    """The extensions that calculate a score: what was answered, then the mean or sum of it."""
    if score.method == "count":
        return []
    answered = ".combine(".join(_numbers(definition.item(link_id)) for link_id in score.items)
    answered += ")" * (len(score.items) - 1)
    total = "%answered.sum()" + (" / %answered.count()" if score.method == "mean" else "")
    formula = f"iif(%answered.count() >= {score.minimum_answered}, {total} * {write(score.factor)}, {{}})"
    return [_expression(_VARIABLE, answered, name="answered"), _expression(_CALCULATED, formula)]


def _numbers(item: Item) -> str:
    answers = f"%resource.descendants().where(linkId = '{item.link_id}').answer.value"
    if item.type != "choice":
        return answers
    options = f"%questionnaire.descendants().where(linkId = '{item.link_id}').answerOption"
    return f"{options}.where(value.code in {answers}.code).extension.where(url = '{_ORDINAL}').value"


def _expression(url: str, expression: str, **more: str) -> dict[str, Any]:
    return {"url": url, "valueExpression": {**more, "language": "text/fhirpath", "expression": expression}}
