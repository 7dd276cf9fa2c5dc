"""`manage.py demo_clock [--hours N] [--days N] [--next]`: moves the demo's time, sending what falls due on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.people import clock
from reception import stepping


class Command(BaseCommand):
    help = "Move the demo's time forward; without a step, say what time it is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=float, default=0)
        parser.add_argument("--days", type=float, default=0)
        parser.add_argument("--next", action="store_true", help="to the next letter that is due")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only the demo's time can be moved. Set DEMO=1 for a practice made of examples.")
        now = clock.now()
        target = now + timedelta(days=options["days"], hours=options["hours"])
        if options["next"]:
            target = stepping.next_due(now) or now
        sent = stepping.move_to(target) if target > now else 0
        self.stdout.write(f"It is {clock.now():%Y-%m-%d %H:%M} UTC in the demo; {sent} letters left.")
