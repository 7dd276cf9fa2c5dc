"""What a printed form says: whom to call, who it is for, the questions, where touch is all right, what is signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from clinic.people import help as help_numbers
from intake import consents, journey, signing
from intake.forms import YouForm
from intake.models import Request
from intake.on_paper import Sheet


def paper_context(sheets: Sequence[Sheet], *, country: str, asked: Request | None = None) -> dict[str, Any]:
    """Everything for the page that is printed; of one questionnaire alone where it is for nobody yet."""
    about = YouForm(profile={}, today=date.max).fields.items() if asked else ()
    return {
        "asked": asked,
        "sheets": sheets,
        "numbers": help_numbers.numbers(country),
        "about": [
            (field.label, getattr(field, "choices", ()), not isinstance(field, forms.MultipleChoiceField))
            for _, field in about
        ],
        "touch": list(journey.areas().values()),
        "touch_answers": list(consents.TOUCH_ANSWERS.values()),
        "outline": consents.OUTLINE,
        "statements": list(signing.STATEMENTS.values()),
        "choices": [signing.AFTERCARE, signing.EMAIL_DETAIL],
        "keep": consents.KEEP_ANSWERS,
    }
