"""What one press at the desk replaced in a calendar; `bookings.models` shows it with the other tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.utils.formats import date_format

from clinic.people.models import Practitioner


class ChangeQuerySet(models.QuerySet["Change"]):
    def open_since(self, since: datetime) -> Self:
        """Those that nobody has taken back or overtaken, the newest first."""
        return self.filter(closed_at=None, made_at__gte=since).order_by("-made_at", "code")


class Change(models.Model):
    """The rows of a calendar before and after one press, kept for some days so that it can be taken back."""

    class Kind(models.TextChoices):
        HOURS = "hours", "Weekly hours"
        DATE = "date", "The hours of one date"
        TIME_OFF = "time_off", "Time off"
        MOVE = "move", "A moved session"

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    about = models.CharField(max_length=40, blank=True)  # the date, or the code of the session
    gone = models.JSONField(default=list)  # rows as Django writes them, which are there no more
    made = models.JSONField(default=list)  # and those which came in their place
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)  # taken back, or overtaken by a newer one

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["practitioner", "made_at"], name="change_by_practitioner")]

    def __str__(self) -> str:
        return f"change {self.code}"

    @property
    def words(self) -> str:
        """What was done, for a list of such changes."""
        if self.kind == self.Kind.HOURS:
            return "Weekly hours changed"
        if self.kind == self.Kind.DATE:
            return f"Hours of {date_format(date.fromisoformat(self.about), 'j F Y')} changed"
        starts = sorted(row["fields"]["starts_at"] for row in self.gone or self.made)
        first = date_format(datetime.fromisoformat(starts[0]).astimezone(self.practitioner.zone), "l j F Y, G:i")
        more = f" and {len(starts) - 1} more" if len(starts) > 1 else ""
        return f"Time off {'removed' if self.gone else 'added'}: {first}{more}"

    @property
    def was_at(self) -> datetime:
        """When the session that was moved had begun."""
        return datetime.fromisoformat(self.gone[0]["fields"]["starts_at"])
