"""The app `bookings`; at start it sees to the database's guard against double bookings."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self) -> None:
        import_string("bookings.guards.watch")(self)
