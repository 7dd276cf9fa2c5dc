"""What is typed to word a letter or a paragraph; and which booking to look at it with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from django import forms

from bookings.models import Booking
from clinic.outbox.rewording import Place, check, tidied
from clinic.outbox.wordings import SUBJECT_LENGTH, Spoken, defaults
from clinic.people.refusing import InOurWords
from reception.trying import label


class WordingForm(InOurWords, forms.Form):
    """The words; the booking is only for looking at them."""

    use_required_attribute = False
    subject = forms.CharField(
        label="Subject", max_length=SUBJECT_LENGTH, error_messages={"required": "Write a subject."}
    )
    text = forms.CharField(
        label="Text",
        strip=False,
        error_messages={"required": "Write what it says. The shipped words can be put back below."},
        widget=forms.Textarea({"rows": 18, "spellcheck": "true"}),
        help_text="A blank line begins a new paragraph. A line that begins with “- ” is an item of a list.",
    )
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    booking = forms.ChoiceField(label="Look at it for", required=False)

    def __init__(
        self, data: object = None, *, place: Place, said: Spoken, base: int, bookings: Sequence[Booking]
    ) -> None:
        initial = {"subject": said.subject, "text": said.text, "base": base}
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.place, self.bookings = place, bookings
        if place.for_code or not defaults()[place.name].kind:
            del self.fields["subject"]
        self.fields["text"].required = not place.for_code
        choice = self.fields["booking"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [*((str(each.code), label(each)) for each in bookings), ("", "A made-up booking")]
            choice.initial = str(bookings[0].code) if bookings else ""
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> None:
        if self.errors:
            return
        said = self.said
        for problem in check(self.place.name, said.subject, said.text, is_addition=bool(self.place.for_code)):
            self.add_error(
                "subject" if problem.startswith("Subject: ") and "subject" in self.fields else "text", problem
            )

    def take_base(self, number: int) -> None:
        """Somebody saved meanwhile: what was typed stays, and the next press saves it after the newer version."""
        typed: Any = self.data
        typed = self.data = typed.copy()
        typed["base"] = str(number)

    @property
    def said(self) -> Spoken:
        """The words as typed."""
        return Spoken(" ".join(self.cleaned_data.get("subject", "").split()), tidied(self.cleaned_data.get("text", "")))

    @property
    def chosen(self) -> Booking | None:
        """The booking to look at it with; None for the made-up one."""
        code = self.cleaned_data.get("booking", "")
        return next((each for each in self.bookings if code and each.code == UUID(code)), None)
