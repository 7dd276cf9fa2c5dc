"""What a practitioner types: the session record, an amendment, and changes to the letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from aftercare import record as words
from aftercare.bars import gloves
from aftercare.checks import Limits
from aftercare.record import Record
from clinic.people.widgets import Radios, Scale, Ticks
from intake.regions import AREAS

OPEN = "open__"  # then the name of a locked area: why it was opened
NOTES_LENGTH = 4000
REASON_LENGTH = 200
NOT_DRIVING_HINT = {"not_driving": "Needed after dizziness, and with medicines or blood pressure that bring it."}
GROUPED = [
    ("Where it was", list(words.LOCAL_SENSATIONS.items())),
    ("In the whole body", list(words.WHOLE_SENSATIONS.items())),
]


class RecordForm(forms.Form):
    """The record of one session; which areas, gloves and reasons it offers depends on the client's answers."""

    use_required_attribute = False

    areas = forms.MultipleChoiceField(label="Where you worked", required=False)
    asked_today = forms.MultipleChoiceField(
        label="Asked aloud today, and they said yes",
        help_text="Needed for every area without a standing yes.",
        required=False,
    )
    touch_style = forms.ChoiceField(
        label="Kind of touch", choices=list(words.TOUCH_STYLES.items()), widget=Radios, required=False
    )
    sensations = forms.MultipleChoiceField(
        label="What they felt during it", choices=GROUPED, widget=Ticks, required=False
    )
    emotions = forms.MultipleChoiceField(
        label="Feelings", choices=list(words.EMOTIONS.items()), widget=Ticks, required=False
    )
    emotional_release = forms.ChoiceField(
        label="How strongly feelings came up",
        choices=list(words.RELEASES.items()),
        widget=Radios,
        required=False,
    )
    after = forms.MultipleChoiceField(
        label="In the first minutes after", choices=list(words.AFTER.items()), widget=Ticks, required=False
    )
    comfort = forms.TypedChoiceField(
        label="Most discomfort",
        choices=[(number, str(number)) for number in range(11)],
        coerce=int,
        empty_value=None,
        widget=Scale(low="none", high="as bad as it could be"),
        required=False,
    )
    paused = forms.BooleanField(label="They asked to stop or pause", required=False)
    sharp_pain = forms.BooleanField(label="They spoke of sharp pain", required=False)
    sharp_pain_note = forms.CharField(
        label="Sharp pain: where, and what you did", max_length=REASON_LENGTH, required=False
    )
    glove = forms.ChoiceField(label="Inside the mouth: gloves", widget=Radios, required=False)
    mouth_consent_at = forms.TimeField(
        label="Inside the mouth: when they said yes today",
        help_text="For example 10:05.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        required=False,
    )
    mouth_minutes = forms.IntegerField(
        label="Inside the mouth: minutes",
        min_value=1,
        max_value=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        required=False,
    )
    mouth_tolerated = forms.ChoiceField(
        label="Inside the mouth: how it was for them",
        choices=list(words.TOLERATED.items()),
        widget=Radios,
        required=False,
    )
    leave_check = forms.MultipleChoiceField(
        label="Before they left",
        choices=list((words.LEAVE_CHECK | words.NOT_DRIVING).items()),
        widget=Ticks(hints=NOT_DRIVING_HINT),
        required=False,
    )
    notes = forms.CharField(
        label="Notes",
        help_text="Describe, do not diagnose.",
        max_length=NOTES_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, limits: Limits, record: Record, version: int) -> None:
        super().__init__(data, initial=_initial(record, version))
        self.limits = limits
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self._offer_areas()
        self._offer("glove", gloves(limits.flags))

    def _offer_areas(self) -> None:
        closed = {area for area, bar in self.limits.bars.items() if not bar.opens_with_reason}
        offered = {area: name for area, name in AREAS.items() if area not in closed}
        hints = {area: bar.because for area, bar in self.limits.bars.items() if area in offered}
        self.fields["areas"].widget = Ticks(hints=hints)
        self._offer("areas", offered)
        asked = {area: name for area, name in offered.items() if self.limits.is_asked_today(area)}
        self.fields["asked_today"].widget = Ticks()
        self._offer("asked_today", asked)
        for area in hints:
            self.fields[OPEN + area] = forms.CharField(
                label=f"{AREAS[area]}: why you opened it", max_length=REASON_LENGTH, required=False
            )
        self.order_fields(["areas", *(OPEN + area for area in hints), "asked_today"])

    def _offer(self, name: str, choices: dict[str, str]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices.items())

    def to_record(self) -> Record:
        """The typed record; areas that the form does not offer have no place to land."""
        typed = self.cleaned_data
        said_at = typed["mouth_consent_at"]
        plain: dict[str, Any] = {name: typed[name] for name in PLAIN}
        several: dict[str, Any] = {name: tuple(typed[name]) for name in SEVERAL}
        opened = {name.removeprefix(OPEN): why for name, why in typed.items() if name.startswith(OPEN) and why}
        return Record(**plain, **several, unlocked=opened, mouth_consent_at=f"{said_at:%H:%M}" if said_at else "")

    def take_version(self, version: int) -> None:
        """Somebody saved meanwhile: what was typed stays, and the next press saves over the newer version."""
        typed: Any = self.data
        typed = self.data = typed.copy()
        typed["version"] = str(version)

    def blame(self, problems: Mapping[str, str]) -> None:
        """Show the service's refusals beside the fields."""
        for name, sentence in problems.items():
            self.add_error(name if name in self.fields else None, sentence)


SEVERAL = ("areas", "asked_today", "sensations", "emotions", "after", "leave_check")
PLAIN = (
    "touch_style", "comfort", "paused", "sharp_pain", "sharp_pain_note", "emotional_release", "glove", "mouth_minutes",
    "mouth_tolerated", "notes",
)  # fmt: skip


def _initial(record: Record, version: int) -> dict[str, Any]:
    stored = record.to_json()
    opened = {OPEN + area: why for area, why in stored.pop("unlocked").items()}
    return {**stored, **opened, "version": version}


class AmendmentForm(forms.Form):
    """Words added to a signed record."""

    use_required_attribute = False

    text = forms.CharField(label="What you add", max_length=NOTES_LENGTH, widget=forms.Textarea(attrs={"rows": 6}))
    reason = forms.CharField(label="Why now", max_length=REASON_LENGTH)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
