"""`manage.py send_due [--once]`: sends due letters without Celery."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import import_string

from clinic.outbox import tasks


def night_shift() -> None:
    """Everything that the beat would start; letters last, so that what was planned a moment ago leaves too."""
    names = [each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()]
    for name in sorted(names, key=lambda name: name == tasks.tick.name):
        import_string(name)()


class Command(BaseCommand):
    help = "Send what is due. Without --once it goes on until it is stopped, and also does the rest of the night shift."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, then stop")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        while True:
            night_shift()
            if once:
                return
            time.sleep(settings.TICK_SECONDS)
