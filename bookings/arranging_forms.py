"""What is typed about rooms, services and practitioners."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from bookings.appointing_forms import SeveralRows
from bookings.models import Room, Service
from clinic.people.models import Practitioner
from clinic.people.refusing import InOurWords
from clinic.people.widgets import Ticks
from clinic.people.wording import has_control
from intake import offered

ZONES = [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone and not zone.startswith("Etc/")]


def saves(form: Any, words: str) -> None:
    """One button; and no control characters."""
    form.helper = FormHelper()
    form.helper.add_input(Submit("save", words))
    for field in form.fields.values():
        if isinstance(field, forms.CharField):
            field.validators.append(MANY_LINES if isinstance(field.widget, forms.Textarea) else ONE_LINE)


class Plain:
    """Refuses control characters, which would break letters and calendar files."""

    def __init__(self, *, many_lines: bool) -> None:
        self.many_lines = many_lines

    def __call__(self, value: str) -> None:
        if has_control(value, many_lines=self.many_lines):
            raise forms.ValidationError("Leave out control characters." if self.many_lines else "Write one line only.")


ONE_LINE, MANY_LINES = Plain(many_lines=False), Plain(many_lines=True)


class RoomForm(InOurWords, forms.ModelForm):  # type: ignore[type-arg]
    """A room has a name."""

    class Meta:
        model = Room
        fields: ClassVar = ["name"]
        labels: ClassVar = {"name": "Name of the room"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saves(self, "Save the room")


class ServiceForm(InOurWords, forms.ModelForm):  # type: ignore[type-arg]
    """What can be booked."""

    minutes = forms.IntegerField(label="Minutes", min_value=5, max_value=1440)
    buffer_before = forms.IntegerField(label="Minutes kept free before", min_value=0, max_value=1440, initial=0)
    buffer_after = forms.IntegerField(label="Minutes kept free after", min_value=0, max_value=1440, initial=0)
    offered_by = SeveralRows(Practitioner.objects.filter(is_active=True), label="Offered by")
    asks = forms.MultipleChoiceField(
        label="Questions it always asks",
        help_text="The general questions are always asked. Tick what this session adds.",
        required=False,
        choices=offered.askable,
        widget=Ticks(),
    )

    class Meta:
        model = Service
        fields: ClassVar = [
            "name", "description", "minutes", "buffer_before", "buffer_after", "price", "needs_room", "is_online",
            "asks",
        ]  # fmt: skip
        labels: ClassVar = {
            "name": "Name",
            "description": "One line about it",
            "price": "Price, as you write it",
            "needs_room": "It needs a room",
            "is_online": "Clients may book it themselves",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.slug:
            self.fields["offered_by"].initial = list(self.instance.practitioners.all())
        saves(self, "Save the session")


class PractitionerForm(InOurWords, forms.ModelForm):  # type: ignore[type-arg]
    """The basics of one practitioner."""

    timezone = forms.ChoiceField(label="Time zone of the hours", choices=ZONES)
    grid = forms.IntegerField(
        label="Minutes between possible starts", help_text="15 offers 9:00, 9:15, 9:30.", min_value=5, max_value=240
    )
    offers = SeveralRows(Service.objects.active(), label="Sessions offered")

    class Meta:
        model = Practitioner
        fields: ClassVar = ["name", "email", "about", "timezone", "grid"]
        labels: ClassVar = {"name": "Name", "email": "Email address", "about": "A few words for clients"}
        help_texts: ClassVar = {"email": "Notices about bookings go here, and clients’ answers to letters."}
        widgets: ClassVar = {"about": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offers"].initial = list(self.instance.services.all())
        saves(self, "Save")
