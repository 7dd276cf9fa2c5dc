"""A questionnaire as it is printed: numbered questions with boxes, and in words when each is to be answered; pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from intake import fields, paging
from intake.definition import DECLINED, Definition, EnableWhen, Item
from intake.enablement import compares
from intake.evaluation import Result
from intake.flags import FLAGS

ROWS = 3  # times that a group which may be filled in several times is printed
MARK = "(!)"  # beside an answer that cannot wait
FEW, MANY = 1, 4  # lines to write on
_SIGNS = {">": "more than", ">=": "at least", "<": "less than", "<=": "at most"}


@dataclass(frozen=True)
class Printed:
    """One question, or words between questions where it has no number."""

    item: Item
    number: str = ""
    only_if: str = ""
    boxes: tuple[tuple[str, tuple[str, ...]], ...] = ()  # a heading, and the answers to tick below it
    ends: tuple[str, str] = ("", "")
    lines: int = 0
    value: str = ""  # what is known already and only shown

    @property
    def rules_to_write_on(self) -> range:
        return range(self.lines)

    @property
    def is_scale(self) -> bool:
        return self.item.control == "scale"

    @property
    def is_urgent(self) -> bool:
        return bool(_urgent(self.item))

    @property
    def is_crisis(self) -> bool:
        return "crisis" in _urgent(self.item).values()


def printed(definition: Definition, result: Result) -> list[Printed]:
    """Everything that may be asked, in order; `result` is of no answers at all, for what the context settles."""
    asked = [item for page in paging.split(definition) for item in page.items]
    numbers = {item.link_id: number for number, item in enumerate(asked, start=1)}
    on_pages = {inner.link_id for item in asked for inner in item.walk()}
    found = []
    for item in definition.by_id.values():
        value = paging.value_words(item, result.values) if paging.is_only_shown(item, definition) else ""
        is_words = item.type in ("group", "display") and not item.is_rows and _has_any(item, on_pages)
        if not (item.link_id in on_pages or is_words or value) or not _may_open(item, definition, result):
            continue
        times = ROWS if item.link_id in definition.rows_of else 1
        found.append(replace(_printed(item, definition, numbers, times), value=value))
    return found


def _printed(item: Item, definition: Definition, numbers: Mapping[str, int], times: int) -> Printed:
    only_if = _only_if(item, definition, numbers)
    if not item.is_asked or item.is_rows:
        return Printed(item, only_if=only_if)
    field = fields.question(item)
    number = str(numbers.get(item.link_id, ""))
    boxes = tuple(_boxes(getattr(field, "choices", ()), _urgent(item)))
    if item.sensitive and not boxes:
        boxes = (("", tuple(DECLINED.values())),)
    is_written = item.control not in ("choice", "multi", "body_map", "scale", "boolean") or item.type == "open-choice"
    lines = (MANY if item.type == "text" else FEW) * times if is_written else 0
    return Printed(item, number, only_if, boxes, (item.min_label, item.max_label), lines)


def _urgent(item: Item) -> dict[str, str]:
    """The answers that cannot wait, each with the way to help that it calls for."""
    kinds = [(option.code, FLAGS[flag]) for option in item.options for flag in option.flags if flag in FLAGS]
    return {code: kind.route for code, kind in kinds if kind.severity == "urgent"}


def _boxes(choices: Iterable[tuple[str, object]], urgent: Container[str]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Choices as they stand, those of a group below its words; what cannot wait is marked."""
    alone: list[str] = []
    for first, second in choices:
        if isinstance(second, (list, tuple)):
            yield first, tuple(words for _, words in second)
        else:
            alone.append(f"{second} {MARK}" if first in urgent else str(second))
    if alone:
        yield "", tuple(alone)


def _has_any(item: Item, on_pages: set[str]) -> bool:
    return item.type == "display" or any(inner.link_id in on_pages for inner in item.walk())


def _may_open(item: Item, definition: Definition, result: Result) -> bool:
    """Whether what is known beforehand leaves this open; its parents too."""
    parent = definition.parents.get(item.link_id)
    if parent is not None and not _may_open(definition.item(parent), definition, result):
        return False
    settled = [_settled(each, definition, result) for each in item.enable_when]
    if item.enable_behavior == "any":
        return not settled or any(each is not False for each in settled)
    return False not in settled


def _settled(condition: EnableWhen, definition: Definition, result: Result) -> bool | None:
    """Whether a condition on something hidden holds; None where an answer decides."""
    source = definition.by_id.get(condition.question)
    if source is None or source.is_asked:
        return None
    return compares(condition.operator, result.values.get(source.link_id, ()), condition.answer, source)


def _only_if(item: Item, definition: Definition, numbers: Mapping[str, int]) -> str:
    """When it is to be answered, in words."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for each in item.enable_when:
        source = definition.by_id.get(each.question)
        if source is not None and source.is_asked:
            number = str(numbers.get(source.link_id) or source.words)
            wanted.setdefault((number, each.operator), []).append(_answer(source, each))
    said = [_condition(number, sign, answers) for (number, sign), answers in wanted.items()]
    if not said:
        return ""
    return f"Answer this only if {(' or ' if item.enable_behavior == 'any' else ' and ').join(said)}."


def _condition(number: str, sign: str, answers: list[str]) -> str:
    words = " or ".join(answers)
    if sign == "exists":
        return f"you {'answered' if answers == ['yes'] else 'left out'} question {number}"
    return (
        f"your answer to question {number} is {'not ' if sign == '!=' else ''}{_SIGNS.get(sign, '')} {words}".replace(
            "  ", " "
        )
    )


def _answer(source: Item, condition: EnableWhen) -> str:
    option = source.option(condition.answer)
    if option:
        return f"“{option.text}”"
    return ("yes" if condition.answer else "no") if isinstance(condition.answer, bool) else str(condition.answer)
