"""What a practitioner decides: sign off, how to go on after a contact flag, and the end of an urgent hold."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from clinic.people.models import Practitioner
from clinic.people.refusing import InOurWords
from clinic.people.widgets import Radios, Ticks
from intake.flagging import SEEN, decisions
from intake.forms import bare_helper
from intake.models import Flag, Request


class ReviewForm(InOurWords, forms.Form):
    """Sign off: the adaptations to keep in mind, and a note."""

    use_required_attribute = False
    adaptations = forms.MultipleChoiceField(label="I will plan for", required=False, widget=Ticks())
    note = forms.CharField(
        label="Note", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Describe, do not diagnose.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, adaptations: list[tuple[str, str]], ticked: Collection[str] = ()) -> None:
        super().__init__(data, initial={"adaptations": list(ticked)})
        self.helper = bare_helper()
        field = self.fields["adaptations"]
        if adaptations and isinstance(field, forms.MultipleChoiceField):
            field.choices = adaptations
        else:
            del self.fields["adaptations"]


class AskForm(InOurWords, forms.Form):
    """A question for the client about what they sent."""

    use_required_attribute = False
    text = forms.CharField(
        label="Your question", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The letter only says that you have a question. They read it, and answer, behind their link.",
        error_messages={"required": "Write your question."},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="ask")
        self.helper = bare_helper()


class DecideForm(InOurWords, forms.Form):
    """How to go on after a contact flag; the reason is needed."""

    use_required_attribute = False
    decision = forms.ChoiceField(
        label="How do we go on?",
        widget=Radios(),
        error_messages={"required": "Choose how to go on."},
    )
    reason = forms.CharField(
        label="Reason", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write the reason for your decision."},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, flag: Flag) -> None:
        super().__init__(data, prefix=f"f{flag.code.hex[:8]}")
        self.helper = bare_helper()
        choice = self.fields["decision"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = list(decisions(flag).items())
        if flag.response.request.purpose == Request.Purpose.CHECKIN:
            choice.label, self.fields["reason"].label = "What was done?", "Note"
            choice.error_messages["required"] = "Choose what was done."
            self.fields["reason"].error_messages["required"] = "Write a note: what was said, and what comes next."


class ClearForm(InOurWords, forms.Form):
    """The end of an urgent hold: seen by a health service, a note, and a second look."""

    use_required_attribute = False
    seen = forms.ChoiceField(
        label="Has a health service seen the client?",
        choices=list(SEEN.items()),
        widget=Radios(),
        error_messages={"required": "Say whether a health service has seen the client."},
    )
    note = forms.CharField(
        label="Contact tried, and outcome", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write what was tried and what came of it."},
    )  # fmt: skip
    confirm = forms.BooleanField(error_messages={"required": "Tick this to confirm that the hold may end."})

    def __init__(self, data: Any = None, *, flag: Flag, is_booked: bool) -> None:
        super().__init__(data, prefix=f"f{flag.code.hex[:8]}")
        ahead, over = "that the session may go ahead again", "that nothing more is to be done. No session is booked"
        self.fields["confirm"].label = f"I am sure {ahead if is_booked else over}."
        self.helper = bare_helper()


class CloseForm(DecideForm):
    """The end of an alert: what was done, with a note; one call often answers several answers of one form."""

    together = forms.BooleanField(label="", required=False)

    def __init__(self, data: Any = None, *, flag: Flag, others: int) -> None:
        super().__init__(data, flag=flag)
        if others:
            more = "the other answer" if others == 1 else f"the {others} other answers"
            self.fields["together"].label = f"This settles {more} of the same form as well."
        else:
            del self.fields["together"]


class PassOnForm(InOurWords, forms.Form):
    """Who sees to an alert from now on."""

    use_required_attribute = False
    to = forms.ModelChoiceField(
        queryset=Practitioner.objects.none(),
        label="Pass on to",
        empty_label="Choose somebody",
        error_messages={"required": "Choose who sees to it.", "invalid_choice": "Choose somebody from the list."},
    )

    def __init__(self, data: Any = None, *, flag: Flag) -> None:
        super().__init__(data, prefix="pass")
        self.helper = bare_helper()
        who = self.fields["to"]
        if isinstance(who, forms.ModelChoiceField):
            others = Practitioner.objects.filter(is_active=True, user__is_active=True)
            who.queryset = others.exclude(code=flag.owner_id) if flag.owner_id else others
