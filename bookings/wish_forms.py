"""What somebody types who waits for a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.http import QueryDict

from bookings.forms import DetailsForm
from bookings.models import Service
from clinic.people.models import Practitioner
from clinic.people.refusing import InOurWords
from clinic.people.widgets import Radios, Ticks

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PARTS = (
    ("morning", "Morning, before 12:00"),
    ("afternoon", "Afternoon, 12:00 to 17:00"),
    ("evening", "Evening, after 17:00"),
)
A_DATE = {"invalid": "Enter a date, for example 2027-03-27."}


class WishForm(InOurWords, forms.Form):
    """Which times would suit, and whom to write to. Nothing but name and email has to be filled in."""

    service = forms.ModelChoiceField(
        label="Which session?",
        queryset=Service.objects.none(),
        empty_label=None,
        to_field_name="slug",
        error_messages={"required": "Choose a session.", "invalid_choice": "Choose a session from the list."},
        widget=Radios(),
    )
    practitioner = forms.ModelChoiceField(
        label="Who would you like to see? (optional)",
        queryset=Practitioner.objects.none(),
        required=False,
        empty_label="Anyone, first free",
        to_field_name="slug",
        error_messages={"invalid_choice": "Choose a person from the list."},
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="Which days suit you? (optional)",
        help_text="Leave all empty if any day will do.",
        required=False,
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        error_messages={"invalid_choice": "Choose from the list."},
        widget=Ticks(),
    )
    parts = forms.MultipleChoiceField(
        label="Which times of day? (optional)",
        help_text="Leave all empty if any time will do.",
        required=False,
        choices=PARTS,
        error_messages={"invalid_choice": "Choose from the list."},
        widget=Ticks(),
    )
    since = forms.DateField(
        label="From what date? (optional)",
        required=False,
        error_messages=A_DATE,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label="Until what date? (optional)",
        help_text="After this date we stop looking.",
        required=False,
        error_messages=A_DATE,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    name, email = DetailsForm.base_fields["name"], DetailsForm.base_fields["email"]

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        services: Sequence[Service],
        people: Iterable[Practitioner],
        today: date,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.today = today
        self.fields["service"].queryset = Service.objects.filter(pk__in=[each.pk for each in services])  # type: ignore[attr-defined]
        if len(services) == 1:
            self.fields["service"].widget = forms.HiddenInput()
            self.initial["service"] = services[0].slug
        choices = [each.pk for each in people]
        self.fields["practitioner"].queryset = Practitioner.objects.filter(pk__in=choices)  # type: ignore[attr-defined]
        if len(choices) == 1:
            del self.fields["practitioner"]
        self.helper = FormHelper()
        self.helper.add_input(Submit("join", "Join the waiting list", css_class="full"))

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until and until < max(self.today, self.cleaned_data.get("since") or self.today):
            raise forms.ValidationError("Choose a date that is still to come, and not before the first one.")
        return until

    clean_name = DetailsForm.clean_name

    def clean(self) -> dict[str, Any]:
        """Only the chosen service's own people can be waited for."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data.setdefault("practitioner", None)
        who, service = data["practitioner"], data.get("service")
        if who and service and not service.offerings.filter(practitioner=who).exists():
            self.add_error("practitioner", "This person does not offer that session. Choose another, or anyone.")
        return data
