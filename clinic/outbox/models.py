"""The outbox: one row a letter, written in the transaction of the fact that causes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.base import ModelBase

from clinic.people.models import Client

NIGHT = "It waits for the end of the quiet hours."


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

    def awake(self, real_now: datetime) -> Self:
        """Less those that wait for a morning."""
        return self.exclude(outcome=NIGHT, next_try_at__gt=real_now)


class Message(models.Model):
    """One letter and its life. `(kind, about, occasion)` exists once: that is the idempotency of planning."""

    class Status(models.TextChoices):
        QUEUED = "queued", "To be sent"
        LEASED = "leased", "Being sent"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        MISSED = "missed", "Not sent: too late"
        SUPERSEDED = "superseded", "Not needed any more"
        WITHHELD = "withheld", "Held back"
        FAILED = "failed", "Failed"

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
    # Somebody phoned about a letter that did not arrive, or saw that no call was needed.
    seen_to_at = models.DateTimeField(null=True, blank=True)
    seen_to_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_at", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "about", "occasion"], name="one_letter_per_occasion")
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "due_at"], name="letters_due"),
            models.Index(fields=["about"], name="letters_about"),
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=["queued", "leased", "sending"]),
                name="letters_waiting",
            ),
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


class Wording(models.Model):
    """One version of what the practice says in place of a shipped wording; written once, the newest one counts.

    `for_code` is empty for the wording itself; with the code of a service or a practitioner the row is a short
    addition to the letter for that one.
    """

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=60)  # of the letter or paragraph, as in `wordings.defaults`
    language = models.CharField(max_length=12, blank=True)  # empty: the practice's own
    for_code = models.CharField(max_length=32, blank=True)
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    is_default = models.BooleanField(default=False)  # back to what ships; then there are no words
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["name", "language", "for_code", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "language", "for_code", "number"], name="one_wording_a_number"),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(subject="", text=""), name="a_default_has_no_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.language} version {self.number}".replace("  ", " ")

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Insert only: what a letter once said must be found as it was."""
        if not self._state.adding:
            raise TypeError("A wording is written once; write a new version.")
        super().save(force_insert=True, force_update=force_update, using=using, update_fields=update_fields)


class MailEvent(models.Model):
    """A mail provider's report about a letter: kept so that a repeat changes nothing. No address, no content."""

    class Kind(models.TextChoices):
        GONE = "gone", "The address takes no mail"
        REFUSED = "refused", "The provider did not pass it on"
        COMPLAINT = "complaint", "Reported as spam, or unsubscribed at the provider"
        LATER = "later", "Put off for a while by the other mail server"

    digest = models.CharField(max_length=64, primary_key=True)
    provider = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="events")

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.at:%Y-%m-%d}"


class Pace(models.Model):
    """How fast a backlog goes out, shared by all workers: when the next of its letters may leave, in real time."""

    name = models.CharField(max_length=40, primary_key=True)
    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} free at {self.free_at:%H:%M:%S}"
