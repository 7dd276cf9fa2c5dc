"""The answers to choose from in a FHIR questionnaire: listed, or in a value set that came with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from intake.definition import Option
from intake.fhir_words import CODES, HL7, OURS, WEIGHTS, Json, Looker

EXCLUSIVE = f"{HL7}/questionnaire-optionExclusive"
FLAG = f"{OURS}/flag"
_PLAIN = {"valueString": "string", "valueInteger": "integer", "valueDate": "date", "valueTime": "time"}


def option(look: Looker, stored: Json, path: str) -> tuple[Option | None, bool]:
    """One answerOption, and whether it is chosen to begin with."""
    found = look.extensions(stored, path, EXCLUSIVE, FLAG, *WEIGHTS)
    is_chosen = look.flag(stored, "initialSelected", path)
    made = _value(look, stored, path)
    if made is None:
        return None, is_chosen
    exclusive = any(look.flag(each, "valueBoolean", path) for each in found.get(EXCLUSIVE, []))
    flags = tuple(look.text(each, "valueCode", path) for each in found.get(FLAG, []))
    score = weight(look, stored, path)
    return replace(made, exclusive=exclusive, flags=flags, score=made.score if score is None else score), is_chosen


def _value(look: Looker, stored: Json, path: str) -> Option | None:
    names = [name for name in stored if name.startswith("value")]
    if len(names) != 1:
        look.wrong(path, "needs one value")
        return None
    name = names[0]
    if name == "valueCoding":
        return coding(look, stored[name], f"{path}.{name}")
    if name not in _PLAIN:
        look.refuse(path, f"{name} as an answer")
        return None
    is_number = _PLAIN[name] == "integer"
    value = look.whole(stored, name, path) if is_number else look.text(stored, name, path)
    return None if value in (None, "") else Option(code=str(value), text=str(value), kind=_PLAIN[name])


def coding(look: Looker, stored: Any, path: str) -> Option | None:
    """A code with its system and words."""
    if not isinstance(stored, Mapping):
        look.wrong(path, "must be a group of values")
        return None
    look.extensions(stored, path, *WEIGHTS)
    code, text = look.code(stored, "code", path), look.text(stored, "display", path)
    if not code:
        look.wrong(f"{path}.code", "is missing")
        return None
    system = look.text(stored, "system", path)
    kept = "" if system.startswith(CODES) else system
    return Option(code=code, text=text or code, system=kept, score=weight(look, stored, path))


def weight(look: Looker, stored: Json, path: str) -> Decimal | None:
    """The score that an extension gives an answer, under its old name or its new one."""
    found = [each for each in stored.get("extension", []) if isinstance(each, Mapping) and each.get("url") in WEIGHTS]
    numbers = [look.number(each, name, path) for each in found for name in each if name.startswith("value")]
    return next((Decimal(str(number)) for number in numbers if number is not None), None)


def value_set(look: Looker, address: str, contained: Mapping[str, Json], path: str) -> tuple[Option, ...]:
    """The options of a value set that came with the questionnaire; any other would have to be fetched."""
    found = contained.get(address) or contained.get(address.partition("|")[0])
    if found is None or found.get("resourceType") != "ValueSet":
        look.refuse(path, f"value set {address} that is not contained")
        return ()
    look.extensions(found, path)
    expansion = found.get("expansion")
    if isinstance(expansion, Mapping) and _is_cut_off(expansion):
        look.refuse(path, "a value set of which only a part is listed")
    listed = list(_expanded(look, expansion, path) if isinstance(expansion, Mapping) else [])
    return tuple(listed or _composed(look, found, contained, path))


def contained(look: Looker, resource: Json) -> dict[str, Json]:
    """What came inside the resource, by `#id` and by address."""
    found: dict[str, Json] = {}
    for _path, each in look.several(resource, "contained", ""):
        found[f"#{each.get('id', '')}"] = each
        found.setdefault(str(each.get("url", "")), each)
    return found


def _is_cut_off(expansion: Json) -> bool:
    """Whether a terminology server gave one page of several."""
    total, here = expansion.get("total"), expansion.get("contains")
    is_less = isinstance(total, int) and isinstance(here, list) and 0 < len(here) < total
    is_nested = isinstance(here, list) and any(isinstance(each, Mapping) and each.get("contains") for each in here)
    return bool(expansion.get("offset")) or (is_less and not is_nested)


def _expanded(look: Looker, expansion: Json, path: str) -> Iterator[Option]:
    for where, each in look.several(expansion, "contains", f"{path}.expansion"):
        is_heading = each.get("abstract") or each.get("inactive")
        made = None if is_heading else coding(look, each, where)
        yield from [made] if made else []
        yield from _expanded(look, each, where)


def _composed(look: Looker, stored: Json, known: Mapping[str, Json], path: str) -> Iterator[Option]:
    compose = stored.get("compose")
    includes = list(look.several(compose, "include", f"{path}.compose")) if isinstance(compose, Mapping) else []
    if not includes or (isinstance(compose, Mapping) and compose.get("exclude")):
        look.refuse(path, "a value set without a list of its codes")
    for where, include in includes:
        words = known.get(str(include.get("system", "")), {})
        concepts = include.get("concept") or words.get("concept")
        if include.get("filter") or include.get("valueSet") or not concepts:
            look.refuse(where, "a value set that is not a simple list")
            continue
        said = {each.get("code"): each for each in words.get("concept", []) if isinstance(each, Mapping)}
        for inner, each in look.several({"concept": concepts}, "concept", where):
            display = {"display": said[each["code"]].get("display", "")} if each.get("code") in said else {}
            made = coding(look, {"system": include.get("system", ""), **display, **each}, inner)
            if made:
                yield made
