"""The app `people`; after each migrate it sees to the table that limits and sign-in count in."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "clinic.people"
    label = "people"

    def ready(self) -> None:
        post_migrate.connect(make_cache_table, sender=self)


def make_cache_table(using: str, **signal: Any) -> None:
    """The cache lives in the database, so that limits hold without Redis; Django makes its table by command only."""
    call_command("createcachetable", database=using, verbosity=0)
