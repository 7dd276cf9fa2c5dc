"""`manage.py plan BOOKING_CODE`: the letters of one booking, and the reason for each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookings.access import find
from clinic.outbox.models import Message
from clinic.outbox.services import planned_for
from clinic.people import clock


class Command(BaseCommand):
    help = "Show what will be sent about a booking, what was, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("booking_code", type=UUID)

    def handle(self, *args: Any, booking_code: UUID, **options: Any) -> None:
        if find(booking_code) is None:
            raise CommandError(f"There is no booking {booking_code}.")
        stored = {(m.kind, m.occasion): m for m in Message.objects.about(booking_code)}
        for planned in planned_for(abouts=[booking_code], now=clock.now()):
            message = stored.pop((planned.kind, planned.occasion), None)
            state = message.status if message else "not stored yet"
            self._line(planned.due_at.strftime("%Y-%m-%d %H:%M"), planned.kind, state, planned.reason)
        for message in stored.values():
            self._line(f"{message.due_at:%Y-%m-%d %H:%M}", message.kind, message.status, message.outcome)

    def _line(self, due: str, kind: str, state: str, why: str) -> None:
        self.stdout.write(f"{due} UTC  {kind:<22} {state:<14} {why}")
