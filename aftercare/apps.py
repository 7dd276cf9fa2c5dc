"""The app of what follows a session: its record, the letters after it, the check-in."""

from __future__ import annotations

from django.apps import AppConfig


class AftercareConfig(AppConfig):
    name = "aftercare"
