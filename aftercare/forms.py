"""What a practitioner types: the session record, an amendment, and changes to the letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from aftercare import record as words
from aftercare.bars import gloves
from aftercare.checks import Limits, to_keep
from aftercare.record import Record
from aftercare.rewriting import ADDED, SUBJECT
from clinic.outbox.rendering import OwnWords
from clinic.outbox.rewording import tidied
from clinic.outbox.wordings import SUBJECT_LENGTH
from clinic.people.refusing import InOurWords
from clinic.people.widgets import Radios, Scale, Ticks
from intake.regions import AREAS

OPEN = "open__"  # then the name of a locked area: why it was opened
NOTES_LENGTH = 4000
REASON_LENGTH = 200
NOT_DRIVING_HINT = {"not_driving": "Needed after dizziness, and with medicines or blood pressure that bring it."}
SENSED = {"Where it was": words.LOCAL_SENSATIONS, "In the whole body": words.WHOLE_SENSATIONS}
PLACES = {
    "Hips and back": ("pelvis", "sacrum", "low_back", "hips"),
    "Belly and ribs": ("belly", "diaphragm"),
    "Head, jaw and neck": ("head", "neck", "jaw_outside", "jaw_inside"),
    "Elsewhere": ("whole_body", "other"),
}


class NeededToClose(forms.Field):
    """Needed before the record is signed, so not "optional"; a draft may leave it empty all the same."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=True, **options)

    def validate(self, value: Any) -> None:
        if value not in self.empty_values:
            super().validate(value)


class One(NeededToClose, forms.ChoiceField):
    """One of several."""


class Several(NeededToClose, forms.MultipleChoiceField):
    """Any of several."""


class Line(NeededToClose, forms.CharField):
    """A line of words."""


class Clock(NeededToClose, forms.TimeField):
    """A time of this day."""


class Minutes(NeededToClose, forms.IntegerField):
    """A whole number of minutes."""


class RecordForm(InOurWords, forms.Form):
    """The record of one session; which areas, gloves and reasons it offers depends on the client's answers."""

    use_required_attribute = False

    areas = Several(label="Where you worked", widget=Ticks)
    asked_today = Several(
        label="Asked aloud today, and they said yes",
        help_text="Needed for every area without a standing yes.",
        widget=Ticks,
    )
    touch_style = One(label="Kind of touch", choices=list(words.TOUCH_STYLES.items()), widget=Radios)
    glove = One(label="Inside the mouth: gloves", widget=Radios)
    mouth_consent_at = Clock(
        label="Inside the mouth: when they said yes today",
        help_text="For example 10:05.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mouth_minutes = Minutes(
        label="Inside the mouth: minutes",
        min_value=1,
        max_value=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    mouth_tolerated = One(
        label="Inside the mouth: how it was for them", choices=list(words.TOLERATED.items()), widget=Radios
    )
    sensations = forms.MultipleChoiceField(
        label="What they felt during it",
        choices=[(name, list(found.items())) for name, found in SENSED.items()],
        widget=Ticks,
        required=False,
    )
    emotions = forms.MultipleChoiceField(
        label="Feelings", choices=[("All that came up", list(words.EMOTIONS.items()))], widget=Ticks, required=False
    )
    emotional_release = One(label="How strongly feelings came up", choices=list(words.RELEASES.items()), widget=Radios)
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
    sharp_pain_note = Line(label="Sharp pain: where, and what you did", max_length=REASON_LENGTH)
    after = forms.MultipleChoiceField(
        label="In the first minutes after",
        choices=[("All that they noticed", list(words.AFTER.items()))],
        widget=Ticks,
        required=False,
    )
    leave_check = Several(
        label="Before they left",
        choices=[("Tick each one", list((words.LEAVE_CHECK | words.NOT_DRIVING).items()))],
        widget=Ticks(hints=NOT_DRIVING_HINT),
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
        self._offer("glove", list(gloves(limits.flags).items()))

    def _offer_areas(self) -> None:
        """Closed areas are not offered at all; a locked one is, with a line for the reason."""
        bars = self.limits.bars
        offered = {area: name for area, name in AREAS.items() if area not in bars or bars[area].opens_with_reason}
        locked = {area: bars[area].because for area in offered if area in bars}
        self.fields["areas"].widget.hints = locked
        self._offer("areas", _in_places(offered))
        asked = {area: name for area, name in offered.items() if self.limits.is_asked_today(area)}
        self._offer("asked_today", _in_places(asked))
        for area in locked:
            self.fields[OPEN + area] = Line(label=f"{AREAS[area]}: why you opened it", max_length=REASON_LENGTH)
        for name in [*([] if words.MOUTH in offered else IN_MOUTH), *([] if asked else ["asked_today"])]:
            del self.fields[name]
        self.order_fields(["areas", *(OPEN + area for area in locked), "asked_today"])

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> None:
        """What fields say together stands beside what each says alone, so that one round shows it all."""
        self.blame(to_keep(self.to_record(), self.limits))

    def to_record(self) -> Record:
        """The typed record; areas that the form does not offer have no place to land."""
        typed = self.cleaned_data
        said_at = typed.get("mouth_consent_at")
        plain: dict[str, Any] = {name: typed[name] for name in PLAIN if name in typed}
        several: dict[str, Any] = {name: tuple(typed.get(name, ())) for name in SEVERAL}
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


IN_MOUTH = ("glove", "mouth_consent_at", "mouth_minutes", "mouth_tolerated")
SEVERAL = ("areas", "asked_today", "sensations", "emotions", "after", "leave_check")
PLAIN = (
    "touch_style", "comfort", "paused", "sharp_pain", "sharp_pain_note", "emotional_release", "glove", "mouth_minutes",
    "mouth_tolerated", "notes",
)  # fmt: skip


def _in_places(areas: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The areas in groups, as the eye goes over the body."""
    found = [(place, [(area, areas[area]) for area in names if area in areas]) for place, names in PLACES.items()]
    return [(place, rows) for place, rows in found if rows]


def _initial(record: Record, version: int) -> dict[str, Any]:
    stored = record.to_json()
    opened = {OPEN + area: why for area, why in stored.pop("unlocked").items()}
    return {**stored, **opened, "version": version}


class AmendmentForm(InOurWords, forms.Form):
    """Words added to a signed record; and what of it they put right, which shapes the letters still to come."""

    use_required_attribute = False

    text = forms.CharField(label="What you add", max_length=NOTES_LENGTH, widget=forms.Textarea(attrs={"rows": 6}))
    reason = forms.CharField(label="Why now", max_length=REASON_LENGTH)
    areas = forms.MultipleChoiceField(label="Put right: where you worked", widget=Ticks, required=False)
    touch_style = forms.ChoiceField(
        label="Put right: kind of touch", choices=list(words.TOUCH_STYLES.items()), widget=Radios, required=False
    )
    after = forms.MultipleChoiceField(
        label="Put right: in the first minutes after",
        choices=[("All that they noticed", list(words.AFTER.items()))],
        widget=Ticks,
        required=False,
    )
    emotional_release = forms.ChoiceField(
        label="Put right: how strongly feelings came up",
        choices=list(words.RELEASES.items()),
        widget=Radios,
        required=False,
    )

    def __init__(self, data: Any = None, *, record: Record | None, limits: Limits) -> None:
        self.record = record or Record()
        super().__init__(data, initial={name: getattr(self.record, name) for name in words.CORRECTABLE})
        closed = {*limits.bars, words.MOUTH} - set(self.record.areas)
        areas = self.fields["areas"]
        if isinstance(areas, forms.ChoiceField):
            areas.choices = _in_places({area: name for area, name in AREAS.items() if area not in closed})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def corrected(self) -> dict[str, Any]:
        """The fields that differ from the record as it stands; what was left empty stays as it is."""
        typed = {name: self.cleaned_data[name] for name in words.CORRECTABLE if self.cleaned_data[name]}
        now = {name: getattr(self.record, name) for name in typed}
        return {
            name: value
            for name, value in typed.items()
            if (set(value) != set(now[name]) if isinstance(value, list) else value != now[name])
        }


class RewritingForm(InOurWords, forms.Form):
    """One letter to one client in other words, or with a sentence more."""

    use_required_attribute = False
    none = OwnWords()

    subject = forms.CharField(
        label="Subject", max_length=SUBJECT_LENGTH, error_messages={"required": "Write a subject."}
    )
    text = forms.CharField(
        label="Text",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        error_messages={"required": "Write what it says, or go back to the usual words."},
    )
    added = forms.CharField(
        label="A sentence more",
        help_text="It stands before the sign-off, whatever the text says.",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, usual: OwnWords, own: OwnWords) -> None:
        shown = {"subject": own.subject or usual.subject, "text": own.text or usual.text, "added": own.added}
        super().__init__(data, initial=shown)
        self.usual, self.own = usual, own
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def blame(self, problems: Iterable[str]) -> None:
        """Show each problem beside the field that its words name."""
        for problem in problems:
            named = {"subject": problem.startswith(SUBJECT), "added": problem.startswith(ADDED)}
            self.add_error(next((name for name, is_its in named.items() if is_its), "text"), problem)

    @property
    def words(self) -> OwnWords:
        """What was typed; what is as usual stays empty, so that it goes on following the record."""
        typed = {name: tidied(self.cleaned_data[name]) for name in ("subject", "text", "added")}
        return OwnWords(
            text="" if typed["text"] == self.usual.text else typed["text"],
            subject="" if typed["subject"] == self.usual.subject else typed["subject"],
            added=typed["added"],
        )
