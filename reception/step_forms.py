"""What is typed about the timing of letters; each field says how far it may go, and why."""

from __future__ import annotations

from datetime import time
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from aftercare import own_steps
from aftercare.models import OwnStep
from clinic.outbox.registry import KINDS
from clinic.people import steps
from clinic.people.refusing import InOurWords
from clinic.people.steps import LIMITS, MAY_STOP, USUAL, Steps
from clinic.people.widgets import Radios, Ticks


class StepsForm(InOurWords, forms.Form):
    """All spans, the hour of the morning letter, and what is switched off."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, now: Steps) -> None:
        super().__init__(data)
        self.now = now
        for name, limit in LIMITS.items():
            usual = f"Usually {steps.number(USUAL, name)}, from {limit.least} to {limit.most}."
            self.fields[name] = forms.IntegerField(
                label=limit.words,
                help_text=f"{usual} {limit.why}",
                initial=steps.number(now, name),
                min_value=limit.least,
                max_value=limit.most,
                error_messages={
                    "min_value": f"{limit.words}: {limit.least} or more. {limit.why}",
                    "max_value": f"{limit.words}: {limit.most} or less. {limit.why}",
                },
                widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
            )
        self.fields["morning"] = forms.TimeField(
            label="The next morning: at",
            help_text="Usually 9:00, from 8:00 to 11:00 where the client is. Never in the quiet hours.",
            initial=clock_time(now.morning),
            widget=forms.TextInput({"autocomplete": "off"}),
        )
        self.fields["on"] = forms.MultipleChoiceField(
            label="Letters that go",
            help_text="Confirmations, moves, cancellations and everything about safety always go.",
            choices=[("Take a tick away to switch a letter off", [(kind, KINDS[kind].title) for kind in MAY_STOP])],
            required=False,
            initial=[kind for kind in MAY_STOP if kind not in now.off],
            widget=Ticks(),
        )
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save the timing"))

    def clean(self) -> None:
        """How the steps fit together; one that cannot be read counts as it is now, so that one round shows it all."""
        for name, sentence in steps.problems(self._typed()).items():
            key = "on" if name == "off" else name
            if key not in self.errors:
                self.add_error(key, f"{self.fields[key].label}. {sentence}")

    def stored(self) -> dict[str, Any]:
        """What differs from the usual, as the practice keeps it."""
        return steps.stored(self._typed())

    def _typed(self) -> Steps:
        typed, now = self.cleaned_data, self.now
        spans = {name: steps.span(name, typed.get(name, steps.number(now, name))) for name in LIMITS}
        off = frozenset(MAY_STOP) - set(typed["on"]) if "on" in typed else now.off
        return Steps(morning=typed.get("morning", now.morning), off=off, **spans)


def clock_time(at: time) -> str:
    """9:00, as it is said everywhere."""
    return f"{at.hour}:{at:%M}"


class OwnStepForm(InOurWords, forms.ModelForm):  # type: ignore[type-arg]
    """When a letter of the practice's own goes."""

    use_required_attribute = False
    when = forms.ChoiceField(label="Before or after", choices=OwnStep.When.choices, widget=Radios())
    days = forms.IntegerField(
        label="Days before or after",
        min_value=OwnStep.NEAR[0],
        max_value=OwnStep.NEAR[1],
        initial=7,
        help_text="From 1 to 60.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    at = forms.TimeField(
        label="At",
        initial="10:00",
        help_text="Where the client is. In the quiet hours it moves: before a session to the evening before, after it "
        "to the morning.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    class Meta:
        model = OwnStep
        fields: ClassVar = ["name", "when", "days", "at", "service", "is_on"]
        labels: ClassVar = {
            "name": "What you call it",
            "service": "For which kind of session",
            "is_on": "Switched on",
        }
        help_texts: ClassVar = {
            "name": "The client does not see this name.",
            "is_on": "Write its words first.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:  # else its empty row would hide what a new one begins with
            self.initial.update({name: self.fields[name].initial for name in ("days", "at")})
        else:
            self.initial["at"] = clock_time(self.instance.at)
        if own_steps.is_worded(self.instance):
            self.fields["is_on"].help_text = ""
        if isinstance(service := self.fields["service"], forms.ModelChoiceField):
            service.empty_label = "Every kind"
        self.fields["name"].error_messages["required"] = "Give it a name."
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save"))
