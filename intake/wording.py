"""An answer as it is read back."""

from __future__ import annotations

from collections.abc import Mapping

from intake.answers import OTHER
from intake.definition import DECLINED, Answer, Item
from intake.values import quantity


def words(item: Item, answer: Answer) -> str:
    """An answer as the client reads it back: their own words, the option's text, or that they would rather not."""
    if answer in (None, "", []):
        return ""
    if isinstance(answer, bool):
        return "Yes" if answer else "No"
    codes = [answer] if not isinstance(answer, list | tuple) else list(answer)
    return (", " if not item.is_rows else " | ").join(_word(item, code) for code in codes)


def _word(item: Item, code: object) -> str:
    if isinstance(code, Mapping):
        return str(code[OTHER]) if OTHER in code else _row(item, code)
    option = item.option(str(code))
    if option is not None:
        return option.text
    if code in DECLINED:
        return DECLINED[str(code)]
    if item.type in ("dateTime", "time"):
        return str(code).replace("T", " ")[:16] if item.type == "dateTime" else str(code)[:5]
    if item.type == "quantity" and (found := quantity(code)):
        return (
            f"{found.value} {next((unit.text for unit in item.units if unit.code == found.unit), found.unit)}".strip()
        )
    return f"{code} out of {item.maximum}" if item.control == "scale" else str(code)


def _row(group: Item, row: Mapping[str, Answer]) -> str:
    """One row of a group: each question with its answer."""
    answered = [child for child in group.walk() if child is not group and row.get(child.link_id) is not None]
    return ", ".join(f"{child.words}: {words(child, row[child.link_id])}" for child in answered)
