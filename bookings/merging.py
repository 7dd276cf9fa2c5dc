"""Sessions, courses and wishes move to the client who stays when two become one."""

from __future__ import annotations

from datetime import datetime

from django.apps import apps
from django.db.models import ForeignKey

from bookings import letters
from bookings.importing import NOTE, note_of
from bookings.models import Booking
from clinic.people import sealing
from clinic.people.models import Client


def merge(*, kept: Client, gone: Client) -> None:
    """Every row of this floor that names the client; imported notes are sealed anew with the key of `kept`."""
    for booking in Booking.objects.filter(client=gone).exclude(sealed_note=b"").select_related("client"):
        note = sealing.seal(kept, NOTE, booking.code, note_of(booking))
        Booking.objects.filter(code=booking.code).update(sealed_note=note)
    for model in apps.get_app_config("bookings").get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, ForeignKey) and column.related_model is Client:
                model._default_manager.filter(**{column.name: gone}).update(**{column.name: kept})


def resync(client: Client, *, now: datetime) -> None:
    """The letters of her sessions to come, planned for the one client."""
    for booking in Booking.objects.coming(now).filter(client=client):
        letters.resync(booking, now=now)
