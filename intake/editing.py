"""Edits of a definition: words, order, options, what is required and when it is shown; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from intake.definition import Definition, EnableWhen, Item, Option
from intake.enablement import OPERATORS
from intake.values import NUMBERS

_CONDITION = re.compile(rf"(\S+)\s+({'|'.join(sorted(OPERATORS, key=len, reverse=True))})\s*(.*)")
_YES, _NO = ("yes", "true"), ("no", "false")
_SEPARATOR = " | "


class Unclear(Exception):
    """A line that was typed and cannot be read; the message says what to write."""


def change(definition: Definition, link_id: str, edit: Callable[[Item], tuple[Item, ...]]) -> Definition:
    """The definition with one item replaced by what `edit` makes of it: itself, nothing, or several."""

    def edited(items: tuple[Item, ...]) -> Iterator[Item]:
        for item in items:
            kept = replace(item, items=tuple(edited(item.items)))
            yield from edit(kept) if item.link_id == link_id else (kept,)

    return replace(definition, items=tuple(edited(definition.items)))


def reword(definition: Definition, link_id: str, **changes: object) -> Definition:
    """The same question in other words."""
    return change(definition, link_id, lambda item: (replace(item, **changes),))  # type: ignore[arg-type]


def remove(definition: Definition, link_id: str) -> Definition:
    """Without this question and what stands inside it."""
    return change(definition, link_id, lambda item: ())


def add(definition: Definition, item: Item) -> Definition:
    """With one more question, at the end."""
    return replace(definition, items=(*definition.items, item))


def move(definition: Definition, link_id: str, step: int) -> Definition:
    """One place up (-1) or down (+1) among those that stand beside it."""

    def moved(items: tuple[Item, ...]) -> tuple[Item, ...]:
        names = [item.link_id for item in items]
        inner = [replace(item, items=moved(item.items)) for item in items]
        if link_id in names:
            place = names.index(link_id)
            inner.insert(max(0, place + step), inner.pop(place))
        return tuple(inner)

    return replace(definition, items=moved(definition.items))


def ask_something_else(definition: Definition, link_id: str) -> tuple[Definition, str]:
    """A new meaning gets a new link id, and the conditions on it follow; the old answers stay with the old id."""
    new = fresh_id(definition, link_id)

    def renamed(item: Item) -> Item:
        conditions = tuple(
            replace(each, question=new) if each.question == link_id else each for each in item.enable_when
        )
        own = new if item.link_id == link_id else item.link_id
        quotes = new if item.quotes == link_id else item.quotes
        inner = tuple(renamed(child) for child in item.items)
        return replace(item, link_id=own, enable_when=conditions, quotes=quotes, items=inner)

    return replace(definition, items=tuple(renamed(item) for item in definition.items)), new


def fresh_id(definition: Definition, words: str) -> str:
    """A link id that was not used, made of these words."""
    base = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:40] or "question"
    base = base if base[0].isalpha() else f"q_{base}"
    taken = {*definition.by_id, *definition.scores_by_id}
    return next(name for name in (base, *(f"{base}_{number}" for number in range(2, 999))) if name not in taken)


def options_as_lines(item: Item) -> str:
    """One answer a line: its code and its words."""
    return "\n".join(f"{option.code}{_SEPARATOR}{option.text}" for option in item.options)


def options_from(text: str, item: Item) -> tuple[Option, ...]:
    """The answers in these lines; a line without a code is a new answer and gets one."""
    found: list[Option] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        code, separator, words = (part.strip() for part in line.partition("|"))
        if not separator:
            code, words = _fresh_code(code, item, found), code
        if not code or not words:
            raise Unclear(f"Write “{line}” as code | words, or only the words of a new answer.")
        known = item.option(code) or Option(code=code, text=words)
        found.append(replace(known, text=words))
    return tuple(found)


def _fresh_code(words: str, item: Item, found: list[Option]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:30] or "answer"
    taken = {option.code for option in (*item.options, *found)}
    return next(code for code in (base, *(f"{base}_{number}" for number in range(2, 999))) if code not in taken)


def conditions_as_lines(item: Item) -> str:
    """One condition a line, as `question = answer`."""
    return "\n".join(f"{each.question} {each.operator} {_said(each.answer)}" for each in item.enable_when)


def _said(answer: object) -> str:
    return ("yes" if answer else "no") if isinstance(answer, bool) else str(answer)


def conditions_from(text: str, definition: Definition) -> tuple[EnableWhen, ...]:
    """The conditions in these lines."""
    lines = filter(None, (line.strip() for line in text.splitlines()))
    return tuple(_condition(line, definition) for line in lines)


def _condition(line: str, definition: Definition) -> EnableWhen:
    found = _CONDITION.fullmatch(line)
    if found is None:
        raise Unclear(f"Write “{line}” as a question, a sign and an answer, such as sleep = 2 or sleep exists yes.")
    question, sign, said = found[1], found[2], found[3].strip()
    asked = definition.by_id.get(question)
    if asked is None and question not in definition.scores_by_id:
        raise Unclear(f"There is no question or score with the id {question}.")
    kind = "boolean" if sign == "exists" else asked.kind if asked else "decimal"
    return EnableWhen(question=question, operator=sign, answer=_answer(kind, said or "yes"))


def _answer(kind: str, said: str) -> str | int | Decimal | bool:
    if kind == "boolean":
        if said.lower() not in (*_YES, *_NO):
            raise Unclear(f"“{said}” must be yes or no.")
        return said.lower() in _YES
    if kind in NUMBERS:
        try:
            return int(said) if said.lstrip("-").isdecimal() else Decimal(said)
        except InvalidOperation as error:
            raise Unclear(f"“{said}” must be a number.") from error
    return said


def differences(before: Definition | None, after: Definition) -> list[str]:
    """What changed between two versions, one sentence each."""
    if before is None:
        return []
    old, new = before.by_id, after.by_id
    said = [f"Added: {new[name].words}" for name in new if name not in old]
    said += [f"Removed: {old[name].words}" for name in old if name not in new]
    for name in new:
        if name in old and replace(old[name], items=()) != replace(new[name], items=()):
            said.append(f"Changed: {new[name].words}")
    kept = [name for name in new if name in old]
    return said + (["The order changed."] if kept != [name for name in old if name in new] else [])
