"""What is typed about single dates: hours of their own, time off, a block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError

from bookings.appointing_forms import BySlug, at, date_field, time_field
from bookings.hours_forms import minutes_of, overlap, rooms, wall
from bookings.keeping_hours import Away, Interval, WeeklyRow
from bookings.models import HoursException
from bookings.repeating import ONCE, WEEKLY, YEARLY, dates
from clinic.people.models import Practitioner
from clinic.people.refusing import InOurWords
from clinic.people.widgets import Radios

INTERVALS = 3  # boxes for the hours of one exceptional date


class ExceptionForm(InOurWords, forms.Form):
    """One date whose hours differ."""

    on = date_field("Date")

    def __init__(self, data: Any = None, *, stored: HoursException | None = None, on: date | None = None) -> None:
        rows = list(stored.intervals.all()) if stored else []
        initial: dict[str, Any] = {"on": stored.on if stored else on}
        super().__init__(data, initial=initial)
        for number in range(1, INTERVALS + 1):
            row = rows[number - 1] if number <= len(rows) else None
            opens = time_field("From" if number == 1 else "And from", required=False)
            closes = time_field("To" if number == 1 else "And to", required=False)
            opens.initial, closes.initial = (wall(row.opens), wall(row.closes)) if row else (None, None)
            room = rooms()
            room.initial = row.room if row else None
            self.fields |= {f"opens{number}": opens, f"closes{number}": closes, f"room{number}": room}
        self.helper = FormHelper()
        boxes = [Div(f"opens{n}", f"closes{n}", f"room{n}", css_class="row end") for n in range(1, INTERVALS + 1)]
        self.helper.layout = Layout("on", *boxes)
        self.helper.add_input(Submit("save", "Save this date"))

    def clean(self) -> dict[str, Any]:
        for number in range(1, INTERVALS + 1):
            opens, closes = self.cleaned_data.get(f"opens{number}"), self.cleaned_data.get(f"closes{number}")
            if (opens is None) != (closes is None) and not self.errors:
                self.add_error(
                    f"closes{number}" if opens else f"opens{number}", "Enter both times, or leave both empty."
                )
        if not self.errors:
            for one, two in combinations(self.intervals(), 2):
                if overlap(WeeklyRow(0, one), WeeklyRow(0, two)):
                    raise ValidationError("Two of these times overlap.")
        return self.cleaned_data

    def intervals(self) -> list[Interval]:
        data = self.cleaned_data
        found = []
        for number in range(1, INTERVALS + 1):
            if data.get(f"opens{number}") is not None:
                room = data[f"room{number}"]
                opens, closes = minutes_of(data[f"opens{number}"]), minutes_of(data[f"closes{number}"])
                found.append(Interval(opens, closes, room.code if room else None))
        return found


def note_field() -> forms.CharField:
    """What a staff member may write beside time that nobody can book."""
    return forms.CharField(
        label="Note",
        help_text="Only staff see it.",
        max_length=120,
        required=False,
        error_messages={"max_length": "Use %(limit_value)d characters or fewer."},
    )


class TimeOffForm(InOurWords, forms.Form):
    """Away from one day to another, once or again and again."""

    first = date_field("First day")
    begins = time_field("From what time", required=False, help_text="Leave the times empty for whole days.")
    last = date_field("Last day")
    ends = time_field("Until what time", required=False)
    note = note_field()
    repeat = forms.ChoiceField(
        label="Does it repeat?",
        choices=[(ONCE, "No"), (WEEKLY, "Every week"), (YEARLY, "Every year")],
        initial=ONCE,
        widget=Radios(),
        error_messages={"required": "Choose whether it repeats.", "invalid_choice": "Choose from the list."},
    )
    until = date_field(
        "Repeats until", required=False, help_text="At most a year ahead for weeks, and five years for years."
    )

    def __init__(self, data: Any = None, *, zone: ZoneInfo, on: date | None = None) -> None:
        super().__init__(data, initial={"first": on, "last": on, "repeat": ONCE})
        self.zone = zone
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Div("first", "begins", css_class="row end"),
            Div("last", "ends", css_class="row end"),
            "note",
            "repeat",
            "until",
        )
        self.helper.add_input(Submit("save", "Add this time off"))

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        begin, end = self._span(self.cleaned_data["first"], self.cleaned_data["last"])
        if end <= begin:
            self.add_error("last", "It must end after it begins.")
        elif self.cleaned_data["repeat"] == WEEKLY and end - begin > timedelta(days=7):
            self.add_error("repeat", "It is longer than a week, so it cannot repeat every week.")
        return self.cleaned_data

    def times(self) -> list[Away]:
        data = self.cleaned_data
        length = data["last"] - data["first"]
        days = dates(data["first"], data["repeat"], data["until"])
        return [Away(*self._span(day, day + length)) for day in days]

    def _span(self, first: date, last: date) -> tuple[datetime, datetime]:
        begins, ends = self.cleaned_data["begins"], self.cleaned_data["ends"]
        end = at(last, ends, self.zone) if ends else at(last + timedelta(days=1), time(), self.zone)
        return at(first, begins or time(), self.zone), end


class BlockForm(InOurWords, forms.Form):
    """Some hours of one day that nobody may book."""

    practitioner = BySlug(Practitioner.objects.none(), empty_label=None, label="Whose time")
    date = date_field("Date")
    begins = time_field("From")
    ends = time_field("To")
    note = note_field()

    def __init__(self, data: Any = None, *, people: Iterable[Practitioner], **given: Any) -> None:
        super().__init__(data, initial=given)
        self.fields["practitioner"].queryset = people  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.layout = Layout("practitioner", Div("date", "begins", "ends", css_class="row end"), "note")
        self.helper.add_input(Submit("save", "Block this time"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and data["ends"] <= data["begins"]:
            self.add_error("ends", "It must end after it begins.")
        return data

    def times(self) -> Sequence[Away]:
        data = self.cleaned_data
        zone = data["practitioner"].zone
        return [Away(at(data["date"], data["begins"], zone), at(data["date"], data["ends"], zone))]
