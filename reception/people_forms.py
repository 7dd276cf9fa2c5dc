"""What the owner types about those who work here."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from bookings.appointing_forms import SeveralRows
from bookings.arranging_forms import ONE_LINE
from bookings.models import Service
from clinic.people.models import Practitioner
from clinic.people.refusing import InOurWords

SLUG = r"^[-a-zA-Z0-9_]+$"
EMAIL = "Enter an email address like name@example.org."


class FrontDeskForm(InOurWords, forms.Form):
    """A name, and where the codes to sign in go."""

    name = forms.CharField(
        label="Name", max_length=120, validators=[ONE_LINE], error_messages={"required": "Enter the name."}
    )
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        help_text="The codes to sign in go to this address.",
        error_messages={"required": EMAIL, "invalid": EMAIL},
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )

    button = "Add, and write to them"

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.add_input(Submit("add", self.button))


class NewPractitionerForm(FrontDeskForm):
    """Somebody who treats: the hours come on the next page."""

    slug = forms.RegexField(
        SLUG,
        label="Short name for addresses and files (optional)",
        help_text="Such as ama. Left empty, it is made from the name. It cannot be changed later.",
        max_length=50,
        required=False,
        error_messages={"invalid": "Use letters, digits, - and _ only."},
    )
    offers = SeveralRows(Service.objects.active(), label="Sessions offered")
    invites = forms.BooleanField(
        label="They may sign in: send an email that says how",
        required=False,
        initial=True,
    )

    button = "Add, and go on to the hours"

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["email"].required = False
        self.fields["email"].help_text = "Notices about bookings go here, and clients’ answers to letters."

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug and Practitioner.objects.filter(slug=slug).exists():
            raise forms.ValidationError("Somebody here has this short name already.")
        return slug

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("invites") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter an email address, or untick the invitation below.")
        return data
