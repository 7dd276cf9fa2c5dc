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
    is_odd = any(option.exclusive for name in score.items for option in definition.item(name).options)
    if score.method == "count" and is_odd:
        return []
    answered = ".combine(".join(_numbers(definition.item(link_id), score) for link_id in score.items)
    answered += ")" * (len(score.items) - 1)
    least = score.minimum_answered
    added = "%answered.sum()" if least else "%answered.aggregate($this + $total, 0)"  # `sum()` of nothing is nothing
    means = {"mean": "%answered.sum() / %answered.count()", "count": "%answered.count()", "sum": added}
    formula = f"{means[score.method]} * {write(score.factor)}"
    formula = f"iif(%answered.count() >= {least}, {formula}, {{}})" if least else formula
    return [_expression(_VARIABLE, answered, name="answered"), _expression(_CALCULATED, formula)]


def _numbers(item: Item, score: Score) -> str:
    name = item.link_id.replace("\\", "\\\\").replace("'", "\\'")
    answers = f"%resource.descendants().where(linkId = '{name}').answer.value"
    if score.method == "count" or not any(option.score is not None for option in item.options):
        return answers
    options = f"%questionnaire.descendants().where(linkId = '{name}').answerOption"
    return f"{options}.where(value.code in {answers}.code).extension.where(url = '{_ORDINAL}').value"


def _expression(url: str, expression: str, **more: str) -> dict[str, Any]:
    return {"url": url, "valueExpression": {**more, "language": "text/fhirpath", "expression": expression}}
