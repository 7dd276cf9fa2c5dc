"""Sessions, courses and wishes move to the client who stays when two become one."""

from __future__ import annotations

from datetime import datetime

from django.apps import apps
from django.db.models import ForeignKey

from bookings import letters, said
from bookings.models import Booking
from clinic.people.models import Client


def merge(*, kept: Client, gone: Client) -> None:
    """Every row of this floor that names the client; what was said is sealed anew with the key of `kept`."""
    for booking in Booking.objects.filter(client=gone).select_related("client"):
        if booking.sealed_note or booking.sealed_reason:
            said.move(booking, kept)
    for model in apps.get_app_config("bookings").get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, ForeignKey) and column.related_model is Client:
                model._default_manager.filter(**{column.name: gone}).update(**{column.name: kept})


def resync(client: Client, *, now: datetime) -> None:
    """The letters of her sessions to come, planned for the one client."""
    for booking in Booking.objects.coming(now).filter(client=client):
        letters.resync(booking, now=now)
