"""What the desk types to book or move: who, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from bookings.forms import LINE_BREAKS, StartField
from bookings.models import Service
from clinic.people.models import Practitioner
from clinic.people.refusing import InOurWords
from clinic.people.widgets import PhoneField, Ticks

DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
TIME = forms.TimeInput({"type": "time"}, format="%H:%M")
NO_DATE = "Enter a date, for example 2027-02-01."
Day = date  # the form below has a field of that name
CHOOSE = "Choose from the list."
SLUG = re.compile(r"[-\w]*")
NO_TIME = "Enter a time, for example 14:30."


def date_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """A date by the browser's own control; without one it is typed as 2027-02-01."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=DATE,
        validators=[MinValueValidator(date(2000, 1, 1), NO_DATE), MaxValueValidator(date(2200, 12, 31), NO_DATE)],
        error_messages={"required": "Enter a date.", "invalid": NO_DATE},
    )


def time_field(label: str, *, required: bool = True, help_text: str = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=help_text,
        required=required,
        widget=TIME,
        error_messages={"required": "Enter a time.", "invalid": NO_TIME},
    )


class BySlug(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of several rows, named by its slug."""

    def __init__(self, queryset: Any, **options: Any) -> None:
        options.setdefault("error_messages", {"required": CHOOSE, "invalid_choice": CHOOSE})
        super().__init__(queryset, to_field_name="slug", **options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and not SLUG.fullmatch(value):  # PostgreSQL would not even compare some of it
            raise forms.ValidationError(CHOOSE, code="invalid_choice")
        return super().to_python(value)


class SeveralRows(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Ticks on rows; whatever was sent that is none of them is answered in plain words."""

    def __init__(self, queryset: Any, *, label: str) -> None:
        super().__init__(queryset, label=label, required=False, widget=Ticks())

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError as error:
            raise forms.ValidationError(CHOOSE, code="invalid_choice") from error


class NewClientForm(InOurWords, forms.Form):
    """Somebody who phoned: a name, and one way to reach them."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={"required": "Enter the client’s name."},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label="Email address",
        help_text="Leave it empty if they have none. Their letters then become calls to make.",
        required=False,
        error_messages={"invalid": "Enter an email address like name@example.org, or leave this empty."},
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    phone = PhoneField(label="Phone number")

    def __init__(self, data: Any = None, *, country: str) -> None:
        super().__init__(data)
        self.fields["phone"].region = country  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.add_input(Submit("new", "Go on with a new client"))

    def clean_name(self) -> str:
        return " ".join(LINE_BREAKS.sub(" ", self.cleaned_data["name"]).split())

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and not data.get("email") and not data.get("phone"):
            self.add_error("phone", "Enter an email address or a phone number, so that you can reach them.")
        return data


class WhichForm(InOurWords, forms.Form):
    """The session, with whom, and from what day: the head of the picker, in the address."""

    use_required_attribute = False

    service = BySlug(Service.objects.active(), empty_label=None, label="Session")
    practitioner = BySlug(Practitioner.objects.none(), empty_label=None, label="With")
    on = date_field("From what day", required=False)

    def __init__(self, data: Any = None, *, people: Iterable[Practitioner], service: Service | None = None) -> None:
        super().__init__(data)
        self.fields["practitioner"].queryset = people  # type: ignore[attr-defined]
        if service:
            del self.fields["service"]


class OtherTimeForm(InOurWords, forms.Form):
    """A press on a free time, or any other date and time."""

    start = StartField(required=False, widget=forms.HiddenInput())
    date = date_field("Date")
    time = time_field("Time")
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, zone: ZoneInfo, on: Day | None = None) -> None:
        super().__init__(data, initial={"date": on} if on else None)
        self.zone = zone
        for name in ("date", "time"):
            self.fields[name].required = not (data or {}).get("start")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and not data.get("start"):
            data["start"] = at(data["date"], data["time"], self.zone)
        return data

    def allowed(self) -> list[str]:
        confirmed: str = self.cleaned_data["confirmed"]
        return confirmed.split(",") if confirmed else []


def at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The moment of a wall-clock time; one that the clocks skip goes forward."""
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)
