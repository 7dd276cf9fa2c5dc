"""`manage.py load_practice FILE.yaml [--check]`: makes the installation agree with a practice file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookings import loading, practice_file
from bookings.yaml_lines import FileProblems
from clinic.people import clock


class Command(BaseCommand):
    help = "Make the practice, its rooms, services, people and hours agree with a file. Bookings are never deleted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the practice file, YAML")
        parser.add_argument("--check", action="store_true", help="only say whether the file is right")

    def handle(self, *args: Any, file: Path, check: bool, **options: Any) -> None:
        content = _read(file)
        if check:
            self.stdout.write(f"{file}: ok")
            return
        outcome = loading.load(content=content, now=clock.now())
        for name, count in outcome.counts.items():
            self.stdout.write(f"{count} {name}")
        for booking in outcome.outside:
            when = booking.starts_at.astimezone(booking.tz).isoformat(timespec="minutes")
            self.stdout.write(f"outside the hours now: {when} {booking.practitioner.slug} {booking.code}")


def _read(file: Path) -> dict[str, Any]:
    try:
        return practice_file.read(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}.") from error
    except FileProblems as error:
        raise CommandError("\n".join(f"{file}: {problem}" for problem in error.problems)) from error
