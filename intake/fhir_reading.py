"""From a FHIR R4 Questionnaire to a Definition, or to every reason why not: nothing that changes meaning is ignored."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from intake import fhir_items, fhir_options
from intake.compiling import DefinitionProblems, checked, compile_yaml
from intake.definition import Definition, EnableWhen, Item
from intake.fhir_scores import Calculated
from intake.fhir_words import BASE, VARIABLE, Json, Looker
from intake.linting import meaning_problems
from intake.shape import Problem, shape_problems
from intake.stored import read, write

MOST_LETTERS, MOST_ITEMS, DEEPEST = 1_000_000, 1000, 12
STATUSES = ("draft", "active", "retired", "unknown")
WORDS = {
    "resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension",
    "url", "identifier", "version", "name", "title", "derivedFrom", "status", "experimental", "subjectType", "date",
    "publisher", "contact", "description", "useContext", "jurisdiction", "purpose", "copyright", "approvalDate",
    "lastReviewDate", "effectivePeriod", "code", "item",
}  # fmt: skip
# What R4 allows in more places than we do.
ALLOWED = {"required", "maxLength", "minLength", "pattern", "minValue", "maxValue", "maxDecimalPlaces", "answerOption"}
R5 = {"versionAlgorithmString", "versionAlgorithmCoding", "copyrightLabel"}


def compile_fhir(text: str, source: str) -> Definition:
    """The definition in a FHIR JSON text; raises DefinitionProblems naming each problem."""
    look = Looker()
    resource = _parsed(text, source)
    made = _definition(look, resource)
    unsupported = (
        [each for each in meaning_problems(made, is_ours=False) if "unsupported" in each.reason] if made else []
    )
    if look.problems or made is None:
        raise DefinitionProblems(source, list(dict.fromkeys([*look.problems, *map(_placed, unsupported)])))
    try:
        return checked(made, source, is_ours=False)
    except DefinitionProblems as found:
        raise DefinitionProblems(source, [_placed(each) for each in found.problems]) from found


def _placed(problem: Problem) -> Problem:
    """What is unsupported says where, in its own words too; what R4 would have allowed here is unsupported."""
    path, reason = problem.path, problem.reason
    word = path.rpartition(".")[2]
    if word in ALLOWED and not reason.startswith("unsupported:"):
        reason = f"unsupported: {word} ({reason})"
    is_bare = reason.startswith("unsupported:") and f" at {path}" not in reason
    return Problem(path, f"{reason} at {path}" if is_bare else reason)


def compile_text(text: str, source: str) -> Definition:
    """The definition in a text, FHIR or YAML; raises DefinitionProblems naming each problem."""
    plain = text.removeprefix("\ufeff")
    if plain.lstrip().startswith("<"):
        raise DefinitionProblems(source, [Problem("file", "unsupported: XML at file (FHIR R4 JSON and YAML are read)")])
    return compile_fhir(plain, source) if plain.lstrip().startswith("{") else compile_yaml(plain, source)


def _parsed(text: str, source: str) -> Json:
    if len(text) > MOST_LETTERS:
        raise DefinitionProblems(source, [Problem("file", f"longer than {MOST_LETTERS} letters")])
    try:
        resource = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise DefinitionProblems(source, [Problem("file", f"is not JSON: {error}")]) from error
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if kind != "Questionnaire":
        reason = f"is {kind or 'missing'}; a FHIR R4 Questionnaire is wanted"
        raise DefinitionProblems(source, [Problem("resourceType", reason)])
    found: Json = resource
    return found


def _no_constant(word: str) -> Decimal:
    raise ValueError(f"{word} is no number of JSON")


def _definition(look: Looker, resource: Json) -> Definition | None:
    _check_root(look, resource)
    found = look.extensions(resource, "", fhir_items.MORE, VARIABLE)
    raw = _raw_items(look, resource)
    if raw is None:
        return None
    contained = fhir_options.contained(look, resource)
    several = list(look.several(resource, "item", ""))
    scores = [fhir_items.score(look, each, path) for path, each in several if fhir_items.is_score(each)]
    items = [fhir_items.item(look, each, path, contained) for path, each in several if not fhir_items.is_score(each)]
    made = Definition(
        slug=_slug(resource),
        version=look.text(resource, "version", ""),
        title=look.text(resource, "title", "") or look.text(resource, "name", "") or _slug(resource),
        intro=look.text(resource, "description", ""),
        url=_url(look, resource),
        copyright=look.text(resource, "copyright", ""),
        is_foreign=fhir_items.MORE not in found,
        items=tuple(item for item in items if item),
        scores=tuple(score for score in scores if score),
    )
    if not {item.link_id for item in made.walk()} <= set(raw):  # one has no id of its own, which was said
        return None
    calculated = Calculated(look, made, raw, found.get(VARIABLE, []))
    made = calculated.definition
    ready = tuple(_with_conditions(look, item, raw, made, calculated) for item in made.items)
    return _with_more(look, replace(made, items=ready), found.get(fhir_items.MORE, []))


def _check_root(look: Looker, resource: Json) -> None:
    for name in resource:
        if name in R5:
            look.refuse(name, name, "FHIR R5; R4 is wanted")
        elif name not in WORDS and not name.startswith("_"):
            look.wrong(name, "is no word of an R4 Questionnaire")
    status = look.text(resource, "status", "Questionnaire")
    if status not in STATUSES:
        look.wrong("status", f"is {status}; R4 has {', '.join(STATUSES)}" if status else "is missing")
    if resource.get("implicitRules"):
        look.refuse("implicitRules", "implicitRules")


def _raw_items(look: Looker, resource: Json) -> dict[str, tuple[str, Json]] | None:
    """Every item as it stands in the file, with its path, by link id; None where there are too many."""
    found: dict[str, tuple[str, Json]] = {}
    waiting = [(path, each, 1) for path, each in Looker().several(resource, "item", "")]
    count = 0
    while waiting:
        path, each, depth = waiting.pop(0)
        count += 1
        link_id = str(each.get("linkId", "")).strip()
        if link_id and link_id in found:
            look.wrong(path, f"the id {link_id} stands twice")
        found.setdefault(link_id, (path, each))
        if count > MOST_ITEMS or depth > DEEPEST:
            look.wrong(path, f"more than {MOST_ITEMS} items, or items more than {DEEPEST} deep")
            return None
        waiting += [(inner, child, depth + 1) for inner, child in Looker().several(each, "item", path)]
    return found


def _slug(resource: Json) -> str:
    """A short name of ours, from what the file calls itself."""
    named = resource.get("id") or resource.get("name") or str(resource.get("url", "")).rpartition("/")[2]
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", str(named or resource.get("title", "")))
    return re.sub(r"[^a-z0-9]+", "-", spaced.lower()).strip("-")[:60] or "questionnaire"


def _url(look: Looker, resource: Json) -> str:
    url = look.text(resource, "url", "")
    return "" if url.startswith(f"{BASE}/Questionnaire/") else url


def _with_conditions(
    look: Looker, item: Item, raw: Mapping[str, tuple[str, Json]], made: Definition, calculated: Calculated
) -> Item:
    """The item with its conditions, which look at other items, and those inside it."""
    path, stored = raw[item.link_id]
    inner = tuple(_with_conditions(look, child, raw, made, calculated) for child in item.items)
    several = list(look.several(stored, "enableWhen", path))
    conditions = [_condition(look, each, where, made) for where, each in several]
    behavior = item.enable_behavior
    if len(several) > 1 and not behavior:
        look.wrong(f"{path}.enableBehavior", "is missing: with more than one condition say all or any")
    extra = calculated.conditions(item.link_id)
    if extra and several:
        look.wrong(path, "has both enableWhen and enableWhenExpression")
    if extra:
        behavior, conditions = (extra[0] if len(extra[1]) > 1 else ""), extra[1]
    return replace(
        item,
        items=inner,
        required=item.required and not (item.type == "group" and not item.repeats and _holds_required(inner)),
        enable_behavior=behavior if conditions else "",
        enable_when=tuple(condition for condition in conditions if condition),
    )


def _holds_required(items: tuple[Item, ...]) -> bool:
    """Whether one of these must be answered anyway, so that the `required` of their group says nothing more."""
    open_ones = [item for item in items if not item.enable_when and not item.hidden]
    return any(item.required or (item.type == "group" and _holds_required(item.items)) for item in open_ones)


def _condition(look: Looker, stored: Json, path: str, made: Definition) -> EnableWhen | None:
    if "hasAnswer" in stored:
        look.refuse(f"{path}.hasAnswer", "hasAnswer", "FHIR STU3; R4 says operator exists")
        return None
    look.extensions(stored, path)
    question, operator = look.text(stored, "question", path), look.text(stored, "operator", path)
    asked = made.by_id.get(question)
    if asked is None and question not in made.scores_by_id:
        look.wrong(f"{path}.question", f"no item has the linkId {question}")
        return None
    if operator == "exists" or asked is None:
        name = "answerBoolean" if operator == "exists" else "answerDecimal"
        if name not in stored:
            look.wrong(path, f"{operator} on {question} needs {name}")
            return None
        answer = look.flag(stored, name, path) if operator == "exists" else look.number(stored, name, path)
    else:
        answer = fhir_items.value(look, stored, asked, path, prefix="answer")
    return None if answer is None else EnableWhen(question=question, operator=operator, answer=answer)


def _with_more(look: Looker, made: Definition, found: list[Json]) -> Definition:
    """What our own forms hold beside FHIR's words."""
    for each in found:
        more: Any = json.loads(str(each.get("valueString"))) if str(each.get("valueString", "")).startswith("{") else {}
        stored = {**write(made), **more}
        problems = list(shape_problems(Definition, stored))
        look.problems += problems
        made = made if problems else replace(read(Definition, stored), items=made.items)
    return made
