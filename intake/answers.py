"""What was typed for one question: its parts, which of them count, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from intake import patterns, values
from intake.definition import DECLINED, Answer, Item
from intake.values import MOMENTS, Quantity, Value, Words, is_date

OTHER = "other"  # the key of free words beside options
_LINES = ("\r\n", "\n", "\r")

__all__ = ["OTHER", "complaint", "counted", "given_to", "is_date", "is_declined", "parts", "rows"]


def parts(answer: Answer) -> tuple[Value, ...]:
    """The single answers in an answer; blank words are none."""
    if answer is None:
        return ()
    if isinstance(answer, str):
        return (answer.strip(),) if answer.strip() else ()
    if isinstance(answer, (bool, int, Decimal, Words, Quantity)):
        return (answer,)
    if isinstance(answer, float):  # from JSON
        return (Decimal(str(answer)),)
    if isinstance(answer, Mapping):
        return _of_mapping(answer)
    return tuple(part for each in answer for part in parts(each))


def _of_mapping(answer: Mapping[str, Any]) -> tuple[Value, ...]:
    if OTHER in answer:
        return tuple(Words(str(part)) for part in parts(answer[OTHER]))
    found = values.quantity(answer)
    return (found,) if found else ()


def rows(answer: Answer) -> tuple[Mapping[str, Answer], ...]:
    """The times that a repeating group was filled in; those without any answer are left out."""
    each = [answer] if isinstance(answer, Mapping) else answer if isinstance(answer, (list, tuple)) else []
    return tuple(row for row in each if isinstance(row, Mapping) and any(parts(value) for value in row.values()))


def given_to(item: Item, answer: Answer) -> tuple[Value, ...]:
    """What was given for an item; the same option ticked twice is ticked once."""
    given = parts(answer)
    return tuple(dict.fromkeys(given)) if item.options else given


def is_declined(item: Item, given: tuple[Value, ...]) -> bool:
    """Whether a person said kindly that they will not answer here."""
    return item.sensitive and len(given) == 1 and given[0] in DECLINED


def counted(item: Item, given: tuple[Value, ...]) -> tuple[Value, ...]:
    """The parts that mean something: known codes, and values of the right kind within their limits."""
    if not item.options and (is_declined(item, given) or (len(given) > 1 and not item.repeats)):
        return ()
    found = (_read(item, part) for part in given if not _fault(item, part))
    return tuple(value for value in found if value is not None)


def complaint(item: Item, given: tuple[Value, ...]) -> str:
    """What to do about the answer to a shown question, in plain words; empty when it is fine."""
    if not given:
        return _when_empty(item) if item.required else ""
    if is_declined(item, given):
        return ""
    if len(given) > 1 and not item.repeats:
        return "Choose only one answer." if item.options else "Give only one answer."
    faults = (_fault(item, part) for part in given)
    return next(filter(None, faults), "") or _not_alone(item, given) or how_many(item, len(given))


def how_many(item: Item, number: int) -> str:
    """What is wrong with this number of answers."""
    if item.min_occurs is not None and number < item.min_occurs:
        return f"Give at least {item.min_occurs} answers."
    if item.max_occurs is not None and number > item.max_occurs:
        return f"Give {item.max_occurs} answers at most."
    return ""


def _read(item: Item, part: Value) -> Value | None:
    """One part as what it is; None when it is not one of this item's answers."""
    if item.options:
        return _chosen(item, part)
    return _READERS[item.type](item, part)


def _chosen(item: Item, part: Value) -> Value | None:
    code = str(part) if isinstance(part, int) and not isinstance(part, bool) else part
    option = item.option(code)
    if option is None and isinstance(part, Words):  # words that are themselves one of the answers are that answer
        option = next((each for each in item.options if each.kind == "string" and each.code == part.text), None)
    if option is not None:
        return int(option.code) if option.kind == "integer" else option.code
    if item.type != "open-choice":
        return None
    return part if isinstance(part, Words) else Words(part) if isinstance(part, str) else None


def _quantity(item: Item, part: Value) -> Quantity | None:
    found = values.quantity(part)
    if found is None or not item.units:
        return found
    unit = item.units[0].code if not found.unit and len(item.units) == 1 else found.unit
    known = any(unit == each.code for each in item.units)
    return Quantity(found.value, unit) if known else None


def _integer(item: Item, part: Value) -> int | None:
    return part if isinstance(part, int) and not isinstance(part, bool) else None


def _line(item: Item, part: Value) -> str | None:
    """Words on one line: FHIR's `string` has no line breaks."""
    if isinstance(part, str) and item.type == "string":
        return " ".join(line.strip() for line in part.splitlines() if line.strip())
    return part if isinstance(part, str) else None


_READERS: dict[str, Callable[[Item, Value], Value | None]] = {
    "integer": _integer,
    "decimal": lambda item, part: values.decimal(part),
    "quantity": _quantity,
    "boolean": lambda item, part: part if isinstance(part, bool) else None,
    "date": lambda item, part: str(part) if is_date(part) else None,
    "dateTime": lambda item, part: values.moment(part),
    "time": lambda item, part: values.clock_time(part),
    "string": _line,
    "text": _line,
    "choice": lambda item, part: None,
    "open-choice": lambda item, part: None,
    "group": lambda item, part: None,
    "display": lambda item, part: None,
}


def _fault(item: Item, part: Value) -> str:
    """What is wrong with one part."""
    value = _read(item, part)
    if value is None:
        return _wanted(item)
    if item.options:
        return ""
    if isinstance(value, bool):
        return _CONSENT if item.control == "consent" and item.required and not value else ""
    if isinstance(value, (int, Decimal, Quantity)):
        return _number_fault(item, value.value if isinstance(value, Quantity) else value)
    if item.type in MOMENTS:
        return _moment_fault(item, str(value))
    return _words_fault(item, str(value))


def _number_fault(item: Item, number: int | Decimal) -> str:
    is_low = item.minimum is not None and number < item.minimum
    is_high = item.maximum is not None and number > item.maximum
    if is_low or is_high:
        return number_wanted(item)
    places = -int(Decimal(number).as_tuple().exponent)
    if item.max_decimals is not None and places > item.max_decimals:
        return f"Use at most {item.max_decimals} places after the point."
    return ""


def _moment_fault(item: Item, value: str) -> str:
    for limit, is_wrong in ((item.earliest, _is_before), (item.latest, lambda one, other: _is_before(other, one))):
        if limit and is_wrong(value, limit):
            between = " and ".join(filter(None, [item.earliest, item.latest]))
            return f"Give one between {between}." if item.earliest and item.latest else f"It must not pass {limit}."
    return ""


def _is_before(one: str, other: str) -> bool:
    first, second = values.shared(one, other)
    return first < second


def _words_fault(item: Item, words: str) -> str:
    if item.max_length is not None and len(words) > item.max_length:
        return f"Use {item.max_length} letters or fewer. You have {len(words)}."
    if item.min_length is not None and len(words) < item.min_length:
        return f"Use at least {item.min_length} letters."
    if item.pattern and not patterns.matches(item.pattern, words):
        return "This is not written in the way that is asked for."
    return ""


def _not_alone(item: Item, given: tuple[Value, ...]) -> str:
    chosen = [item.option(part) for part in given]
    alone = next((option for option in chosen if option and option.exclusive), None)
    return f"Choose “{alone.text}” on its own, or untick it." if alone and len(given) > 1 else ""


def _when_empty(item: Item) -> str:
    none = next((option.text for option in item.options if option.exclusive), "")
    if item.options:
        some = "Choose at least one answer" if item.repeats else "Choose one of the answers"
        return f"{some}, or “{none}”." if none else f"{some}."
    if item.control == "consent":
        return _CONSENT
    if item.type == "date":
        return "Give a date. A rough date is fine."
    return _wanted(item) if item.type not in ("string", "text") else "Write a few words here."


_CONSENT = "Tick this to send your answers. If you would rather not, call us instead; your answers are kept."
_WANTED = {
    "boolean": "Choose yes or no.",
    "date": "Give a real date, such as 2026-03-31, or only 2026-03 or 2026.",
    "dateTime": "Give a real date, and a time with its zone, such as 2026-03-31T10:30:00+01:00.",
    "time": "Give a time, such as 10:30.",
    "string": "Write your answer in words.",
    "text": "Write your answer in words.",
    "group": "Fill this in at least once.",
}


def _wanted(item: Item) -> str:
    if item.options:
        return "Choose from the answers shown."
    if item.type == "quantity":
        units = " or ".join(unit.text for unit in item.units)
        return f"Give a number of {units}." if units else "Give a number."
    return _WANTED.get(item.type) or number_wanted(item)


def number_wanted(item: Item) -> str:
    """Which numbers may be given."""
    kind = "a whole number" if item.type == "integer" and item.control != "scale" else "a number"
    if item.minimum is not None and item.maximum is not None:
        return f"Choose {kind} from {item.minimum} to {item.maximum}."
    if item.minimum is not None:
        return f"Give {kind} of {item.minimum} or more."
    return f"Give {kind} of {item.maximum} or less." if item.maximum is not None else f"Give {kind}."
