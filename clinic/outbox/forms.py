"""What a client, or the desk for them, ticks on the page of letters."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from clinic.outbox import wishes
from clinic.people.widgets import Ticks


class WishesForm(forms.Form):
    """One box for each kind of optional letter."""

    use_required_attribute = False
    on = forms.MultipleChoiceField(label="Letters to send", required=False)

    def __init__(self, data: Any = None, *, on: Collection[str] = ()) -> None:
        super().__init__(data, initial={"on": list(on)})
        switches = wishes.switches()
        field = self.fields["on"]
        if isinstance(field, forms.MultipleChoiceField):
            field.widget = Ticks(hints={each.kind: each.says for each in switches if each.says})
            field.choices = [(each.kind, each.title) for each in switches]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
