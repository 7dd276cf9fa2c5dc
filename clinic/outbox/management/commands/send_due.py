"""`manage.py send_due [--once]`: sends due letters without Celery."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from clinic.outbox import tasks
from clinic.people import audit


class Command(BaseCommand):
    help = "Send what is due. Without --once it goes on until it is stopped, and also does the rest of the night shift."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, then stop")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        while True:
            tasks.replan()
            tasks.tick()
            audit.chain()
            if once:
                return
            time.sleep(settings.TICK_SECONDS)
