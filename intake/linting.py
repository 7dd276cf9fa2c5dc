"""Checks what a questionnaire means: every name is known, every condition and rule can be answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

from intake import limits
from intake.definition import Band, Definition, EnableWhen, Item, Rule, Score
from intake.enablement import OPERATORS
from intake.flags import FLAGS
from intake.shape import Problem
from intake.values import NUMBERS, clock_time, is_date, moment, quantity

CONTROLS = {
    "group": ("group", "consent", "rows"),
    "display": ("display",),
    "boolean": ("boolean", "consent"),
    "decimal": ("number", "scale"),
    "integer": ("number", "scale"),
    "quantity": ("quantity",),
    "date": ("date",),
    "dateTime": ("moment",),
    "time": ("time",),
    "string": ("text",),
    "text": ("text",),
    "choice": ("choice", "multi", "body_map"),
    "open-choice": ("choice", "multi"),
}
CHOICES = ("choice", "open-choice")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


def meaning_problems(definition: Definition, *, is_ours: bool = True) -> Iterator[Problem]:
    """Everything that the shape alone does not show; forms that were taken in keep their ids and bare conditions."""
    names = [item.link_id for item in definition.walk()]
    names += [score.id for score in definition.scores if score.id not in names or is_ours]
    for name, times in Counter(names).items():
        if times > 1:
            yield Problem(f"item[{name}]", f"the id {name} stands {times} times")
        if is_ours and not _NAME.fullmatch(name):
            yield Problem(f"item[{name}]", "an id starts with a letter and has only letters, digits, _ - and .")
    if not definition.items:
        yield Problem("item", "needs at least one question")
    for item in definition.by_id.values():
        yield from _item_problems(item, definition, is_ours=is_ours)
    for score in definition.scores:
        yield from _score_problems(score, definition)


def _item_problems(item: Item, definition: Definition, *, is_ours: bool) -> Iterator[Problem]:
    path = f"item[{item.link_id}]"
    if item.type not in CONTROLS:
        yield Problem(f"{path}.type", f"unsupported: {item.type}; there are {', '.join(CONTROLS)}")
        return
    if item.control not in (*CONTROLS[item.type], *(("choice", "multi") if item.options else ())):
        yield Problem(f"{path}.control", f"a {item.type} cannot be shown as {item.control}")
    if is_ours and not item.text and not item.hidden:
        yield Problem(f"{path}.text", "is missing")
    if item.required and not item.is_asked:
        yield Problem(f"{path}.required", "nobody answers this item; mark the questions inside it instead")
    if item.items and item.type == "display":
        yield Problem(f"{path}.item", "a display holds no questions")
    yield from _repeat_problems(item, definition, path)
    if item.quotes and item.quotes not in definition.by_id:
        yield Problem(f"{path}.quotes", f"no item is called {item.quotes}")
    yield from _option_problems(item, path)
    yield from limits.problems(item, path)
    yield from _enable_problems(item, definition, path, is_ours=is_ours)
    for index, rule in enumerate(item.rules):
        yield from _rule_problems(rule, f"{path}.rules[{index}]", ("answer", "score"))


def _option_problems(item: Item, path: str) -> Iterator[Problem]:
    if item.type in CHOICES and not item.options:
        yield Problem(
            f"{path}.answerOption",
            f"{'an' if item.type == 'open-choice' else 'a'} {item.type} needs answers to choose from",
        )
    kinds = {option.kind for option in item.options}
    if item.options and (len(kinds) > 1 or not _may_hold(item, *kinds)):
        yield Problem(f"{path}.answerOption", f"a {item.type} has no answers to choose from")
    for code, times in Counter(option.code for option in item.options).items():
        if times > 1:
            yield Problem(f"{path}.answerOption[{code}]", f"the code {code} stands {times} times")
    for option in item.options:
        for flag in option.flags:
            yield from _flag_problems(flag, f"{path}.answerOption[{option.code}].flags")
        if not option.code.strip() or not option.text.strip():
            yield Problem(f"{path}.answerOption[{option.code}]", "needs a code and a text")


def _repeat_problems(item: Item, definition: Definition, path: str) -> Iterator[Problem]:
    if item.is_rows and item.link_id in definition.rows_of:
        yield Problem(path, "unsupported: a group that repeats inside a group that repeats")
    if item.repeats and item.type not in ("group", "display") and any(child.is_asked for child in item.items):
        yield Problem(f"{path}.item", "unsupported: questions under a question with several answers")
    if item.repeats and item.type in ("boolean", "display"):
        yield Problem(f"{path}.repeats", f"unsupported: a {item.type} with several answers")


def _may_hold(item: Item, kind: str) -> bool:
    """Whether an item of this type may have options of this kind."""
    return kind in ("", "string", "integer", "date", "time") if item.type in CHOICES else kind == item.type


def _enable_problems(item: Item, definition: Definition, path: str, *, is_ours: bool) -> Iterator[Problem]:
    if len(item.enable_when) > 1 and not item.enable_behavior:
        yield Problem(f"{path}.enableBehavior", "is missing: with more than one condition say all or any")
    if item.enable_behavior and item.enable_behavior not in ("all", "any"):
        yield Problem(f"{path}.enableBehavior", f"is all or any, not {item.enable_behavior}")
    for index, condition in enumerate(item.enable_when):
        where = f"{path}.enableWhen[{index}]"
        if condition.operator not in OPERATORS:
            yield Problem(f"{where}.operator", f"is one of {' '.join(OPERATORS)}, not {condition.operator}")
        elif reason := _unanswerable(condition, definition) or _out_of_reach(item, condition, definition):
            yield Problem(where, reason)
        elif is_ours and condition.operator == "!=" and not _has_exists_beside(item, condition):
            yield Problem(
                where, f"!= needs `exists` on {condition.question} beside it, all of them, so that no answer is clear"
            )


def _has_exists_beside(item: Item, condition: EnableWhen) -> bool:
    beside = EnableWhen(question=condition.question, operator="exists", answer=True)
    return item.enable_behavior == "all" and beside in item.enable_when


def _out_of_reach(item: Item, condition: EnableWhen, definition: Definition) -> str:
    """A row's answers are seen by the questions of that row only."""
    group = definition.rows_of.get(condition.question)
    if group is None or group == definition.rows_of.get(item.link_id):
        return ""
    return f"unsupported: looking from outside into {group}, a group that repeats"


def _unanswerable(condition: EnableWhen, definition: Definition) -> str:
    """Why a condition can never be judged; empty when it can."""
    name, wanted = condition.question, condition.answer
    if condition.operator == "exists":
        known = name in definition.by_id or name in definition.scores_by_id
        return "" if known and isinstance(wanted, bool) else _why_exists(name, known)
    if name in definition.scores_by_id:
        return "" if _is_number(wanted) else "a score is compared with a number"
    asked = definition.by_id.get(name)
    if asked is None:
        return f"no item or score is called {name}"
    return _mismatch(asked, condition.operator, wanted)


def _why_exists(name: str, known: bool) -> str:
    return "exists is answered true or false" if known else f"no item or score is called {name}"


def _mismatch(asked: Item, operator: str, wanted: object) -> str:
    kind = asked.kind
    if kind in CHOICES or kind == "string":
        if operator not in ("=", "!="):
            return (
                f"unsupported: {operator} between the answers of a choice; use = or a score"
                if asked.options
                else _only(asked)
            )
        known = asked.type == "open-choice" or not asked.options or asked.option(wanted)
        return "" if known and isinstance(wanted, str) else f"{asked.link_id} has no answer {wanted}"
    if kind == "boolean":
        return "" if isinstance(wanted, bool) and operator in ("=", "!=") else f"{asked.link_id} is true or false"
    fits, words = _FITS.get(kind, (None, ""))
    if fits is None:
        return "" if kind == "text" and operator in ("=", "!=") and isinstance(wanted, str) else _only(asked)
    return "" if fits(wanted) else f"{asked.link_id} is {words}"


def _only(asked: Item) -> str:
    return f"unsupported: {asked.link_id} is a {asked.type}; only `exists` can be asked of it"


def _is_number(value: object) -> bool:
    return not isinstance(value, (bool, str))


_FITS: dict[str, tuple[Callable[[object], object], str]] = {
    **dict.fromkeys(NUMBERS, (_is_number, "a number")),
    "date": (is_date, "a date, such as 2026-03-31"),
    "dateTime": (moment, "a date, or a date with a time and a zone"),
    "time": (clock_time, "a time, such as 10:30:00"),
    "quantity": (quantity, "a number with a unit"),
}


def _rule_problems(rule: Rule, path: str, of: tuple[str, ...]) -> Iterator[Problem]:
    yield from _flag_problems(rule.flag, f"{path}.flag")
    if rule.of not in of:
        yield Problem(f"{path}.of", f"is one of {', '.join(of)}, not {rule.of}")
    if rule.operator not in OPERATORS or rule.operator == "!=":
        yield Problem(f"{path}.operator", "is one of exists = > < >= <=")
    elif rule.operator == "exists" and rule.value is not True:
        yield Problem(f"{path}.value", "a rule looks at what was answered: exists is true")
    elif rule.operator in (">", "<", ">=", "<=") and not _is_number(rule.value):
        yield Problem(f"{path}.value", f"{rule.operator} needs a number")


def _flag_problems(flag: str, path: str) -> Iterator[Problem]:
    if flag not in FLAGS:
        yield Problem(path, f"no flag is called {flag}")


def _score_problems(score: Score, definition: Definition) -> Iterator[Problem]:
    path = f"scores[{score.id}]"
    if score.method not in ("mean", "sum", "count"):
        yield Problem(f"{path}.method", f"is mean, sum or count, not {score.method}")
    least = 1 if score.method == "mean" else 0  # there is no mean of nothing
    if not least <= score.minimum_answered <= len(score.items):
        yield Problem(f"{path}.minimumAnswered", f"is between {least} and {len(score.items)}")
    if score.lowest >= score.highest:
        yield Problem(f"{path}.lowest", "must be less than highest")
    if list(score.bands) != sorted(score.bands, key=_start):
        yield Problem(f"{path}.bands", "must rise from the first start to the last")
    for link_id in score.items:
        if reason := _scoreless(score, definition.by_id.get(link_id), definition):
            yield Problem(f"{path}.items[{link_id}]", reason)
    of = ("score", "change") if score.compare_to else ("score",)
    for index, rule in enumerate(score.rules):
        yield from _rule_problems(rule, f"{path}.rules[{index}]", of)


def _start(band: Band) -> Decimal:
    return band.start


def _scoreless(score: Score, item: Item | None, definition: Definition) -> str:
    if item is None:
        return "no item has this link id"
    if item.link_id in definition.rows_of or (score.method == "mean" and item.repeats):
        return "unsupported: a score over answers that repeat"
    if score.method == "count" or item.kind in (*NUMBERS, "boolean"):
        return ""
    has_scores = any(option.score is not None for option in item.options)
    return "" if has_scores else "its answers have no scores"
