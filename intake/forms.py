"""What clients type: the questions of a page, the profile, the touch map, the signature; and the desk's decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from clinic.people.refusing import InOurWords
from clinic.people.widgets import DateTrio, DateTrioField, Radios, Ticks
from intake import fields
from intake.asking import Asked
from intake.consents import KEEP_ANSWERS, TOUCH_ANSWERS
from intake.signing import AFTERCARE, EMAIL_DETAIL, STATEMENTS
from intake.strength import LEVELS

SAFE_PHONE = (
    ("message", "Yes, and you may leave a message"),
    ("no_message", "Yes, but leave no message"),
    ("no", "No"),
)
COMFORT = (
    ("ask_first", "Ask before each touch"),
    ("explain", "Explain what you do"),
    ("breaks", "Take breaks"),
    ("quiet", "Keep it quiet"),
    ("talk", "Talk with me as we go"),
    ("company", "Someone with me in the room"),
)
OUTLINES = (
    ("slim", "A slim one"),
    ("middle", "A middle one"),
    ("broad", "A broad one"),
    ("none", "No picture, only the list"),
)
OLDEST = 1900
SIGNED = ("name", "wants_aftercare", "wants_email_detail")


def bare_helper() -> FormHelper:
    """The page writes the form tag, the buttons and the token."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


class KeepForm(InOurWords, forms.Form):
    """The one line before the first question."""

    use_required_attribute = False
    keep = forms.BooleanField(
        label=KEEP_ANSWERS,
        error_messages={"required": "Tick the box to start. If you would rather not, call us instead."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.helper = bare_helper()


class CodeForm(InOurWords, forms.Form):
    """The code that was sent by email."""

    use_required_attribute = False
    code = forms.CharField(
        label="The code from the email",
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": "Type the code that I sent you."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.helper = bare_helper()


class ReplyForm(InOurWords, forms.Form):
    """The answer to a question about what was sent."""

    use_required_attribute = False
    words = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write a few words. You can also call us instead."},
    )

    def __init__(self, data: Any = None, *, each: Asked) -> None:
        super().__init__(data, initial={"words": each.answer}, prefix=f"q{each.row.code.hex[:8]}")
        self.fields["words"].label = each.text
        self.helper = bare_helper()


class YouForm(InOurWords, forms.Form):
    """The profile page: everything may be left empty."""

    use_required_attribute = False
    birth_date = DateTrioField(
        label="When were you born?",
        required=False,
        help_text="Some things to watch out for depend on your age. For example 27 3 1984.",
        widget=DateTrio(autocomplete="bday"),
    )
    emergency_name = forms.CharField(label="Who may I call if you feel unwell with me?", required=False, max_length=120)
    emergency_phone = forms.CharField(label="Their phone number", required=False, max_length=40)
    doctor = forms.CharField(
        label="Your doctor or surgery",
        required=False,
        max_length=160,
        help_text="I never write to them without asking.",
    )
    safe_email = forms.ChoiceField(
        label="Is it safe to write to you by email?",
        required=False,
        choices=fields.YES_NO,
        widget=Radios(hints={"no": "Then I write nothing at all, and phone you instead."}),
    )
    safe_phone = forms.ChoiceField(
        label="May I phone you?",
        required=False,
        choices=SAFE_PHONE,
        widget=Radios(),
    )
    reach_notes = forms.CharField(
        label="What should I know before I call or write?",
        required=False,
        max_length=200,
        help_text="Such as good times to call, or another number.",
    )
    comfort = forms.MultipleChoiceField(
        label="What would help you feel at ease?", required=False, choices=COMFORT, widget=Ticks()
    )

    outline = forms.ChoiceField(
        label="On pages with a picture of a body, which outline would you like?",
        required=False,
        choices=OUTLINES,
        widget=Radios(),
    )

    def __init__(self, data: Any = None, *, profile: Mapping[str, Any], today: date) -> None:
        self.today = today
        birth = profile.get("birth_date")
        super().__init__(data, initial={**profile, "birth_date": date.fromisoformat(birth) if birth else None})
        self.helper = bare_helper()

    def clean_birth_date(self) -> date | None:
        birth: date | None = self.cleaned_data["birth_date"]
        if birth and (birth.year < OLDEST or birth > self.today):
            raise forms.ValidationError("Check the year. It must be in the past.")
        return birth

    def changes(self) -> dict[str, Any]:
        birth = self.cleaned_data["birth_date"]
        return {**self.cleaned_data, "birth_date": birth.isoformat() if birth else None}


class StrengthForm(InOurWords, forms.Form):
    """Place by place, how strong it is; all optional."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, places: Mapping[str, str], known: Mapping[str, str]) -> None:
        super().__init__(data, initial=dict(known))
        self.helper = bare_helper()
        for place, words in places.items():
            self.fields[place] = forms.ChoiceField(
                choices=list(LEVELS.items()), label=words, required=False, widget=Radios()
            )


class TouchForm(InOurWords, forms.Form):
    """Place by place: yes, ask me first, or no. Nothing is chosen beforehand."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, areas: Mapping[str, str], answers: Mapping[str, str]) -> None:
        super().__init__(data, initial=dict(answers))
        self.helper = bare_helper()
        for area, words in areas.items():
            self.fields[area] = forms.ChoiceField(
                choices=list(TOUCH_ANSWERS.items()),
                label=words,
                widget=Radios(),
                error_messages={"required": f"{words}: choose yes, ask me first, or no."},
            )


class LettersForm(InOurWords, forms.Form):
    """Two choices of equal weight about letters."""

    use_required_attribute = False
    wants_aftercare = forms.TypedChoiceField(
        label=AFTERCARE,
        choices=fields.YES_NO,
        coerce=lambda value: value == "yes",
        widget=Radios(),
        error_messages={"required": "Choose yes or no for letters after a session."},
    )
    wants_email_detail = forms.TypedChoiceField(
        label=EMAIL_DETAIL,
        help_text="Email is not fully private.",
        choices=fields.YES_NO,
        coerce=lambda value: value == "yes",
        widget=Radios(),
        error_messages={"required": "Choose yes or no for naming the area."},
    )

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.helper = bare_helper()


class SignForm(LettersForm):
    """The statements, two choices of equal weight, and the typed name."""

    name = forms.CharField(
        label="Type your full name to sign",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Type your name to sign."},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.helper = bare_helper()
        ticks = {
            key: forms.BooleanField(label=words, error_messages={"required": f"Tick this to send: {words}"})
            for key, words in STATEMENTS.items()
        }
        self.fields = {**ticks, **self.fields}

    def signature(self) -> dict[str, Any]:
        """What `signing.sign` needs."""
        statements = [key for key in STATEMENTS if self.cleaned_data.get(key)]
        return {"statements": statements, **{key: self.cleaned_data[key] for key in SIGNED}}
