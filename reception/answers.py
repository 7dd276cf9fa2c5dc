"""Calm answers to a whole questionnaire, for the demo practice: whatever is not given gets the mildest one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intake.definition import DECLINED, NOWHERE, Answer, Definition, Item


def fill(definition: Definition, given: Mapping[str, Any]) -> dict[str, Answer]:
    """An answer to every question that must be answered; questions of other forms in `given` are left out."""
    own = {link_id: answer for link_id, answer in given.items() if link_id in definition.by_id}
    asked = [item for item in definition.walk() if item.is_asked and item.control != "consent"]
    return {item.link_id: own[item.link_id] if item.link_id in own else mild(item) for item in asked} | own


def mild(item: Item) -> Answer:
    """None (not answered) for words and dates; else the option with no flag and the lowest score."""
    if item.control == "body_map":
        return [NOWHERE]
    if item.options:
        return _mildest(item)
    if item.control == "scale":
        return 2
    return "As I am" if item.required and item.control == "text" else None


def _mildest(item: Item) -> Answer:
    calm = [option for option in item.options if not option.flags and option.code not in DECLINED]
    best = min(calm or item.options, key=lambda option: option.score or 0).code
    exclusive = [option.code for option in calm if option.exclusive]
    return (exclusive[:1] or [best]) if item.repeats else best
