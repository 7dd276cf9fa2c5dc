"""What is typed about the timing of letters; each field says how far it may go, and why."""

from __future__ import annotations

from datetime import time
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from clinic.outbox.registry import KINDS
from clinic.people import steps
from clinic.people.steps import LIMITS, MAY_STOP, USUAL, Steps
from clinic.people.widgets import Ticks


class StepsForm(forms.Form):
    """All spans, the hour of the morning letter, and what is switched off."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, now: Steps) -> None:
        super().__init__(data)
        for name, limit in LIMITS.items():
            usual = f"Usually {steps.number(USUAL, name)}, from {limit.least} to {limit.most}."
            self.fields[name] = forms.IntegerField(
                label=limit.words,
                help_text=f"{usual} {limit.why}",
                initial=steps.number(now, name),
                min_value=limit.least,
                max_value=limit.most,
                error_messages={
                    "required": "Enter a number.",
                    "invalid": "Enter a whole number.",
                    "min_value": f"{limit.least} or more. {limit.why}",
                    "max_value": f"{limit.most} or less. {limit.why}",
                },
                widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
            )
        self.fields["morning"] = forms.TimeField(
            label="The next morning: at",
            help_text="Usually 9:00, from 8:00 to 11:00 where the client is. Never in the quiet hours.",
            initial=f"{now.morning:%H:%M}",
            error_messages={"required": "Enter a time.", "invalid": "Enter a time, such as 9:00."},
            widget=forms.TextInput({"autocomplete": "off"}),
        )
        self.fields["off"] = forms.MultipleChoiceField(
            label="Do not send",
            help_text="Confirmations, moves, cancellations and everything about safety always go.",
            choices=[("Switched off", [(kind, KINDS[kind].title) for kind in MAY_STOP])],
            required=False,
            initial=sorted(now.off),
            widget=Ticks(),
        )
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save the timing"))

    def clean(self) -> None:
        if self.errors:
            return
        for name, sentence in steps.problems(steps.read_unchecked(self.stored())).items():
            self.add_error(name, sentence)

    def stored(self) -> dict[str, Any]:
        """What differs from the usual, as the practice keeps it."""
        typed = self.cleaned_data
        found: dict[str, Any] = {name: typed[name] for name in LIMITS if typed[name] != steps.number(USUAL, name)}
        morning: time = typed["morning"]
        found |= {"morning": f"{morning:%H:%M}"} if morning != USUAL.morning else {}
        return found | ({"off": sorted(typed["off"])} if typed["off"] else {})
