"""What is typed about the practice: its facts, its policies, and the numbers to call in need."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from bookings.appointing_forms import TIME, date_field
from bookings.arranging import POLICY_FIELDS, PRACTICE_FIELDS
from bookings.arranging_forms import ZONES, saves
from bookings.practice_file import LIMITS
from clinic.people import languages
from clinic.people.models import HelpNumber, Practice
from clinic.people.refusing import InOurWords

OLD = timedelta(days=90)  # numbers that nobody has checked for longer are asked about
NAMES = {
    "emergency": "Emergency",
    "advice_line": "Medical advice",
    "crisis_line": "Crisis line",
    "maternity": "Maternity unit",
}


def _bound(field: Any, least: int, most: int) -> None:
    """A whole number between these; in place of what the column could hold."""
    within = f"{field.label}: enter a whole number from {least} to {most}."
    field.validators = [MinValueValidator(least), MaxValueValidator(most)]
    field.error_messages |= {"min_value": within, "max_value": within}
    field.widget.attrs |= {"min": least, "max": most}


class PracticeForm(InOurWords, forms.ModelForm):  # type: ignore[type-arg]
    """Facts that clients read."""

    timezone = forms.ChoiceField(label="Time zone", choices=ZONES)
    language = forms.ChoiceField(
        label="Language of letters",
        help_text="The one in which you word them. Clients may choose another one that you have worded.",
        choices=languages.choices,
    )

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
        saves(self, "Save")

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].strip().upper()
        if len(country) != 2 or not country.isalpha():
            raise forms.ValidationError("Enter two letters, such as GB.")
        return country


class PolicyForm(InOurWords, forms.ModelForm):  # type: ignore[type-arg]
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
            "offer_hours": "Hours that a freed time is kept for somebody on the waiting list",
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
            "offer_hours": "Then the time is offered to the next person.",
        }
        widgets: ClassVar = {"quiet_from": TIME, "quiet_to": TIME}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saves(self, "Save")
        for name, (least, most) in LIMITS.items():
            _bound(self.fields[name], least, most)


class HelpNumbersForm(InOurWords, forms.Form):
    """The numbers of one country: what to say, what to dial, and when somebody last checked."""

    def __init__(self, data: Any = None, *, country: str, today: date) -> None:
        super().__init__(data)
        self.country, self.today = country, today
        self.stored = {each.kind: each for each in HelpNumber.objects.filter(country=country)}
        for kind, name in NAMES.items():
            row = self.stored.get(kind)
            self.fields |= {
                f"{kind}_words": forms.CharField(
                    label=f"{name}, in a sentence",
                    max_length=200,
                    required=kind == "emergency",
                    initial=row.words if row else "",
                ),
                f"{kind}_tel": forms.RegexField(
                    r"^[0-9+ ]*$",
                    label=f"{name}, number to dial",
                    max_length=20,
                    required=False,
                    initial=row.tel if row else "",
                    error_messages={"invalid": "Use numbers, spaces and + only."},
                ),
                f"{kind}_verified_on": date_field(f"{name}, last checked on", required=False),
            }
            self.fields[f"{kind}_verified_on"].initial = row.verified_on if row else None
        saves(self, "Save the numbers")

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
