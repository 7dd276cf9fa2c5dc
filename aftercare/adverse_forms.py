"""What a practitioner types about an adverse event."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from aftercare.adverse import SEVERITIES, TOLD, Note
from clinic.people import wording
from clinic.people.refusing import InOurWords
from clinic.people.widgets import DateTrioField, Radios

LONG, SHORT = 4000, 300


class AdverseEventForm(InOurWords, forms.Form):
    """The note; only what happened is needed, for the rest may not be known yet."""

    use_required_attribute = False
    happened_on = DateTrioField(label="When did it happen?")
    what = forms.CharField(
        label="What happened?", max_length=LONG, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="In their words where you can. Describe, do not diagnose.",
        error_messages={"required": "Write what happened."},
    )  # fmt: skip
    began = forms.CharField(
        label="When did it begin?", required=False, max_length=SHORT, help_text="Such as: two hours after the session."
    )
    lasted = forms.CharField(label="How long did it last?", required=False, max_length=SHORT)
    severity = forms.ChoiceField(
        label="How severe was it?",
        choices=list(SEVERITIES.items()),
        widget=Radios(hints={
            "mild": "Felt it, could do everything.",
            "moderate": "It got in the way of the day.",
            "severe": "Could not go on with the day, or needed urgent care.",
        }),
        error_messages={"required": "Choose how severe it was."},
    )  # fmt: skip
    help_sought = forms.CharField(
        label="What help was sought?", required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": 2})
    )
    outcome = forms.CharField(
        label="How did it end?", required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="You can add to the note later.",
    )  # fmt: skip
    told_insurer = forms.ChoiceField(
        label="Was your insurer told?",
        choices=list(TOLD.items()),
        widget=Radios(),
        error_messages={"required": "Say whether your insurer was told."},
    )

    def __init__(self, data: Any = None, *, session_on: date | None, today: date) -> None:
        super().__init__(data)
        self.session_on, self.today = session_on, today
        field = self.fields["happened_on"]
        if isinstance(field, DateTrioField):
            field.take_example(today)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_happened_on(self) -> date | None:
        on: date | None = self.cleaned_data["happened_on"]
        if on and on > self.today:
            raise forms.ValidationError("This date has not come yet.")
        if on and self.session_on and on < self.session_on:
            day = wording.date_with_year(self.session_on)
            raise forms.ValidationError(f"The session was on {day}. Check the date.")
        return on

    def to_note(self) -> Note:
        said = self.cleaned_data
        return Note(**{**said, "happened_on": said["happened_on"].isoformat()})


class AddForm(InOurWords, forms.Form):
    """Words that came later."""

    use_required_attribute = False
    text = forms.CharField(
        label="What you add", max_length=LONG, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what you add."},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
