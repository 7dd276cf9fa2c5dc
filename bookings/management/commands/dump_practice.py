"""`manage.py dump_practice`: the installation as a practice file, on standard output."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bookings import dumping, practice_file


class Command(BaseCommand):
    help = "Write the practice file that load_practice would read."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(practice_file.write(dumping.dump()), ending="")
