"""One item of a foreign FHIR R4 questionnaire as an Item of ours, or every reason why it cannot be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from intake import fhir_limits, fhir_options
from intake.definition import Item, Option, Score
from intake.fhir_limits import CONTROL, LIMITS, REGEX, UNIT, UNIT_OPTION, WHOLE, control, hint, hints
from intake.fhir_words import CALCULATED, ENABLED_IF, HL7, OURS, VALUE, VARIABLE, Json, Looker, listed
from intake.linting import CONTROLS
from intake.shape import shape_problems
from intake.stored import read, write
from intake.values import quantity

MORE, SCORE, SENSITIVE = f"{OURS}/more", f"{OURS}/score", f"{OURS}/sensitive"
HIDDEN = f"{HL7}/questionnaire-hidden"
USAGE = f"{HL7}/questionnaire-usageMode"
KNOWN = (
    MORE, SCORE, SENSITIVE, CONTROL, HIDDEN, USAGE, UNIT, UNIT_OPTION, REGEX, CALCULATED, ENABLED_IF, VARIABLE,
    *WHOLE, *LIMITS,
)  # fmt: skip
WORDS = {
    "linkId", "text", "type", "prefix", "code", "definition", "required", "repeats", "readOnly", "maxLength", "item",
    "answerOption", "answerValueSet", "initial", "enableWhen", "enableBehavior", "extension", "modifierExtension", "id",
}  # fmt: skip
OTHER_VERSIONS = {
    "option": "STU3; R4 says answerOption", "options": "STU3; R4 says answerValueSet",
    "answerConstraint": "R5", "disabledDisplay": "R5",
}  # fmt: skip
R5_TYPES = {"coding": "choice", "question": "group", "codeable-concept": "choice"}
SIDES = {"help": "help", "lower": "min_label", "upper": "max_label"}


def is_score(stored: Json) -> bool:
    """Whether this is a score of our own form, written out as an item for others."""
    return any(isinstance(each, Mapping) and each.get("url") == SCORE for each in listed(stored.get("extension")))


def score(look: Looker, stored: Json, path: str) -> Score | None:
    """The score that our own form wrote out."""
    text = next(each.get("valueString") for each in stored["extension"] if each.get("url") == SCORE)
    found = _parsed(look, text, path)
    problems = list(shape_problems(Score, found, path))
    look.problems += problems
    return None if problems else read(Score, found)


def item(look: Looker, stored: Json, path: str, contained: Mapping[str, Json]) -> Item | None:
    """The item with everything inside it; its conditions and formulas are read later, when all items are known."""
    link_id, kind = look.text(stored, "linkId", path), look.text(stored, "type", path)
    if not link_id:
        look.wrong(f"{path}.linkId", "is missing")
    if not _is_known(look, stored, kind, path):
        return None
    found = look.extensions(stored, path, *KNOWN)
    options, chosen = _options(look, stored, contained, path)
    made = Item(
        link_id=link_id,
        type=kind,
        control="",
        text=_words(look, stored, path),
        prefix=look.text(stored, "prefix", path),
        codes=_codings(look, stored, "code", path),
        options=options,
        required=look.flag(stored, "required", path),
        repeats=look.flag(stored, "repeats", path),
        hidden=_is_hidden(look, found, path),
        read_only=look.flag(stored, "readOnly", path) or CALCULATED in found,
        sensitive=SENSITIVE in found,
        max_length=look.whole(stored, "maxLength", path),
        units=fhir_limits.units(look, found, path),
        enable_behavior=look.text(stored, "enableBehavior", path) if stored.get("enableWhen") else "",
        **fhir_limits.limits(look, found, kind, path),
    )
    made = replace(made, initial=(*chosen, *_initial(look, stored, made, path)))
    if len(made.initial) > 1 and not made.repeats:
        look.wrong(f"{path}.initial", "holds several answers to a question that takes one")
    made = _with_children(look, stored, made, contained, path)
    made = replace(made, control=control(made, hints(found)))
    return _with_more(look, made, found, path)


def value(look: Looker, stored: Json, asked: Item, path: str, prefix: str = "value") -> Any:
    """A valueInteger, answerCoding and so on as an answer to this item; None where it is not one."""
    names = [name for name in stored if name.startswith(prefix)]
    wanted = _value_name(asked, prefix, names)
    if len(names) != 1 or names[0] != wanted:
        look.wrong(path, f"{' and '.join(names) or 'nothing'} where {asked.link_id}, a {asked.type}, needs {wanted}")
        return None
    given = stored[wanted]
    if wanted == f"{prefix}Coding":
        return _code(look, given, asked, path)
    if wanted == f"{prefix}Quantity":
        found = quantity(given)
        return str(found) if found else look.wrong(f"{path}.{wanted}", "needs a value")
    if isinstance(given, Decimal) and asked.type == "decimal" and prefix == "value":
        return str(given)  # with the places that were written
    offered = asked.option(given) if wanted.endswith("String") and asked.type == "open-choice" else None
    if offered and offered.kind != "string":
        return look.refuse(path, f"words that are the code {given}")
    return given


def _value_name(asked: Item, prefix: str, names: list[str]) -> str:
    options = {option.kind for option in asked.options if option.kind}
    kind = next(iter(options), asked.type)
    if asked.type == "open-choice" and names == [f"{prefix}String"]:
        return names[0]
    if kind in ("decimal", "integer") and names in ([f"{prefix}Integer"], [f"{prefix}Decimal"]) and prefix == "answer":
        return names[0]
    return f"{prefix}{VALUE.get(kind, kind.capitalize())}"


def _code(look: Looker, given: Any, asked: Item, path: str) -> str | None:
    coding = fhir_options.coding(look, given, path)
    if coding is None:
        return None
    if not asked.options:  # its value set could not be read, which is said already
        return coding.code
    same = [option for option in asked.options if option.code == coding.code]
    if not any(not coding.system or option.system in ("", coding.system) for option in same):
        look.wrong(path, f"{asked.link_id} has no answer {coding.code}" + (f" of {coding.system}" if same else ""))
        return None
    return coding.code


def _words(look: Looker, stored: Json, path: str) -> str:
    """The words of a question, which must not be only in a form that we do not show."""
    words, beside = look.text(stored, "text", path), stored.get("_text")
    if not words and isinstance(beside, Mapping) and beside.get("extension"):
        look.refuse(f"{path}.text", "a question without plain words")
    return words


def _is_known(look: Looker, stored: Json, kind: str, path: str) -> bool:
    for name in stored:
        if name in OTHER_VERSIONS:
            look.refuse(f"{path}.{name}", name, f"FHIR {OTHER_VERSIONS[name]}")
        elif name.startswith("initial") and name != "initial":
            look.refuse(f"{path}.{name}", name, "FHIR STU3; R4 says initial, a list")
        elif name not in WORDS and not name.startswith("_"):
            look.wrong(f"{path}.{name}", "is no word of an R4 item")
    if kind in R5_TYPES:
        look.refuse(f"{path}.type", kind, f"FHIR R5, or an older draft; R4 says {R5_TYPES[kind]}")
    elif not kind:
        look.wrong(f"{path}.type", "is missing")
    elif kind not in CONTROLS:
        look.refuse(f"{path}.type", kind)
    return kind in CONTROLS


def _options(
    look: Looker, stored: Json, contained: Mapping[str, Json], path: str
) -> tuple[tuple[Option, ...], list[str]]:
    """The answers to choose from, and the codes of those chosen to begin with."""
    made = [fhir_options.option(look, each, where) for where, each in look.several(stored, "answerOption", path)]
    offered = tuple(option for option, _ in made if option)
    chosen = [option.code for option, is_chosen in made if option and is_chosen]
    address = look.text(stored, "answerValueSet", path)
    if address and offered:
        look.wrong(path, "has both answerOption and answerValueSet")
    if address:
        offered = fhir_options.value_set(look, address, contained, f"{path}.answerValueSet")
    if len({option.code for option in offered}) < len(offered) and len(set(offered)) == len(offered):
        look.refuse(path, "two answers with the same code from two systems")
    return offered, chosen


def _codings(look: Looker, stored: Json, name: str, path: str) -> tuple[Option, ...]:
    made = [fhir_options.coding(look, each, where) for where, each in look.several(stored, name, path)]
    return tuple(option for option in made if option)


def _is_hidden(look: Looker, found: Mapping[str, list[Json]], path: str) -> bool:
    for each in found.get(USAGE, []):
        if each.get("valueCode") not in ("capture", "capture-display", "capture-display-non-empty"):
            look.refuse(path, f"usageMode {each.get('valueCode')}")
    return any(look.flag(each, "valueBoolean", path) for each in found.get(HIDDEN, []))


def _initial(look: Looker, stored: Json, asked: Item, path: str) -> list[Any]:
    found = []
    for where, each in look.several(stored, "initial", path):
        look.extensions(each, where)
        found.append(value(look, each, asked, where))
    return [each for each in found if each is not None]


def _with_children(look: Looker, stored: Json, made: Item, contained: Mapping[str, Json], path: str) -> Item:
    """Help and the words at the ends of a scale are its own; other children stand inside it."""
    own: dict[str, Any] = {}
    children = []
    for where, each in look.several(stored, "item", path):
        side = SIDES.get(hint(each), "") if each.get("type") == "display" and not each.get("enableWhen") else ""
        if side and side not in own and each.get("text"):
            look.extensions(each, where, CONTROL)
            own[side] = look.text(each, "text", where)
        elif not is_score(each) and (child := item(look, each, where, contained)):
            children.append(child)
    return replace(made, items=tuple(children), **own)


def _with_more(look: Looker, made: Item, found: Mapping[str, list[Json]], path: str) -> Item:
    """What our own forms hold beside FHIR's words."""
    for each in found.get(MORE, []):
        stored = {**write(made), **_parsed(look, each.get("valueString"), path)}
        problems = list(shape_problems(Item, stored, path))
        look.problems += problems
        made = made if problems else read(Item, stored)
    return made


def _parsed(look: Looker, text: Any, path: str) -> dict[str, Any]:
    try:
        found = json.loads(str(text))
    except json.JSONDecodeError:
        found = None
    if isinstance(found, dict):
        return found
    look.wrong(path, "holds an extension of ours that is not JSON")
    return {}
