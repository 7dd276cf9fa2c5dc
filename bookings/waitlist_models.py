"""Who waits for a time, and which times were offered to them; `bookings.models` shows them with the other tables."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from clinic.people.models import Client, Practitioner


class WaitlistEntryQuerySet(models.QuerySet["WaitlistEntry"]):
    def waiting(self) -> Self:
        return self.filter(state=WaitlistEntry.State.WAITING)

    def in_turn(self) -> Self:
        """Who came first comes first; who declined keeps her place."""
        return self.order_by("joined_at", "code")


class WaitlistEntry(models.Model):
    """Somebody for whom no time fitted, and what would."""

    class State(models.TextChoices):
        WAITING = "waiting"
        BOOKED = "booked", "took an offer"
        LEFT = "left", "left the list"
        EXPIRED = "expired", "waited to the end"

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="waitlist_entries")
    service = models.ForeignKey("bookings.Service", on_delete=models.CASCADE, related_name="waitlist_entries")
    practitioner = models.ForeignKey(
        Practitioner, null=True, blank=True, on_delete=models.CASCADE, related_name="waitlist_entries"
    )  # none: anyone
    weekdays = models.JSONField(default=list, blank=True)  # 0 is Monday; none: any day
    parts = models.JSONField(default=list, blank=True)  # morning, afternoon, evening; none: any time
    since_on = models.DateField(null=True, blank=True)
    until_on = models.DateField()  # inclusive; after it the entry expires
    joined_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = WaitlistEntryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["joined_at", "code"]
        indexes: ClassVar = [models.Index(fields=["state", "joined_at"], name="waiting_in_turn")]

    def __str__(self) -> str:
        return f"waitlist entry {self.code}"


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self) -> Self:
        return self.filter(state=Offer.State.OPEN)

    def over(self, now: datetime) -> Self:
        return self.open().filter(until__lte=now)


class Offer(models.Model):
    """A time kept for one person on the list, until a stated hour; a held booking keeps it."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        LAPSED = "lapsed"

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    entry = models.ForeignKey(WaitlistEntry, on_delete=models.CASCADE, related_name="offers")
    booking = models.ForeignKey(
        "bookings.Booking", null=True, on_delete=models.SET_NULL, related_name="offers"
    )  # the row of a hold is forgotten some days after it lapsed
    starts_at = models.DateTimeField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["made_at", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry"], condition=Q(state="open"), name="one_offer_at_a_time"),
            models.UniqueConstraint(fields=["booking"], condition=Q(state="open"), name="one_person_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.state} offer {self.code}"

    def is_over(self, now: datetime) -> bool:
        """Still open, though its hour has passed: the next round of the night shift closes it."""
        return self.state == self.State.OPEN and self.until <= now
