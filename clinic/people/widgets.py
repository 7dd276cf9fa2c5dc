"""Form fields and widgets that the template pack `calm` draws in a way of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from phonenumber_field.formfields import PhoneNumberField

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


class Radios(forms.RadioSelect):
    """One of several. `apart`: values that stand below an "or"; `hints`: a line below the words of a value."""

    def __init__(
        self,
        *args: Any,
        apart: Collection[str] = (),
        hints: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.apart = frozenset(map(str, apart))
        self.hints = dict(hints or {})


class Ticks(forms.CheckboxSelectMultiple):
    """Any of several, with the same `apart` and `hints` as `Radios`; grouped choices become groups of boxes."""

    def __init__(
        self,
        *args: Any,
        apart: Collection[str] = (),
        hints: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.apart = frozenset(map(str, apart))
        self.hints = dict(hints or {})


class Scale(Radios):
    """Numbers in a row as radios, with words at both ends; never a slider."""

    def __init__(self, *args: Any, low: str = "", high: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.low = low
        self.high = high


class DateTrio(forms.MultiWidget):
    """Day, month and year as three text boxes: quicker for a date one knows than any calendar."""

    names: ClassVar = ("day", "month", "year")

    def __init__(self, attrs: dict[str, Any] | None = None, *, autocomplete: str = "") -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {}
        for name in self.names:
            extra = {"autocomplete": f"{autocomplete}-{name}"} if autocomplete else {}
            # A month may be typed as a word, so its keyboard is not the numeric one.
            boxes[name] = forms.TextInput({**extra, **({} if name == "month" else {"inputmode": "numeric"})})
        super().__init__(boxes, attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class DateTrioField(forms.Field):
    """A date typed as day, month (number or name) and year."""

    widget = DateTrio
    default_error_messages: ClassVar = {
        "required": "Enter a date, for example 27 3 1984.",
        "part": "The date must include a %(parts)s.",
        "year": "Write the year with 4 numbers, for example 1984.",
        "real": "Check the date. It does not exist in the calendar.",
    }

    def take_example(self, on: date) -> None:
        """Speak of this date where an example helps: a birth date would mislead where something recent is meant."""
        self.error_messages["required"] = f"Enter a date, for example {on.day} {on.month} {on.year}."
        self.error_messages["year"] = f"Write the year with 4 numbers, for example {on.year}."

    def to_python(self, value: list[str] | date | None) -> date | None:
        if value is None or isinstance(value, date):
            return value
        parts = [(part or "").strip() for part in value]
        if not any(parts):
            return None
        missing = [name for name, part in zip(DateTrio.names, parts, strict=True) if not part]
        if missing:
            raise self._problem("part", parts=" and a ".join(missing))
        day, month, year = parts
        if len(year) != 4:
            raise self._problem("year")
        try:
            return date(int(year), _month(month), int(day))
        except ValueError as error:
            raise self._problem("real") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True

    def _problem(self, code: str, **words: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=words)


def _month(text: str) -> int:
    """3, 03, Mar and March are all March."""
    if text.isdecimal():
        return int(text)
    word = text.lower().rstrip(".")
    found = [number for number, name in enumerate(MONTHS, start=1) if len(word) >= 3 and name.startswith(word)]
    if not found:
        raise ValueError(f"{text} is not a month.")
    return found[0]


class PhoneField(PhoneNumberField):
    """A number that may be left out, as it is stored: +447700900123 or nothing; `region` is its country."""

    def __init__(self, *, label: str, autocomplete: str = "off", help_text: str = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            error_messages={"invalid": "Enter a phone number like 07700 900 123, or leave this empty."},
            widget=forms.TextInput({"autocomplete": autocomplete, "type": "tel"}),
        )

    def clean(self, value: Any) -> str:
        number = super().clean(value)
        return number.as_e164 if number else ""
