"""What visitors type on the public pages."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms

from clinic.people.refusing import InOurWords


class ContactForm(InOurWords, forms.Form):
    """A few words to the practice from somebody who may not be a client."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
    )
    reply_to = forms.EmailField(
        label="Email address",
        help_text="We answer to this address.",
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address like name@example.org.",
        },
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
    )
    message = forms.CharField(
        label="Your message",
        max_length=2000,
        error_messages={
            "required": "Write a few words.",
            "max_length": "Use %(limit_value)d characters or fewer. You wrote %(show_value)d.",
        },
        widget=forms.Textarea({"rows": 6}),
    )
    # People do not see this box; programs that fill in every box do.
    website = forms.CharField(
        label="Leave this box empty",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.helper = FormHelper()
        self.helper.layout = Layout("name", "reply_to", "message", Field("website", wrapper_class="hp"))
        self.helper.add_input(Submit("send", "Send"))

    @property
    def is_from_a_program(self) -> bool:
        return bool(self.cleaned_data["website"])


class NewLinkForm(InOurWords, forms.Form):
    """The address that a booking was made with."""

    email = forms.EmailField(
        label="Email address",
        help_text="The one you booked with.",
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address like name@example.org.",
        },
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "Send me new links"))
