"""What a practitioner types in from paper: the code, the answers of a whole form, and that it was signed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from clinic.people.refusing import InOurWords
from clinic.people.widgets import DateTrioField
from intake import consents, paging
from intake.definition import Answer
from intake.evaluation import Context, evaluate
from intake.forms import SignForm, TouchForm, bare_helper
from intake.question_form import QuestionForm
from intake.versions import Wording

WHEN = "On which day was the paper signed?"
AS_IT_STANDS = "As it stands beside the name. For example 27 3 2026."


class CodeOnPaper(InOurWords, forms.Form):
    """The code at the top of a printed form."""

    use_required_attribute = False
    code = forms.CharField(
        label="The code on the paper",
        max_length=30,
        help_text="It stands at the top right, such as 4KQ7-MX2D-91RC.",
        error_messages={"required": "Type the code that stands at the top of the paper."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.helper = bare_helper()


class PaperForm(QuestionForm):
    """Every question of a form on one page. What the answers close is not looked at, and never counts."""

    def __init__(self, data: Any = None, *, wording: Wording, answers: Mapping[str, Answer], context: Context,
                 zone: ZoneInfo) -> None:  # fmt: skip
        self.wording, self.context = wording, context
        items = [item for page in paging.split(wording.definition) for item in page.items]
        super().__init__(data, items=items, answers=answers, zone=zone)
        for number, each in enumerate(self.asked, start=1):
            field = self.fields[each.name]
            field.required = False  # `clean` knows which questions apply
            field.label = f"{number}. {each.item.text or field.label}"

    def clean(self) -> dict[str, Any]:
        found = evaluate(self.wording.definition, self.answers(), self.context)
        self.asked = [replace(each, is_needed=each.item.link_id in found.enabled) for each in self.asked]
        for each in self.asked:
            if not each.is_needed and each.name in self.errors:
                del self.errors[each.name]
        return super().clean()


class AgreedForm(InOurWords, forms.Form):
    """That the client agreed, by hand, that the answers may be kept."""

    use_required_attribute = False
    signed_on = DateTrioField(label=WHEN, help_text=AS_IT_STANDS)
    keep = forms.BooleanField(
        label=f"This is ticked on the paper: “{consents.KEEP_ANSWERS}”",
        error_messages={"required": "Without this tick nothing may be kept. Give the paper back, and talk in person."},
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        self.helper = bare_helper()

    def clean_signed_on(self) -> date:
        return _past(self.cleaned_data["signed_on"], self.today)


class PaperSignForm(SignForm):
    """The touch map, the ticks, the choices, the name and the day, all as they stand on the paper."""

    signed_on = DateTrioField(label=WHEN, help_text=AS_IT_STANDS)

    def __init__(self, data: Any = None, *, areas: Mapping[str, str], today: date) -> None:
        super().__init__(data)
        self.today, self.areas = today, {area: f"touch_{area}" for area in areas}
        places = TouchForm(areas=areas, answers={}).fields
        self.fields = {**{name: places[area] for area, name in self.areas.items()}, **self.fields}
        self.fields["name"].label = "The name that it is signed with"

    def clean_signed_on(self) -> date:
        return _past(self.cleaned_data["signed_on"], self.today)

    def touch(self) -> dict[str, str]:
        """The touch map as it was ticked."""
        return {area: self.cleaned_data[name] for area, name in self.areas.items()}


def _past(day: date, today: date) -> date:
    if day > today:
        raise forms.ValidationError("This day is still to come. Give the day that stands on the paper.")
    return day
