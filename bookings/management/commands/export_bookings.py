"""`manage.py export_bookings [--from DATE] [--to DATE]`: bookings as CSV, which `import_bookings` takes back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bookings import exporting
from clinic.people import audit, clock
from clinic.people.models import Practice


class Command(BaseCommand):
    help = "Write the bookings as CSV. Dates are inclusive and the practice's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="2027-02-01")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="2027-02-28")

    def handle(self, *args: Any, first: date | None, last: date | None, **options: Any) -> None:
        practice = Practice.objects.the()
        since = _midnight(first, practice) if first else None
        until = _midnight(last + timedelta(days=1), practice) if last else None
        audit.record(actor=None, verb="exported", about=practice, client=None, fields=["bookings"], now=clock.now())
        for line in exporting.lines(exporting.found(since=since, until=until), has_notes=True):
            self.stdout.write(line, ending="")


def _midnight(day: date, practice: Practice) -> datetime:
    return datetime.combine(day, time.min, tzinfo=practice.zone).astimezone(UTC)
