"""From a questionnaire file to a Definition, or to every problem it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from intake.definition import DECLINED, NOWHERE, SKIP, Definition
from intake.linting import CHOICES, meaning_problems
from intake.ordering import Circle, evaluation_order
from intake.reading import Unreadable, read_yaml
from intake.regions import REGIONS, SETS
from intake.shape import Problem, shape_problems

FOLDER = Path(__file__).with_name("questionnaires")

# How an item is shown where the file does not say.
_CONTROLS = {"integer": "number", "decimal": "number", "string": "text", "dateTime": "moment"}
_BANDS_TO_100 = [
    {"start": 0, "label": "little or none"},
    {"start": 10, "label": "mild"},
    {"start": 35, "label": "moderate"},
    {"start": 65, "label": "marked"},
]


class DefinitionProblems(Exception):
    """A questionnaire file that cannot be compiled, with all its problems."""

    def __init__(self, source: str, problems: list[Problem]) -> None:
        super().__init__("\n".join(f"{source}: {problem.path}: {problem.reason}" for problem in problems))
        self.source = source
        self.problems = problems


def compile_yaml(text: str, source: str) -> Definition:
    """The definition in a YAML text; raises DefinitionProblems naming each problem."""
    try:
        stored = read_yaml(text)
    except Unreadable as error:
        raise DefinitionProblems(source, [Problem(error.path, error.reason)]) from error
    problems = list(_expand(stored)) + list(shape_problems(Definition, stored))
    if problems:
        raise DefinitionProblems(source, problems)
    return checked(Definition.from_json(stored), source)


def checked(definition: Definition, source: str, *, is_ours: bool = True) -> Definition:
    """The definition with its order; raises DefinitionProblems naming each problem."""
    if problems := list(meaning_problems(definition, is_ours=is_ours)):
        raise DefinitionProblems(source, problems)
    try:
        return replace(definition, order=evaluation_order(definition))
    except Circle as circle:
        raise DefinitionProblems(source, [Problem(circle.path, circle.reason)]) from circle


def compile_file(path: Path) -> Definition:
    """The definition in a file."""
    return compile_yaml(path.read_text(encoding="utf-8"), str(path))


@cache
def shipped() -> Mapping[str, Definition]:
    """The questionnaires that come with the product, by slug."""
    return {path.stem: compile_file(path) for path in sorted(FOLDER.glob("*.yaml"))}


def _expand(stored: dict[str, Any]) -> Iterator[Problem]:
    """Writes out, in place, what a file may leave short: shared lists, region sets, controls, bands."""
    lists = stored.pop("answerLists", {})
    if "order" in stored:
        yield Problem("order", "is computed; leave it out")
    for item in _items(stored):
        yield from _expand_options(item, lists if isinstance(lists, dict) else {})
        yield from _expand_regions(item)
        _expand_declining(item)
        kind = str(item.get("type", ""))
        if "initial" in item and not isinstance(item["initial"], list):
            item["initial"] = [item["initial"]]
        item.setdefault("control", _control(item, kind))
    for score in _dicts(stored.get("scores")):
        if score.get("highest", 100) == 100:
            score.setdefault("bands", _BANDS_TO_100)


def _control(item: dict[str, Any], kind: str) -> str:
    """How to show an item of this type where the file does not say."""
    if kind in CHOICES or item.get("answerOption"):
        return "body_map" if "regions" in item else "multi" if item.get("repeats") else "choice"
    return "rows" if kind == "group" and item.get("repeats") else _CONTROLS.get(kind, kind)


def _expand_options(item: dict[str, Any], lists: dict[str, Any]) -> Iterator[Problem]:
    name = item.get("answerOption")
    if not isinstance(name, str):
        return
    found = lists.get(name)
    if isinstance(found, list):
        item["answerOption"] = list(found)
    else:
        item["answerOption"] = []
        yield Problem(f"item[{item.get('linkId')}].answerOption", f"no list {name} stands under answerLists")


def _expand_regions(item: dict[str, Any]) -> Iterator[Problem]:
    regions = item.get("regions")
    if regions is None:
        return
    path = f"item[{item.get('linkId')}].regions"
    if isinstance(regions, str):
        if regions not in SETS:
            yield Problem(path, f"no set of regions is called {regions}; there are {', '.join(SETS)}")
        item["regions"] = regions = list(SETS.get(regions, ()))
    known = [region for region in regions if region in REGIONS] if isinstance(regions, list) else []
    if isinstance(regions, list) and len(known) < len(regions):
        yield Problem(path, "holds a region that the body map does not have")
    item["answerOption"] = [{"code": region, "text": REGIONS[region]} for region in known]
    item["answerOption"].append({"code": NOWHERE, "text": "Nowhere just now", "exclusive": True})


def _expand_declining(item: dict[str, Any]) -> None:
    """A sensitive choice offers both ways to decline; telling it in person is as safe as skipping it."""
    options = item.get("answerOption")
    if not (item.get("sensitive") is True and isinstance(options, list)):
        return
    skip: dict[str, Any] = next((option for option in _dicts(options) if option.get("code") == SKIP), {})
    there = {option.get("code") for option in _dicts(options)}
    kept = {"flags": skip["flags"]} if "flags" in skip else {}
    options += [{"code": code, "text": text, **kept} for code, text in DECLINED.items() if code not in there]


def _items(stored: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in _dicts(stored.get("item")):
        yield item
        yield from _items(item)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
