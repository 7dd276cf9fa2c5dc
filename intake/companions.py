"""Questions whose answer takes a second box: a time beside a date, a unit beside a number, own words beside options;
and those that take several lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from django import forms

from clinic.people.widgets import Radios
from intake.answers import OTHER
from intake.definition import Answer, Item
from intake.values import quantity

TIME, UNIT, OWN = "__time", "__unit", "__other"
ONE_A_LINE = "One on each line."


def beside(item: Item) -> dict[str, forms.Field]:
    """The second boxes of a question, by the end of their names."""
    if item.control == "moment" and not is_lines(item):
        return {TIME: clock_field("At what time?")}
    if item.control == "quantity" and len(item.units) > 1 and not is_lines(item):
        units = [(unit.code, unit.text) for unit in item.units]
        return {UNIT: forms.ChoiceField(choices=units, label="In", required=False, widget=Radios())}
    if item.type == "open-choice":
        return {OWN: forms.CharField(label="Something else", required=False, max_length=item.max_length or 500)}
    return {}


def clock_field(label: str) -> forms.TimeField:
    """A time of day."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


def is_lines(item: Item) -> bool:
    """Whether several answers are typed, one on each line."""
    return item.repeats and not item.options and item.type != "group"


def lines(item: Item) -> forms.Field:
    """Several answers, one on each line."""
    return forms.CharField(label=item.row or item.words, widget=forms.Textarea(attrs={"rows": 4}), help_text=ONE_A_LINE)


def lines_answer(item: Item, text: str) -> list[Any]:
    """What stands on each line; a whole number where one is asked for and typed."""
    each = [line.strip() for line in text.splitlines() if line.strip()]
    is_number = item.type == "integer"
    return [int(line) if is_number and line.lstrip("-").isdecimal() else line for line in each]


def joined(item: Item, value: Any, second: Mapping[str, Any], zone: tzinfo) -> Any:
    """The answer that both boxes make."""
    if item.control == "moment":
        return _moment(value, second.get(TIME), zone)
    if item.control == "quantity":
        unit = second.get(UNIT) or (item.units[0].code if len(item.units) == 1 else "")
        return None if value in (None, "") else f"{value} {unit}".strip()
    if item.type == "open-choice":
        return _with_own(item, value, str(second.get(OWN) or "").strip())
    return value


def _moment(day: Any, at: time | None, zone: tzinfo) -> str | None:
    """A date alone stays one; with a time it has the zone of the person who answers."""
    if not day or at is None:
        return str(day) if day else None
    try:
        return datetime.combine(datetime.fromisoformat(str(day)).date(), at, zone).isoformat()
    except ValueError:  # a month has no time of day: the check of the answer says so
        return f"{day}T{at:%H:%M}"


def _with_own(item: Item, value: Any, own: str) -> Any:
    known = next((option.code for option in item.options if option.text.casefold() == own.casefold()), None)
    extra = [known] if known else [{OTHER: own}] if own else []
    chosen = value if isinstance(value, list) else [value] if value else []
    found = [*chosen, *extra]
    return found if item.repeats or len(found) > 1 else (found[0] if found else None)


def apart(item: Item, answer: Answer, zone: tzinfo) -> dict[str, Any]:
    """A kept answer as both boxes show it; "" is the first."""
    if is_lines(item):
        several = answer if isinstance(answer, list | tuple) else [answer]
        return {"": "\n".join(str(each) for each in several)}
    if item.control == "moment" and isinstance(answer, str) and "T" in answer:
        at = datetime.fromisoformat(answer).astimezone(zone)
        return {"": at.date().isoformat(), TIME: at.time()}
    if item.control == "quantity" and (found := quantity(answer)):
        return {"": found.value, UNIT: found.unit}
    if item.type == "open-choice":
        each = answer if isinstance(answer, list | tuple) else [answer]
        own = next((one[OTHER] for one in each if isinstance(one, Mapping) and OTHER in one), "")
        codes = [one for one in each if not isinstance(one, Mapping)]
        return {"": codes if item.repeats else next(iter(codes), None), OWN: own}
    if item.control == "number" and isinstance(answer, str):
        return {"": Decimal(answer)}
    return {}
