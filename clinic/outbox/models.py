"""The outbox: one row a letter, written in the transaction of the fact that causes it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from clinic.people.models import Client


class MessageQuerySet(models.QuerySet["Message"]):
    def about(self, code: object) -> Self:
        return self.filter(about=code)

    def claimable(self, real_now: datetime) -> Self:
        """Queued and not waiting for a retry, or left behind by a worker whose lease ran out."""
        fresh = Q(status=Message.Status.QUEUED) & (Q(next_try_at=None) | Q(next_try_at__lte=real_now))
        orphaned = Q(status__in=[Message.Status.LEASED, Message.Status.SENDING], lease_until__lte=real_now)
        return self.filter(fresh | orphaned)

    def due(self, now: datetime) -> Self:
        return self.filter(due_at__lte=now)

    def unsent(self) -> Self:
        return self.filter(status__in=Message.UNSENT)


class Message(models.Model):
    """One letter and its life. `(kind, about, occasion)` exists once: that is the idempotency of planning."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        LEASED = "leased"
        SENDING = "sending"
        SENT = "sent"
        MISSED = "missed"
        SUPERSEDED = "superseded"
        WITHHELD = "withheld"
        FAILED = "failed"

    UNSENT: ClassVar = (Status.QUEUED, Status.LEASED, Status.SENDING)

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=40)
    about = models.UUIDField()
    occasion = models.CharField(max_length=80, blank=True)
    client = models.ForeignKey(Client, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    due_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True, blank=True)  # later than this it is not sent but shown as missed
    reason = models.CharField(max_length=200, blank=True)  # why it is planned, in words without health detail
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    outcome = models.CharField(max_length=200, blank=True)  # why it was missed, withheld, superseded or failed
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)  # the fencing token of who holds it
    lease_until = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, unique=True)  # the same at every try, so receivers can see repeats
    sealed_copy = models.BinaryField(default=bytes)  # what was written, its live links masked
    sealed_facts = models.BinaryField(default=bytes)  # what stands nowhere else: a sign-in code, a visitor's words
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_at", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "about", "occasion"], name="one_letter_per_occasion")
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "due_at"], name="letters_due"),
            models.Index(fields=["about"], name="letters_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status} {self.code}"


class Declined(models.Model):
    """A kind of optional letter that a client does not want; no row means that they do."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="declined_letters")
    kind = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["client", "kind"], name="declined_once")]

    def __str__(self) -> str:
        return f"no {self.kind} since {self.since:%Y-%m-%d}"


class Suppression(models.Model):
    """An address that refused mail for good; known by its keyed hash."""

    digest = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    why = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"suppressed since {self.since:%Y-%m-%d}"
