"""What is typed about weekly hours: rows, and what two of them must not both say."""

from __future__ import annotations

from datetime import time
from itertools import combinations
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet

from bookings.appointing_forms import date_field, time_field
from bookings.keeping_hours import Interval, WeeklyRow
from bookings.models import MINUTES_OF_A_DAY, Room, WorkingHours
from clinic.people.models import Practitioner
from clinic.people.refusing import InOurWords

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK = 7 * MINUTES_OF_A_DAY


def wall(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def minutes_of(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def rooms() -> forms.ModelChoiceField:  # type: ignore[type-arg]
    return forms.ModelChoiceField(
        Room.objects.filter(is_active=True), required=False, empty_label="Any room", label="Room"
    )


class RowForm(InOurWords, forms.Form):
    """One row of the week."""

    use_required_attribute = False

    weekday = forms.TypedChoiceField(
        label="Day",
        coerce=int,
        choices=[("", "Choose a day"), *enumerate(DAYS)],
        error_messages={"required": "Choose a day."},
    )
    opens = time_field("From")
    closes = time_field("To")
    room = rooms()
    since = date_field("Valid from (optional)", required=False)
    until = date_field("Valid until (optional)", required=False)
    gone = forms.BooleanField(label="Remove this row", required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("gone"):
            self.errors.clear()
        elif data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "The last day must not be before the first.")
        return data

    def row(self) -> WeeklyRow | None:
        """What it says; None for an empty row, and for one that is taken away."""
        data = getattr(self, "cleaned_data", {})
        if not data or data.get("gone"):
            return None
        room = data["room"].code if data["room"] else None
        interval = Interval(minutes_of(data["opens"]), minutes_of(data["closes"]), room)
        return WeeklyRow(data["weekday"], interval, data["since"], data["until"])


class BaseWeek(BaseFormSet):  # type: ignore[type-arg]
    """The rows together: two must not say different things about the same minutes."""

    def initial_form_count(self) -> int:
        """Any row may be left empty, whichever page it stood on first."""
        return 0 if self.is_bound else super().initial_form_count()

    def clean(self) -> None:
        said = [
            (number, form, row) for number, form in enumerate(self.forms, 1) if not form.errors and (row := form.row())
        ]
        for (one, _, first), (two, form, second) in combinations(said, 2):
            if overlap(first, second):
                form.add_error("opens", f"Row {two} ({words(second)}) overlaps row {one} ({words(first)}).")

    def rows(self) -> list[WeeklyRow]:
        return [row for form in self.forms if (row := form.row())]


Week = forms.formset_factory(RowForm, formset=BaseWeek, extra=0, max_num=100, absolute_max=100)


def week_of(practitioner: Practitioner, data: Any = None) -> BaseWeek:
    """The stored rows, or those that were typed; "add" asks for one more."""
    if data is None:
        stored = practitioner.working_hours.order_by("weekday", "opens").select_related("room")
        return Week(initial=[_initial(each) for each in stored], prefix="row")  # type: ignore[return-value]
    return Week(data, prefix="row")  # type: ignore[return-value]


def with_one_more(data: Any) -> BaseWeek:
    """What was typed, unjudged, with an empty row below it."""
    count = min(int(data.get("row-TOTAL_FORMS", "")), 99) if data.get("row-TOTAL_FORMS", "").isdecimal() else 0
    typed = [{name: data.get(f"row-{number}-{name}") for name in RowForm.base_fields} for number in range(count)]
    return Week(initial=[*typed, {}], prefix="row")  # type: ignore[return-value]


def words(row: WeeklyRow) -> str:
    return f"{DAYS[row.weekday]} {wall(row.interval.opens):%H:%M} to {wall(row.interval.closes):%H:%M}"


def _initial(row: WorkingHours) -> dict[str, Any]:
    return {
        "weekday": row.weekday,
        "opens": wall(row.opens),
        "closes": wall(row.closes),
        "room": row.room,
        "since": row.since_on,
        "until": row.until_on,
    }


def overlap(one: WeeklyRow, two: WeeklyRow) -> bool:
    """Whether both count on some day and share minutes; a row past midnight reaches into the next day."""
    if (one.until and two.since and one.until < two.since) or (two.until and one.since and two.until < one.since):
        return False
    begin, end = _span_of(one)
    other_begin, other_end = _span_of(two)
    return any(begin < other_end + shift and other_begin + shift < end for shift in (-WEEK, 0, WEEK))


def _span_of(row: WeeklyRow) -> tuple[int, int]:
    opens = row.weekday * MINUTES_OF_A_DAY + row.interval.opens
    closes = row.weekday * MINUTES_OF_A_DAY + row.interval.closes
    return opens, closes if closes > opens else closes + MINUTES_OF_A_DAY
