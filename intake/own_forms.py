"""What the owner types about a questionnaire of the practice's own."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.people.refusing import InOurWords
from clinic.people.widgets import Radios, Ticks
from intake import editing
from intake.definition import Definition, EnableWhen, Item, Option
from intake.forms import bare_helper
from intake.reasons import REASONS

MOST_BYTES = 1_000_000
SAME, OTHER = "same", "other"
KINDS = (
    ("choice", "One answer of a list"),
    ("multi", "Several answers of a list"),
    ("scale", "A number from 0 to 10"),
    ("boolean", "Yes or no"),
    ("string", "A few words"),
    ("text", "Many words"),
    ("integer", "A whole number"),
    ("date", "A date"),
    ("time", "A time of day"),
)
LISTS = ("choice", "multi")
HOW_OFTEN = (
    ("0", "Before each session"),
    ("42", "Again after 6 weeks"),
    ("182", "Again after half a year"),
    ("365", "Again after a year"),
    ("36500", "Once only"),
)


class OneUpload(forms.Field):
    """A small text file, read in memory and never kept."""

    widget = forms.FileInput

    def clean(self, value: Any) -> str:
        if not value:
            return ""
        if value.size > MOST_BYTES:
            raise forms.ValidationError("This file is too big. A questionnaire has at most a million letters.")
        try:
            return str(value.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError("This file is not text.") from error


class TakeInForm(InOurWords, forms.Form):
    """A questionnaire as a file, or pasted."""

    use_required_attribute = False
    file = OneUpload(label="A file", required=False, help_text="YAML, or FHIR R4 as JSON.")
    text = forms.CharField(
        label="Or paste it here", required=False, strip=False, max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.helper = bare_helper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["both"] = cleaned.get("file") or cleaned.get("text") or ""
        if not self.errors and not cleaned["both"].strip():
            self.add_error("text", "Choose a file, or paste the questionnaire.")
        return cleaned


class WhoForm(InOurWords, forms.Form):
    """Who is asked it."""

    use_required_attribute = False
    is_always = forms.BooleanField(label="Everybody, before each session", required=False)
    reasons = forms.MultipleChoiceField(
        label="Those who come for", required=False, widget=Ticks(),
        choices=[(reason.slug, reason.words) for reason in REASONS],
    )  # fmt: skip
    chip = forms.CharField(
        label="Those who choose this when they book", required=False, max_length=60,
        help_text="A reason of its own, such as Sleep. It appears on the booking page.",
    )  # fmt: skip
    lasts_days = forms.ChoiceField(label="How often", choices=HOW_OFTEN, widget=Radios(), required=False)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.helper = bare_helper()

    def clean_lasts_days(self) -> int:
        return int(self.cleaned_data["lasts_days"] or 0)


class ItemForm(InOurWords, forms.Form):
    """One question: its words, its answers, whether it is required, and when it is shown."""

    use_required_attribute = False
    text = forms.CharField(label="The question", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    help = forms.CharField(label="A line of help", required=False, max_length=1000)
    required = forms.BooleanField(label="It must be answered", required=False)
    options = forms.CharField(
        label="Answers, one on each line", required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="As code | words. The code is permanent; change only the words. A new answer needs no code.",
    )  # fmt: skip
    conditions = forms.CharField(
        label="Show it only when, one on each line", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as sleep = 2, pain >= 4, or sleep exists yes. Leave it empty to show it always.",
    )  # fmt: skip
    behavior = forms.ChoiceField(
        label="With several lines", choices=[("all", "All must hold"), ("any", "One is enough")], widget=Radios(),
        required=False,
    )  # fmt: skip
    meaning = forms.ChoiceField(
        label="What do you change?", widget=Radios(), initial=SAME,
        choices=[(SAME, "Only the words: it still asks the same"), (OTHER, "It asks something else")],
        help_text="A new meaning needs a new id. Else old answers would look like answers to the new question.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, definition: Definition, item: Item) -> None:
        self.definition, self.item = definition, item
        super().__init__(data, initial=_initial(item))
        self.helper = bare_helper()
        if not item.options or item.regions:
            del self.fields["options"]
        if not item.is_asked or item.is_rows:
            del self.fields["required"]

    def clean_options(self) -> tuple[Option, ...]:
        try:
            return editing.options_from(self.cleaned_data["options"], self.item)
        except editing.Unclear as unclear:
            raise forms.ValidationError(str(unclear)) from unclear

    def clean_conditions(self) -> tuple[EnableWhen, ...]:
        try:
            return editing.conditions_from(self.cleaned_data["conditions"], self.definition)
        except editing.Unclear as unclear:
            raise forms.ValidationError(str(unclear)) from unclear

    def edited(self) -> Definition:
        """The definition with what was typed."""
        typed = self.cleaned_data
        several = len(typed["conditions"]) > 1
        changes: dict[str, Any] = {
            name: typed[name] for name in ("text", "help", "required", "options") if name in self.fields
        }
        behavior = (typed["behavior"] or "all") if several else ""
        changes |= {"enable_when": typed["conditions"], "enable_behavior": behavior}
        made = editing.reword(self.definition, self.item.link_id, **changes)
        return editing.ask_something_else(made, self.item.link_id)[0] if typed["meaning"] == OTHER else made


def _initial(item: Item) -> dict[str, Any]:
    return {
        "text": item.text, "help": item.help, "required": item.required, "options": editing.options_as_lines(item),
        "conditions": editing.conditions_as_lines(item), "behavior": item.enable_behavior or "all", "meaning": SAME,
    }  # fmt: skip


class NewItemForm(InOurWords, forms.Form):
    """One more question, at the end."""

    use_required_attribute = False
    text = forms.CharField(label="The question", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(label="The answer is", choices=KINDS, widget=Radios(), initial="choice")
    options = forms.CharField(
        label="Answers, one on each line", required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="For lists only.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, definition: Definition) -> None:
        super().__init__(data)
        self.definition = definition
        self.helper = bare_helper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") in LISTS and not cleaned.get("options", "").strip():
            self.add_error("options", "Write the answers to choose from.")
        return cleaned

    def item(self) -> Item:
        """The new question, with an id of its own."""
        kind, text = self.cleaned_data["kind"], self.cleaned_data["text"]
        link_id = editing.fresh_id(self.definition, text)
        types = {"multi": "choice", "scale": "integer"}
        controls = {"string": "text", "integer": "number"}
        item = Item(link_id=link_id, type=types.get(kind, kind), control=controls.get(kind, kind), text=text)
        more: dict[str, Any] = {"repeats": kind == "multi"}
        if kind in LISTS:
            more["options"] = editing.options_from(self.cleaned_data["options"], item)
        if kind == "scale":
            more |= {"minimum": 0, "maximum": 10}
        return Item(**{**vars(item), **more})
