"""`manage.py import_bookings FILE.csv [--dry-run]`: takes bookings over from another program, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import pluralize

from bookings import importing
from bookings.import_rows import COLUMNS, REQUIRED, FileFaults
from clinic.people import clock


class Command(BaseCommand):
    help = (
        f"Import bookings from a CSV file with the columns {', '.join(REQUIRED)}; optional are "
        f"{', '.join(name for name in COLUMNS if name not in REQUIRED)}. All or nothing; each bad row is named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV in UTF-8")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as text:
                done = importing.import_file(file=text, now=clock.now(), tell=self._tell, dry_run=dry_run)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        except FileFaults as faults:
            raise CommandError(f"Nothing was imported. {_count(len(faults.faults), 'fault')}:\n{faults}") from faults
        if dry_run:
            self.stdout.write(f"{_count(done.rows, 'booking')} could be imported, {done.coming} of them still to come")
            return
        self.stdout.write(f"{_count(done.rows, 'booking')} imported, {done.coming} of them still to come")
        self.stdout.write(_count(done.clients, "new client"))

    def _tell(self, words: str) -> None:
        self.stderr.write(words)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{pluralize(number)}"
