"""`manage.py verify_audit`: checks the chain of the audit trail."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.people import audit, clock
from clinic.people.models import AuditEvent


class Command(BaseCommand):
    help = "Name every row of the audit trail that was changed, or whose predecessor is gone."

    def handle(self, *args: Any, **options: Any) -> None:
        audit.chain(now=clock.now())
        wrong = audit.broken()
        if wrong:
            raise CommandError("Changed, or after a gap: row " + ", ".join(str(number) for number in wrong))
        self.stdout.write(f"{AuditEvent.objects.count()} rows, none changed.")
