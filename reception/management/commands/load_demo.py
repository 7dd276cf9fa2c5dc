"""`manage.py load_demo`: fills the demo practice with people, hours and a past."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from bookings.models import Booking
from clinic.people import clock
from clinic.people.models import HelpNumber, Practitioner, User
from reception import story

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Command(BaseCommand):
    help = "Fill the demo practice; does nothing when it has bookings already."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only the demo is filled with examples. Set DEMO=1 for it.")
        if Booking.objects.exists():
            self.stdout.write("The demo practice is there already.")
            return
        told = yaml.safe_load((EXAMPLES / "story.yaml").read_text(encoding="utf-8"))
        call_command("load_practice", str(EXAMPLES / "practice.yaml"), stdout=self.stdout)
        _sign_ins(told["people"])
        for number in told["help_numbers"]:
            HelpNumber.objects.get_or_create(country=number["country"], kind=number["kind"], defaults=number)
        now = clock.now()
        HelpNumber.objects.update(verified_on=now.date())
        story.tell(told["visits"], now=now)
        self.stdout.write(f"{Booking.objects.of_clients().count()} bookings were made for the demo practice.")


def _sign_ins(people: list[dict[str, str]]) -> None:
    for person in people:
        user = User.objects.filter(email=person["email"]).first()
        user = user or User.objects.create_user(person["email"], None, name=person["name"], role=person["role"])
        Practitioner.objects.filter(email=person["email"]).update(user=user)
