"""What a client types and presses on the booking pages, and the desk on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from clinic.people.refusing import InOurWords
from clinic.people.widgets import PhoneField, Radios, Ticks
from intake import offered

LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
CANCEL_REASONS = (
    ("unwell", "I am not well"),
    ("time", "The time does not suit me"),
    ("help", "I have found other help"),
    ("other", "Something else"),
)


class StartField(forms.Field):
    """A start as the buttons post it: ISO 8601 with an offset, a whole minute."""

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            start = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise ValidationError("Choose one of the times on the page.") from error
        if start.tzinfo is None or start.second or start.microsecond or not 2000 <= start.year <= 2200:
            raise ValidationError("Choose one of the times on the page.")
        return start.astimezone(UTC)


class StartForm(InOurWords, forms.Form):
    """The press on a time."""

    start = StartField(error_messages={"required": "Choose one of the times on the page."})


class DetailsForm(InOurWords, forms.Form):
    """Who is coming; only name and email are asked for."""

    name = forms.CharField(
        label="Name",
        help_text="What we should call you",
        max_length=120,
        error_messages={"required": "Enter your name.", "max_length": "Use %(limit_value)d characters or fewer."},
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label="Email address",
        help_text="We send your booking here",
        max_length=254,
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address like name@example.org.",
            "max_length": "Enter an email address like name@example.org.",
        },
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
    )
    phone = PhoneField(
        label="Mobile number (optional)", help_text="Only if we need to change the time", autocomplete="tel"
    )
    reasons = forms.MultipleChoiceField(
        label="What brings you? (optional)",
        help_text="This chooses the questions we send you. You can tick more than one.",
        required=False,
        choices=lambda: [(reason.slug, reason.words) for reason in offered.reasons()],
        error_messages={"invalid_choice": "Choose from the list."},
        widget=Ticks(),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        country: str,
        instead: Sequence[tuple[str, str]] = (),
        typed: QueryDict | None = None,
    ) -> None:
        """`instead`: (value, words) of the nearest free times, where the one that was held is gone.

        `typed`: what stands in the boxes of a form that is not to be judged yet.
        """
        super().__init__(data, initial=typed and {**typed.dict(), "reasons": typed.getlist("reasons")})
        self.fields["phone"].region = country  # type: ignore[attr-defined]
        if instead or (data is not None and data.get("start")):
            self._ask_for_another_time(instead)
        self.helper = FormHelper()
        self.helper.add_input(Submit("book", "Book this session", css_class="full"))
        if not instead:
            # After the other: Enter presses the first button of a form.
            self.helper.add_input(Submit("more", "I need more time", css_class="quiet full"))

    def _ask_for_another_time(self, instead: Sequence[tuple[str, str]]) -> None:
        self.fields["start"] = StartField(
            label="Choose another time",
            required=bool(instead),
            error_messages={"required": "Choose a time."},
            widget=Radios(choices=instead) if instead else forms.HiddenInput(),
        )
        self.order_fields(["start"])

    def clean_name(self) -> str:
        name = LINE_BREAKS.sub(" ", self.cleaned_data["name"])
        return " ".join(name.split())


class CancelForm(InOurWords, forms.Form):
    """Why a session is cancelled, if somebody wants to say; the page writes its own buttons."""

    reason = forms.ChoiceField(
        label="Would you like to say why? (optional)", required=False, choices=CANCEL_REASONS, widget=Radios()
    )


def day_from(text: str) -> date | None:
    """A date in an address; anything else counts as not given."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None
