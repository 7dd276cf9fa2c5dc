"""`manage.py api_key NAME [--revoke]`: a key for booking over the API, shown once; or the end of one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookings import keys
from clinic.people import clock


class Command(BaseCommand):
    help = "Make a key with which another program books over the API. It is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="which program it is for")
        parser.add_argument("--revoke", action="store_true", help="stop the key of this name at once")

    def handle(self, *args: Any, name: str, revoke: bool, **options: Any) -> None:
        if revoke:
            if not keys.revoke(name=name, now=clock.real_now()):
                raise CommandError(f"There is no key named {name} in use.")
            self.stdout.write(f"The key named {name} works no more.")
            return
        try:
            self.stdout.write(keys.make(name=name, now=clock.real_now()))
        except (keys.NameTaken, ValueError) as problem:
            raise CommandError(str(problem)) from problem
