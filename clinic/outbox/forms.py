"""What a client, or the desk for them, ticks on the page of letters."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from clinic.outbox import wishes
from clinic.people.models import Client
from clinic.people.refusing import InOurWords
from clinic.people.widgets import PhoneField, Ticks


class WishesForm(InOurWords, forms.Form):
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
        self.helper = _bare_helper()


class AddressForm(InOurWords, forms.Form):
    """Where letters to a client go, and the number to phone."""

    use_required_attribute = False
    email = forms.EmailField(
        label="Email address",
        required=False,
        help_text="Leave it empty if they have none: letters become calls to make.",
        error_messages={"invalid": "Enter an email address like name@example.org."},
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )

    phone = PhoneField(label="Phone number")

    def __init__(self, data: Any = None, *, client: Client) -> None:
        super().__init__(data, initial={"email": client.email, "phone": client.phone})
        self.fields["phone"].region = client.country  # type: ignore[attr-defined]
        self.helper = _bare_helper()


class LanguageForm(InOurWords, forms.Form):
    """In which language to write."""

    use_required_attribute = False
    language = forms.ChoiceField(
        label="Write to me in",
        help_text="A letter that is not worded in this language yet comes in the usual one.",
        error_messages={"required": "Choose a language.", "invalid_choice": "Choose one of these languages."},
    )

    def __init__(self, data: Any = None, *, choices: list[tuple[str, str]], now: str, label: str = "") -> None:
        super().__init__(data, initial={"language": now})
        field = self.fields["language"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        field.label = label or field.label
        self.helper = _bare_helper()


def _bare_helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper
