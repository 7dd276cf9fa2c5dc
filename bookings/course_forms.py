"""What a client chooses and types to book a course of sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.http import QueryDict

from bookings.forms import DetailsForm, StartField
from bookings.series import Planned
from bookings.zones import moment
from clinic.people import wording
from clinic.people.refusing import InOurWords
from clinic.people.widgets import Radios

LEAVE_OUT = "none"
MOST, FEWEST = 8, 2
WEEKS = ((1, "Every week"), (2, "Every 2 weeks"))


class PatternForm(InOurWords, forms.Form):
    """How often and how many times; all of it stands in the address."""

    start = StartField()
    weeks = forms.TypedChoiceField(label="How often?", choices=WEEKS, coerce=int)
    times = forms.IntegerField(label="How many?", min_value=FEWEST, max_value=MOST)

    def __init__(self, asked: QueryDict) -> None:
        super().__init__({"weeks": "1", "times": "4", **{name: asked[name] for name in asked}})


class CourseForm(InOurWords, forms.Form):
    """What to do about each date that cannot be had, and who is coming."""

    name, email = DetailsForm.base_fields["name"], DetailsForm.base_fields["email"]
    phone = DetailsForm.base_fields["phone"]

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        dates: Sequence[Planned],
        zone: ZoneInfo,
        country: str,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.dates, self.zone = dates, zone
        self.fields["phone"].region = country  # type: ignore[attr-defined]
        problems = [each for each in dates if each.fate != "free"]
        for each in problems:
            self.fields[_name(each)] = self._instead(each)
        self.order_fields([_name(each) for each in problems])
        self.helper = FormHelper()
        self.helper.add_input(Submit("book", "Book these sessions", css_class="full"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["starts"] = starts = [each for each in map(self._start, self.dates) if each is not None]
        is_whole = not any(_name(each) in self.errors for each in self.dates)
        if is_whole and len(starts) < FEWEST:
            raise forms.ValidationError(f"Keep at least {FEWEST} dates, or book a single session.")
        if len(set(starts)) < len(starts):
            raise forms.ValidationError("Two dates have the same time now. Choose another for one of them.")
        return data

    clean_name = DetailsForm.clean_name

    def _start(self, each: Planned) -> datetime | None:
        """The start that this date has now; nothing when it is left out."""
        if each.fate == "free":
            return moment(each.start)
        chosen = self.cleaned_data.get(_name(each), LEAVE_OUT)
        return None if chosen == LEAVE_OUT else moment(int(chosen))

    def _instead(self, each: Planned) -> forms.ChoiceField:
        day = wording.day_time(moment(each.start), self.zone)
        near = [(str(at), wording.day_time(moment(at), self.zone)) for at in each.instead]
        return forms.ChoiceField(
            label=f"{day}: {WHY[each.fate]}",
            help_text="" if near else "There is no free time near it.",
            choices=[*near, (LEAVE_OUT, "Leave this one out")],
            error_messages={
                "required": f"Choose what to do about {day}.",
                "invalid_choice": f"Choose again for {day}: the free times have changed.",
            },
            widget=Radios(apart=[LEAVE_OUT] if near else []),
        )


WHY = {
    "taken": "this time is taken",
    "closed": "we are closed then",
    "soon": "this is too soon",
    "beyond": "this is further ahead than we take bookings",
}


def _name(each: Planned) -> str:
    return f"date_{each.start}"
