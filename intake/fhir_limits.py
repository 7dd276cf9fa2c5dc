"""The limits of a foreign FHIR item, its units, and the control that it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from intake import fhir_options
from intake.definition import Item, Option
from intake.fhir_words import HL7, SDC, Json, Looker, listed, short
from intake.linting import CHOICES, CONTROLS
from intake.values import MOMENTS

CONTROL = f"{HL7}/questionnaire-itemControl"
UNIT, UNIT_OPTION = f"{HL7}/questionnaire-unit", f"{HL7}/questionnaire-unitOption"
REGEX = f"{HL7}/regex"
WIDEST_SCALE = 20
# Limits: the extension, the field that it fills, and what its value is called.
WHOLE = {
    f"{HL7}/minLength": "min_length",
    f"{HL7}/maxDecimalPlaces": "max_decimals",
    f"{HL7}/questionnaire-minOccurs": "min_occurs",
    f"{HL7}/questionnaire-maxOccurs": "max_occurs",
    f"{SDC}/sdc-questionnaire-minOccurs": "min_occurs",
    f"{SDC}/sdc-questionnaire-maxOccurs": "max_occurs",
}
LIMITS = {f"{HL7}/minValue": ("minimum", "earliest"), f"{HL7}/maxValue": ("maximum", "latest")}


def units(look: Looker, found: Mapping[str, list[Json]], path: str) -> tuple[Option, ...]:
    several = [each.get("valueCoding") for url in (UNIT, UNIT_OPTION) for each in found.get(url, [])]
    made = (fhir_options.coding(look, each, f"{path}.unit") for each in several)
    return tuple(dict.fromkeys(option for option in made if option))


def limits(look: Looker, found: Mapping[str, list[Json]], kind: str, path: str) -> dict[str, Any]:
    found_limits: dict[str, Any] = {}
    for url, field in WHOLE.items():
        for each in found.get(url, []):
            found_limits[field] = look.whole(each, "valueInteger", path)
    for url, (number, moment) in LIMITS.items():
        for each in found.get(url, []):
            name = next((name for name in each if name.startswith("value")), "")
            if not name:
                look.refuse(path, f"{short(url)} without a value")
            elif kind in MOMENTS:
                found_limits[moment] = look.text(each, name, path)
            elif (limit := look.number(each, name, path)) is not None:
                found_limits[number] = Decimal(str(limit))
    for each in found.get(REGEX, []):
        found_limits["pattern"] = look.text(each, "valueString", path)
    return found_limits


def hint(stored: Json) -> str:
    """The control that an item asks for."""
    return next(iter(hints({CONTROL: [e for e in listed(stored.get("extension")) if e.get("url") == CONTROL]})), "")


def hints(found: Mapping[str, list[Json]]) -> list[str]:
    concepts = [each.get("valueCodeableConcept") for each in found.get(CONTROL, [])]
    codings = [coding for each in concepts if isinstance(each, Mapping) for coding in listed(each.get("coding"))]
    return [str(coding.get("code", "")) for coding in codings]


def control(made: Item, asked: Iterable[str]) -> str:
    """How to show it; a control that we do not have degrades to the usual one."""
    if made.options or made.type in CHOICES:
        return "multi" if made.repeats else "choice"
    if made.is_rows:
        return "rows"
    if "slider" in asked and made.type == "integer" and made.minimum is not None and made.maximum is not None:
        return "scale" if made.maximum - made.minimum <= WIDEST_SCALE else "number"
    return CONTROLS[made.type][0]
