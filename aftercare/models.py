"""The record of a session, what was added to it later, and the letters that a person held back."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from bookings.models import Booking, Service
from clinic.people.models import Client
from intake.models import Flag


class SessionRecord(models.Model):
    """What happened in one session: one sealed document; signed when closed, and never changed after that."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="session_record")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="session_records")
    sealed = models.BinaryField(default=bytes)  # see record.Record
    version = models.PositiveIntegerField(default=0)  # goes up with each save, so that two open tabs are noticed
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="aftercare_a_person_closes",
            )
        ]

    def __str__(self) -> str:
        return f"session record {self.code}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class Amendment(models.Model):
    """Words added to a signed record, with the reason; the signed text stays as it was."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    record = models.ForeignKey(SessionRecord, on_delete=models.PROTECT, related_name="amendments")
    sealed = models.BinaryField()  # {"text": "...", "reason": "..."}
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["written_at"]

    def __str__(self) -> str:
        return f"amendment {self.code}"


class PlanChange(models.Model):
    """A person changes the plan of one session: skips, holds or sends a letter, or writes it in other words."""

    class Change(models.TextChoices):
        SKIP = "skip", "Skipped"
        HOLD = "hold", "Kept for now"
        SEND = "send", "Sent"
        WORDS = "word", "Worded"  # it goes as planned, in words of its own

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="plan_changes")
    kind = models.CharField(max_length=40)
    change = models.CharField(max_length=4, choices=Change.choices)
    sealed_words = models.BinaryField(default=bytes)  # see own_words.Own; empty where the wording is the usual one
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["booking", "kind"], name="aftercare_one_change_per_letter")
        ]

    def __str__(self) -> str:
        return f"{self.change} {self.kind} of {self.booking_id}"

    @property
    def words(self) -> str:
        return f"{self.get_change_display()} by {self.made_by.name or 'a practitioner'}."


class OwnStep(models.Model):
    """A letter of the practice's own, some days before or after each session; its words are a `Wording`."""

    class When(models.TextChoices):
        BEFORE = "before", "Before the session"
        AFTER = "after", "After the session"

    MOST = 9
    NEAR: ClassVar = (1, 60)  # days

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.PositiveSmallIntegerField(unique=True)  # its kind of letter is own_<number>
    name = models.CharField(max_length=80)
    when = models.CharField(max_length=6, choices=When.choices)
    days = models.PositiveSmallIntegerField()
    at = models.TimeField()  # on the client's wall clock
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="own_steps")
    is_on = models.BooleanField(default=False)
    since = models.DateTimeField()  # what was due before it was made or changed is not sent late

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=9), name="aftercare_nine_own_steps"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=60), name="aftercare_own_step_is_near"),
        ]

    def __str__(self) -> str:
        return self.name


class AdverseEvent(models.Model):
    """Something went wrong after a session, or seems to have: a sealed note, to which may be added but not changed."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="adverse_events")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, null=True, related_name="adverse_events")
    flag = models.ForeignKey(Flag, on_delete=models.SET_NULL, null=True, related_name="adverse_events")
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()  # see adverse.Note

    class Meta:
        ordering: ClassVar = ["-noted_at", "code"]

    def __str__(self) -> str:
        return f"adverse event {self.code}"
