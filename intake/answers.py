"""What was typed for one question: its parts, which of them count, and what is wrong with them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from intake.definition import DECLINED, Answer, Item, Value

# FHIR's dates: a year, a month of it, or a day; "a rough date is fine".
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_WORDS = ("string", "text")


def parts(answer: Answer) -> tuple[Value, ...]:
    """The single answers in an answer; blank words are none."""
    if answer is None:
        return ()
    if isinstance(answer, str):
        return (answer.strip(),) if answer.strip() else ()
    if isinstance(answer, (bool, int, Decimal)):
        return (answer,)
    if isinstance(answer, float):  # from JSON
        return (Decimal(str(answer)),)
    return tuple(dict.fromkeys(part for each in answer for part in parts(each)))


def is_declined(item: Item, given: tuple[Value, ...]) -> bool:
    """Whether a person said kindly that they will not answer here."""
    return item.sensitive and len(given) == 1 and given[0] in DECLINED


def counted(item: Item, given: tuple[Value, ...]) -> tuple[Value, ...]:
    """The parts that mean something: known codes, and values of the right kind within their limits."""
    if item.type == "choice":
        return tuple(part for part in given if item.option(part))
    if is_declined(item, given) or len(given) != 1 or complaint(item, given):
        return ()
    return given


def complaint(item: Item, given: tuple[Value, ...]) -> str:
    """What to do about the answer to a shown question, in plain words; empty when it is fine."""
    if not given:
        return _when_empty(item) if item.required else ""
    if is_declined(item, given):
        return ""
    if len(given) > 1 and not item.repeats:
        return "Choose only one answer."
    return _CHECKS[item.type](item, given)


def _when_empty(item: Item) -> str:
    none = next((option.text for option in item.options if option.exclusive), "")
    if item.type == "choice":
        some = "Choose at least one answer" if item.repeats else "Choose one of the answers"
        return f"{some}, or “{none}”." if none else f"{some}."
    if item.control == "consent":
        return _CONSENT
    return {
        "boolean": "Choose yes or no.",
        "date": "Give a date. A rough date is fine.",
        "integer": _number_wanted(item),
        "decimal": _number_wanted(item),
    }.get(item.type, "Write a few words here.")


_CONSENT = "Tick this to send your answers. If you would rather not, call us instead; your answers are kept."


def _number_wanted(item: Item) -> str:
    kind = "a whole number" if item.type == "integer" and item.control != "scale" else "a number"
    if item.minimum is not None and item.maximum is not None:
        return f"Choose {kind} from {item.minimum} to {item.maximum}."
    if item.minimum is not None:
        return f"Give {kind} of {item.minimum} or more."
    return f"Give {kind} of {item.maximum} or less." if item.maximum is not None else f"Give {kind}."


def _choice(item: Item, given: tuple[Value, ...]) -> str:
    chosen = [item.option(part) for part in given]
    if None in chosen:
        return "Choose from the answers shown."
    alone = next((option for option in chosen if option and option.exclusive), None)
    if alone and len(given) > 1:
        return f"Choose “{alone.text}” on its own, or untick it."
    return ""


def _number(item: Item, given: tuple[Value, ...]) -> str:
    number = given[0]
    kinds = (int,) if item.type == "integer" else (int, Decimal)
    if isinstance(number, bool) or not isinstance(number, kinds) or not Decimal(number).is_finite():
        return _number_wanted(item)
    is_low = item.minimum is not None and number < item.minimum
    is_high = item.maximum is not None and number > item.maximum
    return _number_wanted(item) if is_low or is_high else ""


def _boolean(item: Item, given: tuple[Value, ...]) -> str:
    if not isinstance(given[0], bool):
        return "Choose yes or no."
    return _CONSENT if item.control == "consent" and item.required and not given[0] else ""


def _text(item: Item, given: tuple[Value, ...]) -> str:
    words = given[0]
    if not isinstance(words, str):
        return "Write your answer in words."
    if item.max_length is not None and len(words) > item.max_length:
        return f"Use {item.max_length} letters or fewer. You have {len(words)}."
    return ""


def _date(item: Item, given: tuple[Value, ...]) -> str:
    return "" if is_date(given[0]) else "Give a real date, such as 2026-03-31, or only 2026-03 or 2026."


def is_date(value: object) -> bool:
    """Whether this is a year, month or day that exists."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    except ValueError:
        return False
    return True


_CHECKS = {
    "choice": _choice,
    "integer": _number,
    "decimal": _number,
    "boolean": _boolean,
    "date": _date,
    **dict.fromkeys(_WORDS, _text),
}
