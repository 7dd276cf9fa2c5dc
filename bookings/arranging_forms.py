"""What is typed about the practice: rooms, services, practitioners, policies, numbers to call in need."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar
from zoneinfo import available_timezones

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from bookings.appointing_forms import TIME, date_field
from bookings.arranging import POLICY_FIELDS, PRACTICE_FIELDS
from bookings.models import Room, Service
from clinic.people.models import HelpNumber, Practice, Practitioner
from clinic.people.widgets import Ticks
from intake import offered

OLD = timedelta(days=90)  # numbers that nobody has checked for longer are asked about
ZONES = [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone and not zone.startswith("Etc/")]
NAMES = {
    "emergency": "Emergency",
    "advice_line": "Medical advice",
    "crisis_line": "Crisis line",
    "maternity": "Maternity unit",
}
NUMBER = "Enter a whole number."


def _saves(form: Any, words: str) -> None:
    """One button; and plain words for what is missing."""
    form.helper = FormHelper()
    form.helper.add_input(Submit("save", words))
    for field in form.fields.values():
        label = str(field.label or "").lower()
        field.error_messages["required"] = f"Enter: {label}."
        field.error_messages["max_length"] = "Use %(limit_value)d characters or fewer."
        if isinstance(field, forms.IntegerField):
            field.error_messages |= {"invalid": NUMBER, "min_value": f"{NUMBER[:-1]}, %(limit_value)d or more."}


class RoomForm(forms.ModelForm):  # type: ignore[type-arg]
    """A room has a name."""

    class Meta:
        model = Room
        fields: ClassVar = ["name"]
        labels: ClassVar = {"name": "Name of the room"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _saves(self, "Save the room")


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What can be booked."""

    minutes = forms.IntegerField(label="Minutes", min_value=5, max_value=1440)
    buffer_before = forms.IntegerField(label="Minutes kept free before", min_value=0, max_value=1440, initial=0)
    buffer_after = forms.IntegerField(label="Minutes kept free after", min_value=0, max_value=1440, initial=0)
    offered_by = forms.ModelMultipleChoiceField(
        Practitioner.objects.filter(is_active=True), label="Offered by", required=False, widget=Ticks()
    )
    asks = forms.MultipleChoiceField(
        label="Questions it always asks",
        help_text="The general questions are always asked. Tick what this session adds.",
        required=False,
        choices=offered.askable,
        widget=Ticks(),
    )

    class Meta:
        model = Service
        fields: ClassVar = [
            "name", "description", "minutes", "buffer_before", "buffer_after", "price", "needs_room", "is_online",
            "asks",
        ]  # fmt: skip
        labels: ClassVar = {
            "name": "Name",
            "description": "One line about it",
            "price": "Price, as you write it",
            "needs_room": "It needs a room",
            "is_online": "Clients may book it themselves",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.slug:
            self.fields["offered_by"].initial = list(self.instance.practitioners.all())
        _saves(self, "Save the session")


class PractitionerForm(forms.ModelForm):  # type: ignore[type-arg]
    """The basics of one practitioner."""

    timezone = forms.ChoiceField(label="Time zone of the hours", choices=ZONES)
    grid = forms.IntegerField(
        label="Minutes between possible starts", help_text="15 offers 9:00, 9:15, 9:30.", min_value=5, max_value=240
    )
    offers = forms.ModelMultipleChoiceField(
        Service.objects.active(), label="Sessions offered", required=False, widget=Ticks()
    )

    class Meta:
        model = Practitioner
        fields: ClassVar = ["name", "email", "about", "timezone", "grid"]
        labels: ClassVar = {"name": "Name", "email": "Email address", "about": "A few words for clients"}
        help_texts: ClassVar = {"email": "Notices about bookings go here, and clients’ answers to letters."}
        widgets: ClassVar = {"about": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offers"].initial = list(self.instance.services.all())
        _saves(self, "Save")


class PracticeForm(forms.ModelForm):  # type: ignore[type-arg]
    """Facts that clients read."""

    timezone = forms.ChoiceField(label="Time zone", choices=ZONES)

    class Meta:
        model = Practice
        fields: ClassVar = list(PRACTICE_FIELDS)
        labels: ClassVar = {
            "name": "Name of the practice",
            "country": "Country code",
            "email": "Email address",
            "phone": "Phone number",
            "address": "Address",
            "directions": "How to find it",
            "mail_from_name": "Name that letters come from",
        }
        help_texts: ClassVar = {"country": "Two letters, such as GB. It chooses the numbers to call in need."}
        widgets: ClassVar = {"directions": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _saves(self, "Save")

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].strip().upper()
        if len(country) != 2 or not country.isalpha():
            raise forms.ValidationError("Enter two letters, such as GB.")
        return country


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The numbers that the rules of booking use."""

    class Meta:
        model = Practice
        fields: ClassVar = list(POLICY_FIELDS)
        labels: ClassVar = {
            "minimum_notice_hours": "Notice: hours before a session that clients may still book",
            "window_days": "Window: days ahead that clients may book",
            "hold_minutes": "Minutes that a time is kept while a client types",
            "grace_minutes": "Minutes in which a booking or cancellation can be undone",
            "cancel_cutoff_hours": "Hours before a session until which clients may cancel",
            "move_cutoff_hours": "Hours before a session until which clients may move it",
            "max_per_day": "Most sessions a day for each practitioner",
            "max_upcoming_per_client": "Most sessions to come for each client",
            "quiet_from": "No letters from",
            "quiet_to": "No letters until",
            "ask_self_harm": "Ask about thoughts of self-harm",
            "intraoral_permitted": "Work inside the mouth is offered",
            "aftercare_needs_arrival": "Send letters after a session only when the client was marked as arrived",
        }
        help_texts: ClassVar = {
            "ask_self_harm": "Asking is a promise that a person answers the same day.",
            "max_per_day": "Leave it empty for no limit.",
            "max_upcoming_per_client": "Leave it empty for no limit.",
        }
        widgets: ClassVar = {"quiet_from": TIME, "quiet_to": TIME}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _saves(self, "Save")
        for name in ("window_days", "hold_minutes"):
            self.fields[name].min_value = 1  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for name in ("window_days", "hold_minutes"):
            if data.get(name) == 0:
                self.add_error(name, "Enter 1 or more.")
        for name in ("max_per_day", "max_upcoming_per_client"):
            if data.get(name) == 0:
                self.add_error(name, "Enter 1 or more, or leave it empty.")
        return data


class HelpNumbersForm(forms.Form):
    """The numbers of one country: what to say, what to dial, and when somebody last checked."""

    def __init__(self, data: Any = None, *, country: str, today: date) -> None:
        super().__init__(data)
        self.country, self.today = country, today
        self.stored = {each.kind: each for each in HelpNumber.objects.filter(country=country)}
        for kind, name in NAMES.items():
            row = self.stored.get(kind)
            self.fields |= {
                f"{kind}_words": forms.CharField(
                    label=f"{name}: in a sentence",
                    max_length=200,
                    required=kind == "emergency",
                    initial=row.words if row else "",
                ),
                f"{kind}_tel": forms.RegexField(
                    r"^[0-9+ ]*$",
                    label=f"{name}: number to dial",
                    max_length=20,
                    required=False,
                    initial=row.tel if row else "",
                    error_messages={"invalid": "Use numbers, spaces and + only."},
                ),
                f"{kind}_verified_on": date_field(f"{name}: last checked on", required=False),
            }
            self.fields[f"{kind}_verified_on"].initial = row.verified_on if row else None
        _saves(self, "Save the numbers")

    def clean(self) -> dict[str, Any]:
        for kind in NAMES:
            day = self.cleaned_data.get(f"{kind}_verified_on")
            if day and day > self.today:
                self.add_error(f"{kind}_verified_on", "This day has not come yet.")
        return self.cleaned_data

    def numbers(self) -> list[HelpNumber]:
        data = self.cleaned_data
        return [
            HelpNumber(
                country=self.country,
                kind=kind,
                words=data[f"{kind}_words"],
                tel=data[f"{kind}_tel"].replace(" ", ""),
                verified_on=data[f"{kind}_verified_on"],
            )
            for kind in NAMES
            if data[f"{kind}_words"]
        ]


def stale(country: str, today: date) -> list[str]:
    """The numbers that nobody has checked for 90 days, or ever."""
    rows = HelpNumber.objects.filter(country=country)
    old = [NAMES[each.kind] for each in rows if each.verified_on is None or today - each.verified_on > OLD]
    return old or ([] if rows else ["Every number: none is on file"])
