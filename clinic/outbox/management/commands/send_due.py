"""`manage.py send_due [--once]`: sends due letters without Celery."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from clinic.outbox import draining, health
from clinic.outbox.standing_in import night_shift
from clinic.people import clock


class Command(BaseCommand):
    help = "Send what is due. Without --once it goes on until it is stopped, and also does the rest of the night shift."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, then stop")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        while True:
            night_shift()
            total = self.send()
            if once:
                self.stdout.write(f"{total} sent, {self.waiting()} wait")
                return
            time.sleep(settings.TICK_SECONDS)

    def send(self) -> int:
        """Letters last, so that what was planned a moment ago leaves too; run after run until none leaves."""
        total = 0
        while health.clocks_agree():
            sent = draining.drain(now=clock.now(), progress=lambda count, so_far=total: self.tell(so_far + count))
            total += sent
            health.done(sent)
            if not sent:
                break
        return total

    def tell(self, count: int) -> None:
        """Now and then in a long run."""
        health.in_progress(count)
        self.stdout.write(f"{count} sent, {self.waiting()} wait")
        self.stdout.flush()

    def waiting(self) -> int:
        return health.mail_health(now=clock.now()).waiting
