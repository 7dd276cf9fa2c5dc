"""What clients type: the questions of a page, the profile, the touch map, the signature; and the desk's decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from intake import fields
from intake.definition import DECLINED, Answer, Item

INSTEAD = "__instead"
EMPTY: tuple[object, ...] = (None, "", [])


def bare_helper() -> FormHelper:
    """The page writes the form tag, the buttons and the token."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


class QuestionForm(forms.Form):
    """The questions of one page. A forged field or an option that is not offered has no place to land."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, items: Sequence[Item], answers: Mapping[str, Answer]) -> None:
        super().__init__(data, initial=_initial(items, answers))
        self.items = tuple(items)
        self.heading = self.items[0].link_id if len(self.items) == 1 else ""
        self.helper = bare_helper()
        for item in self.items:
            self.fields[item.link_id] = fields.question(item)
            if item.sensitive and not fields.is_list(item):
                self.fields[item.link_id].required = False
                self.fields[item.link_id + INSTEAD] = fields.declining(item)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for item in self.items:
            if item.link_id not in self.errors and (words := fields.problem(item, self._answer(item))):
                self.add_error(item.link_id, words)
        return cleaned

    def answers(self) -> dict[str, Answer]:
        """What was answered, question by question; None where an answer was taken back."""
        return {item.link_id: self._answer(item) for item in self.items if item.link_id in self.cleaned_data}

    def _answer(self, item: Item) -> Answer:
        value, instead = (self.cleaned_data.get(name) for name in (item.link_id, item.link_id + INSTEAD))
        return fields.to_answer(item, instead if value in EMPTY and instead else value)


def _initial(items: Sequence[Item], answers: Mapping[str, Answer]) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for item in items:
        answer = answers.get(item.link_id)
        is_declined = isinstance(answer, str) and answer in DECLINED and not fields.is_list(item)
        name = item.link_id + INSTEAD if is_declined else item.link_id
        initial[name] = fields.to_field(item, answer) if answer is not None else None
    return initial
