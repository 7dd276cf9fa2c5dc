"""`manage.py create_owner EMAIL NAME`: the first sign-in of a new installation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from clinic.people.models import User


class Command(BaseCommand):
    help = "Make the owner's sign-in. She signs in with a code that is sent to this address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        if User.objects.filter(email=email.lower()).exists():
            raise CommandError(f"{email} can sign in already.")
        User.objects.create_user(email, None, name=name, role=User.Role.OWNER)
        self.stdout.write(f"{name} can now sign in at /desk/ with a code sent to {email}.")
