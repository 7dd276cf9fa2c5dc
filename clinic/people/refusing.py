"""What a form says when something is wrong, in our words: each sentence names its field and says what to do."""

from __future__ import annotations

from typing import Any

from django import forms

NUMBER, CHOICE = "{name}: enter a whole number.", "{name}: choose from the list."
# From the special to the general: the first that fits.
BY_FIELD: tuple[tuple[type[forms.Field], dict[str, str]], ...] = (
    (forms.BooleanField, {"required": "{name}: tick this to go on."}),
    (forms.MultipleChoiceField, {"required": "{name}: choose at least one."}),
    (forms.ModelMultipleChoiceField, {"required": "{name}: choose at least one."}),
    (forms.ChoiceField, {"required": "{name}: choose one."}),
    (forms.ModelChoiceField, {"required": "{name}: choose one."}),
    (forms.EmailField, {"invalid": "{name}: enter an address like name@example.org."}),
    (forms.TimeField, {"invalid": "{name}: enter a time, such as 10:05."}),
    (forms.DateField, {"invalid": "{name}: enter a date, such as 27/3/2027."}),
    (forms.DecimalField, {"invalid": "{name}: enter a number."}),
    (forms.IntegerField, {"invalid": NUMBER}),
)
ALWAYS = {
    "required": "{name}: fill this in.",
    "invalid": "{name}: check what you typed.",
    "invalid_choice": CHOICE,
    "invalid_list": CHOICE,
    "invalid_pk_value": CHOICE,
    "min_value": "{name}: %(limit_value)s or more.",
    "max_value": "{name}: %(limit_value)s or less.",
    "min_length": "{name}: use %(limit_value)d characters or more.",
    "max_length": "{name}: use %(limit_value)d characters or fewer.",
    "null_characters_not_allowed": "{name}: leave out control characters.",
}


class InOurWords(forms.BaseForm):
    """A form that never says what Django says by itself; a sentence that a field was given stays."""

    def full_clean(self) -> None:
        for key, field in self.fields.items():
            name = str(self[key].label).rstrip("?.: ").replace("%", " per cent")  # Django would fill a % in
            for code, words in sentences(field).items():
                if _is_unsaid(field, code):
                    field.error_messages[code] = words.replace("{name}", name)
        super().full_clean()


def sentences(field: forms.Field) -> dict[str, str]:
    """Ours for this kind of field, by the code of the problem."""
    return ALWAYS | next((own for kind, own in BY_FIELD if isinstance(field, kind)), {})


def _is_unsaid(field: forms.Field, code: str) -> bool:
    """Whether the field has no sentence of its own: none at all, or Django's."""
    said: Any = field.error_messages.get(code)
    theirs = [vars(each).get("default_error_messages", {}) for each in type(field).__mro__ if _is_djangos(each)]
    return said is None or any(said == each.get(code) for each in theirs)


def _is_djangos(kind: type) -> bool:
    return kind.__module__.startswith("django.")
