"""FHIR's names, and the one way to look into a FHIR resource of unknown quality: each fault is noted with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from intake.shape import Problem

BASE = "https://stillpoint.example/fhir"
OURS = f"{BASE}/StructureDefinition"
CODES = f"{BASE}/CodeSystem/"
HL7 = "http://hl7.org/fhir/StructureDefinition"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"
CALCULATED = f"{SDC}/sdc-questionnaire-calculatedExpression"
ENABLED_IF = f"{SDC}/sdc-questionnaire-enableWhenExpression"
VARIABLE = f"{HL7}/variable"
WEIGHTS = (f"{HL7}/ordinalValue", f"{HL7}/itemWeight")
# What FHIR calls a value of each type: valueCoding, answerInteger and so on.
VALUE = {
    "boolean": "Boolean", "decimal": "Decimal", "integer": "Integer", "date": "Date", "dateTime": "DateTime",
    "time": "Time", "string": "String", "text": "String", "quantity": "Quantity", "choice": "Coding",
    "open-choice": "Coding",
}  # fmt: skip
# Extensions that change neither what is asked nor what an answer means. Any other of HL7's is refused.
HARMLESS = frozenset({
    "artifact-versionAlgorithm", "choiceColumn", "collapsible", "columnCount", "data-absent-reason", "designNote",
    "displayCategory", "entryFormat", "narrativeLink", "optionPrefix", "openLabel", "originalText",
    "preferredTerminologyServer", "rendering-markdown", "rendering-style", "rendering-styleSensitive",
    "rendering-xhtml", "shortText", "sliderStepValue", "structuredefinition-fmm",
    "structuredefinition-standards-status", "structuredefinition-wg", "supportLink", "choiceOrientation", "width",
    "display", "valueset-author", "valueset-label", "valueset-concept-comments", "valueset-concept-order",
})  # fmt: skip

Json = Mapping[str, Any]


def short(url: str) -> str:
    """The last word of an extension's address."""
    return url.rpartition("/")[2].removeprefix("sdc-questionnaire-").removeprefix("questionnaire-")


def listed(found: Any) -> list[Any]:
    """The groups of values in what should be a list of them."""
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


@dataclass
class Looker:
    """Looks into a resource; what is not as R4 says becomes a problem, never an exception."""

    problems: list[Problem] = field(default_factory=list)

    def wrong(self, path: str, reason: str) -> None:
        """Note a fault of the file."""
        self.problems.append(Problem(path, reason))

    def refuse(self, path: str, feature: str, why: str = "") -> None:
        """Note something that FHIR allows and we cannot do."""
        self.problems.append(Problem(path, f"unsupported: {feature} at {path}{f' ({why})' if why else ''}"))

    def text(self, thing: Json, name: str, path: str) -> str:
        """A word; empty when it is missing."""
        value = thing.get(name, "")
        if not isinstance(value, str):
            self.wrong(f"{path}.{name}", f"must be words, not {value!r}")
            return ""
        return value.strip()

    def code(self, thing: Json, name: str, path: str) -> str:
        """A code: words without spaces around them."""
        value = self.text(thing, name, path)
        if value != thing.get(name, ""):
            self.wrong(f"{path}.{name}", f"{thing[name]!r} has spaces at an end")
        return value

    def flag(self, thing: Json, name: str, path: str) -> bool:
        """True or false, and not the words for it."""
        value = thing.get(name, False)
        if not isinstance(value, bool):
            self.wrong(f"{path}.{name}", f"must be true or false, not {value!r}")
        return value is True

    def number(self, thing: Json, name: str, path: str) -> Any:
        """A number, and not a word with digits."""
        value = thing.get(name)
        if value is not None and (isinstance(value, bool | str) or not hasattr(value, "__int__")):
            self.wrong(f"{path}.{name}", f"must be a number, not {value!r}")
            return None
        return value

    def whole(self, thing: Json, name: str, path: str) -> int | None:
        """A whole number."""
        value = self.number(thing, name, path)
        if value is not None and not isinstance(value, int):
            self.wrong(f"{path}.{name}", f"must be a whole number, not {value}")
            return None
        return value

    def several(self, thing: Json, name: str, path: str) -> Iterator[tuple[str, Json]]:
        """Each entry of a list with its path."""
        value = thing.get(name, [])
        if not isinstance(value, list):
            self.wrong(f"{path}.{name}" if path else name, "must be a list")
            return
        for number, each in enumerate(value):
            mark = each.get("linkId", number) if isinstance(each, Mapping) else number
            where = f"{path}.{name}[{mark}]" if path else f"{name}[{mark}]"
            if isinstance(each, Mapping):
                yield where, each
            else:
                self.wrong(where, "must be a group of values")

    def extensions(self, thing: Json, path: str, *known: str) -> dict[str, list[Json]]:
        """The extensions with these addresses; an unknown one of HL7's is refused, one of others is left alone."""
        found: dict[str, list[Json]] = {}
        for where, each in self.several(thing, "extension", path):
            url = self.text(each, "url", where)
            if url in known:
                found.setdefault(url, []).append(each)
                self.beside(each, where)
            elif url.startswith("http://hl7.org/") and short(url) not in HARMLESS:
                self.refuse(where, short(url))
        if thing.get("modifierExtension"):
            self.refuse(f"{path}.modifierExtension".lstrip("."), "modifierExtension")
        self.beside(thing, path)
        return found

    def beside(self, thing: Json, path: str) -> None:
        """What stands beside single values, as `_text` does beside `text`."""
        for name in [name for name in thing if name.startswith("_") and isinstance(thing[name], Mapping)]:
            self.extensions(thing[name], f"{path}.{name}".lstrip("."))
