"""Single answers as FHIR writes them: under the name of their type, with the exact number that was typed."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

from intake.definition import Definition, Item, Option
from intake.fhir_words import BASE, CODES, VALUE
from intake.stored import write
from intake.values import Quantity, Value, Words, decimal, quantity


def address(definition: Definition) -> str:
    """The canonical address of a definition, without its version."""
    return definition.url or f"{BASE}/Questionnaire/{definition.slug}"


def valued(value: Value, item: Item, definition: Definition, prefix: str = "value") -> dict[str, Any]:
    """A value under FHIR's name for its type: valueCoding, answerInteger and so on."""
    if isinstance(value, Words):
        return {f"{prefix}String": value.text}
    kind = item.kind
    option = item.option(str(value))
    if kind in ("choice", "open-choice"):
        if option is None:
            return {f"{prefix}String": str(value)}
        return {f"{prefix}Coding": coding(option, item, definition)}
    return {f"{prefix}{VALUE[kind]}": _plain(kind, value, item)}


def _plain(kind: str, value: Value, item: Item) -> Any:
    if kind == "quantity":
        found = quantity(value)
        return _quantity(found, item) if found else {}
    if kind == "decimal":
        return decimal(value)
    return int(value) if kind == "integer" and isinstance(value, (int, Decimal, str)) else value


def _quantity(found: Quantity, item: Item) -> dict[str, Any]:
    unit = next((each for each in item.units if each.code == found.unit), None)
    if unit is None or not unit.system:  # FHIR wants no code without its system
        return {"value": found.value, **({"unit": found.unit} if found.unit else {})}
    return {"value": found.value, "unit": unit.text, "system": unit.system, "code": unit.code}


def coding(option: Option, item: Item, definition: Definition) -> dict[str, Any]:
    """An option as a Coding; options without a system of their own get one of ours."""
    if option.system or definition.is_foreign:
        return plain_coding(option)
    own = "body-region" if item.regions else f"{definition.slug}-{re.sub(r'[^A-Za-z0-9.-]', '-', item.link_id)}"
    return {"system": f"{CODES}{own}", "code": option.code, "display": option.text}


def plain_coding(option: Option) -> dict[str, Any]:
    """A code of somebody else's, as it came."""
    return {**({"system": option.system} if option.system else {}), "code": option.code, "display": option.text}


def number(value: Decimal) -> int | float:
    """A limit or a score as JSON has it."""
    plain: int | float = write(value)
    return plain


def as_text(resource: dict[str, Any]) -> str:
    """The resource as JSON, each Decimal with the places that were typed: JSON's own writer would make 1.50 a 1.5."""
    mark = uuid4().hex
    text = json.dumps(resource, indent=2, ensure_ascii=False, default=lambda each: f"{mark}{_digits(each)}{mark}")
    return re.sub(rf'"{mark}([^"]*){mark}"', r"\1", text)


def _digits(value: object) -> str:
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} is not JSON")
    return format(value, "f")
