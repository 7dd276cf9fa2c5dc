"""The app `outbox`; at start it finds every floor's `letters.py`."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    name = "clinic.outbox"
    label = "outbox"

    def ready(self) -> None:
        autodiscover_modules("letters")
