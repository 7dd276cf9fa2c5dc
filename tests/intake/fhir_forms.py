"""Small FHIR questionnaires for tests, written as other people write them."""

import json
from typing import Any

from intake.compiling import DefinitionProblems
from intake.definition import Definition
from intake.fhir_reading import compile_fhir

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
ORDINAL = f"{HL7}ordinalValue"


def resource(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "status": "active", "title": "T", "item": list(items), **more}


def item(link_id: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "text": f"Ask {link_id}", "type": kind, **more}


def coding(code: str, system: str = "urn:x", **more: Any) -> dict[str, Any]:
    return {"valueCoding": {"system": system, "code": code, "display": code.upper()}, **more}


def weighed(code: str, weight: Any, url: str = ORDINAL) -> dict[str, Any]:
    return coding(code, extension=[{"url": url, "valueDecimal": weight}])


def choice(link_id: str, *options: Any, **more: Any) -> dict[str, Any]:
    made = [option if isinstance(option, dict) else coding(option) for option in options]
    return item(link_id, "choice", answerOption=made, **more)


def when(question: str, operator: str, **answer: Any) -> dict[str, Any]:
    return {"question": question, "operator": operator, **answer}


def ext(name: str, **value: Any) -> dict[str, Any]:
    return {"url": name if name.startswith("http") else HL7 + name, **value}


def expression(url: str, text: str, **more: Any) -> dict[str, Any]:
    return {"url": url, "valueExpression": {"language": "text/fhirpath", "expression": text, **more}}


def calculated(link_id: str, text: str, *extensions: dict[str, Any], kind: str = "decimal") -> dict[str, Any]:
    return item(link_id, kind, extension=[expression(f"{SDC}calculatedExpression", text), *extensions])


def taken(*items: dict[str, Any], **more: Any) -> Definition:
    return read(resource(*items, **more))


def read(stored: dict[str, Any]) -> Definition:
    return compile_fhir(json.dumps(stored, default=float), "f.json")


def refused(*items: dict[str, Any], **more: Any) -> list[str]:
    """The problems of a form, as path: reason."""
    try:
        taken(*items, **more)
    except DefinitionProblems as found:
        return [f"{each.path}: {each.reason}" for each in found.problems]
    return []


EVERY_TYPE = [
    item("a group", "group", item=[
        item("words/1", "string", required=True, maxLength=20),
        item("at.what.time", "time"),
        item("when did it start?", "dateTime"),
        item("how heavy", "quantity", extension=[
            ext("questionnaire-unitOption", **coding("kg", "http://unitsofmeasure.org")),
            ext("questionnaire-unitOption", **coding("[lb_av]", "http://unitsofmeasure.org")),
        ]),
        item("what helps", "open-choice", repeats=True, answerOption=[coding("rest"), coding("warmth")]),
        item("exact", "decimal"),
        item("names", "string", repeats=True),
    ]),
    item("medicine", "group", repeats=True, item=[
        item("name of it", "string", required=True),
        choice("still", "yes", "no"),
        item("until", "date", enableWhen=[when("still", "=", answerCoding={"system": "urn:x", "code": "no"})]),
    ]),
]  # fmt: skip
"""A form with each type that pages show in a way of their own, and ids that no HTML likes."""
