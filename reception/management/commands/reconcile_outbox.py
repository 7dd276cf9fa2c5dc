"""`manage.py reconcile_outbox [--fix]`: planned letters against stored ones."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic.outbox.services import differences, sweep
from clinic.people import clock


class Command(BaseCommand):
    help = "Say which letters are missing or extra; exit 1 when there are any. --fix plans them again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true")

    def handle(self, *args: Any, fix: bool = False, **options: Any) -> None:
        now = clock.now()
        if fix:
            sweep(now=now)
        found = differences(now=now)
        for planned in found.missing:
            self.stdout.write(f"missing  {planned.kind}  {planned.about}  {planned.due_at:%Y-%m-%d %H:%M} UTC")
        for message in found.extra:
            self.stdout.write(f"extra    {message.kind}  {message.about}  {message.due_at:%Y-%m-%d %H:%M} UTC")
        self.stdout.write(f"{len(found.missing)} missing, {len(found.extra)} extra")
        if found.missing or found.extra:
            sys.exit(1)
