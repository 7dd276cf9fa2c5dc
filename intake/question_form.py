"""The questions of one page as a form, groups that are filled in several times included."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms

from clinic.people.refusing import InOurWords
from intake import companions, fields
from intake.answers import how_many
from intake.definition import DECLINED, Answer, Item
from intake.evaluation import Result, Row
from intake.forms import bare_helper

INSTEAD = "__instead"
EMPTY: tuple[object, ...] = (None, "", [])
MOST_ROWS = 30
_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


def field_name(link_id: str) -> str:
    """The name of a question's field; ids of foreign forms may hold anything, so those get a name of ours."""
    if _SAFE.fullmatch(link_id):
        return link_id
    return f"n{hashlib.sha256(link_id.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class _Asked:
    """One question on the page: its field's name, and where it stands in a group that repeats."""

    item: Item
    name: str
    group: str = ""
    number: int = 0
    is_needed: bool = True


class QuestionForm(InOurWords, forms.Form):
    """The questions of one page. A forged field or an option that is not offered has no place to land."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *, items: Sequence[Item], answers: Mapping[str, Answer], result: Result | None = None,
        zone: tzinfo = UTC,
    ) -> None:  # fmt: skip
        self.items, self.zone, self.result = tuple(items), zone, result
        self.asked = list(self._asked(data or {}))
        super().__init__(data, initial=self._initial(answers))
        self.heading = self.asked[0].name if len(self.items) == 1 and not self.items[0].is_rows else ""
        self.helper = bare_helper()
        for each in self.asked:
            self.fields |= _fields(each)
            needed = self.fields[each.name].error_messages
            needed["required"] = self._named(each, str(needed["required"]))
        if any(item.is_rows for item in self.items):
            self.helper.layout = Layout(*self._blocks())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        blank = self._blank_rows()
        for each in self.asked:
            is_judged = each.name not in self.errors and (each.group, each.number) not in blank and each.is_needed
            if is_judged and (words := fields.problem(each.item, self._answer(each))):
                signs = fields.ticked(each.item, cleaned[each.name])
                self.add_error(each.name, self._named(each, words))
                cleaned |= {each.name: signs} if signs else {}  # a worrying one does not wait until the page is right
        for item in self.items:
            rows = len([row for row in self._rows(item) if row]) if item.is_rows else 0
            if item.is_rows and (words := (fields.problem(item, None) if not rows else how_many(item, rows))):
                self.add_error(None, words)
        return cleaned

    def answers(self) -> dict[str, Answer]:
        """What was answered, question by question; None where an answer was taken back."""
        alone = [each for each in self.asked if not each.group and each.name in self.cleaned_data]
        found: dict[str, Answer] = {each.item.link_id: self._answer(each) for each in alone}
        several = {item.link_id: self._rows(item) for item in self.items if item.is_rows}
        return found | {name: [row for row in rows if row] or None for name, rows in several.items()}

    def misses(self, result: Result) -> bool:
        """Whether a row now has a question that this page did not show."""
        shown = {(each.group, each.number, each.item.link_id) for each in self.asked}
        return any(
            (item.link_id, number, child.link_id) not in shown
            for item in self.items
            for number, row in enumerate(result.rows.get(item.link_id, ()))
            for child in _children(item, row)
        )

    def _named(self, each: _Asked, words: str) -> str:
        """Beside other questions a message says which one it means; rows of one stem say so by themselves."""
        return words if len(self.asked) == 1 or each.item.row else f"{each.item.words} {words}"

    def _asked(self, data: Mapping[str, Any]) -> Iterator[_Asked]:
        for item in self.items:
            if item.is_rows:
                yield from self._asked_rows(item, data)
            else:
                yield _Asked(item, field_name(item.link_id))

    def _asked_rows(self, group: Item, data: Mapping[str, Any]) -> Iterator[_Asked]:
        rows, blank = self._known_rows(group)
        start = f"{field_name(group.link_id)}__"
        posted = [
            int(name[len(start) :].split("__")[0]) for name in data if re.match(rf"{re.escape(start)}\d+__", name)
        ]
        most = min(group.max_occurs or MOST_ROWS, MOST_ROWS)
        for number in range(min(max(len(rows) + 1, *(n + 1 for n in posted), 1), most)):
            needed = {child.link_id for child in _children(group, rows[number] if number < len(rows) else blank)}
            for child in group.walk():
                name = f"{start}{number}__{field_name(child.link_id)}"
                is_there = any(key.startswith(name) for key in data)
                if child.is_asked and not child.is_rows and (child.link_id in needed or is_there):
                    yield _Asked(child, name, group.link_id, number, child.link_id in needed)

    def _known_rows(self, group: Item) -> tuple[Sequence[Row], Row]:
        if self.result is None:
            return (), Row({}, {child.link_id for child in group.walk()})
        return self.result.rows.get(group.link_id, ()), self.result.blank.get(group.link_id, Row({}))

    def _blank_rows(self) -> set[tuple[str, int]]:
        rows = {item.link_id: self._rows(item) for item in self.items if item.is_rows}
        return {(group, number) for group, several in rows.items() for number, row in enumerate(several) if not row}

    def _rows(self, group: Item) -> list[dict[str, Answer]]:
        inside = [each for each in self.asked if each.group == group.link_id]
        rows: list[dict[str, Answer]] = [{} for _ in range(max((each.number for each in inside), default=-1) + 1)]
        for each in inside:
            answer = self._answer(each) if each.name in self.cleaned_data else None
            if answer not in EMPTY:
                rows[each.number][each.item.link_id] = answer
        return rows

    def _answer(self, each: _Asked) -> Answer:
        item, name = each.item, each.name
        value, instead = (self.cleaned_data.get(key) for key in (name, name + INSTEAD))
        if value in EMPTY and instead:
            return fields.to_answer(item, instead)
        second = {end: self.cleaned_data.get(name + end) for end in companions.beside(item)}
        return fields.to_answer(item, companions.joined(item, value, second, self.zone))

    def _initial(self, answers: Mapping[str, Answer]) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for each in self.asked:
            given: Mapping[str, Any] = answers
            if each.group:
                rows = answers.get(each.group)
                given = rows[each.number] if isinstance(rows, list) and each.number < len(rows) else {}
            initial |= self._initial_of(each, given.get(each.item.link_id))
        return initial

    def _initial_of(self, each: _Asked, answer: Answer) -> dict[str, Any]:
        item = each.item
        if answer is None and item.initial:
            answer = list(item.initial) if item.repeats else item.initial[0]
        if isinstance(answer, str) and answer in DECLINED and not fields.is_list(item):
            return {each.name + INSTEAD: answer}
        both = companions.apart(item, answer, self.zone) if answer is not None else {}
        first = both.pop("", fields.to_field(item, answer) if answer is not None else None)
        return {each.name: first, **{each.name + end: value for end, value in both.items()}}

    def _blocks(self) -> Iterator[Any]:
        for item in self.items:
            inside = [each for each in self.asked if each.group == item.link_id]
            if not item.is_rows:
                yield from (name for name in self.fields if name.startswith(field_name(item.link_id)))
            for number in dict.fromkeys(each.number for each in inside):
                starts = tuple(each.name for each in inside if each.number == number)
                yield Fieldset(str(number + 1), *(name for name in self.fields if name.startswith(starts)))


def _children(group: Item, row: Row) -> list[Item]:
    """The questions of a row that apply."""
    return [child for child in group.walk() if child is not group and child.is_asked and child.link_id in row.enabled]


def _fields(each: _Asked) -> dict[str, forms.Field]:
    item = each.item
    main = fields.question(item)
    made = {each.name: main}
    if item.sensitive and not fields.is_list(item):
        main.required = False
        made[each.name + INSTEAD] = fields.declining(item)
    second = companions.beside(item)
    if second or each.group:
        main.required = False  # `problem` looks at both boxes together, and leaves out rows that stay empty
        vars(main)["is_needed"] = item.required
    return made | {each.name + end: field for end, field in second.items()}
