"""The practice, its people, their links, and the trail of who looked at what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import ClassVar, Self
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.base import ModelBase

from clinic.people import steps
from clinic.people.once import once


def validate_zone(value: str) -> None:
    """Refuse a name that is not an IANA time zone."""
    if value not in available_timezones():
        raise ValidationError(f"{value} is not the name of a time zone, such as Europe/London.")


class PracticeManager(models.Manager["Practice"]):
    @once
    def the(self) -> Practice:
        """The one practice of this installation; made with defaults the first time it is asked for.

        Every page asks for it, so its statement is written by hand: putting it together costs more than running it.
        """
        found = next(iter(self.raw("SELECT * FROM people_practice WHERE number = 1")), None)
        return found or self.get_or_create(number=1)[0]


class Practice(models.Model):
    """The one business that this installation serves, with its policies."""

    number = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120, default="Our practice")
    timezone = models.CharField(max_length=64, default="Europe/London", validators=[validate_zone])
    country = models.CharField(max_length=2, default="GB")
    language = models.CharField(max_length=12, default="en-GB")  # of its letters, where nothing else is said
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    directions = models.TextField(blank=True)
    mail_from_name = models.CharField(max_length=120, blank=True)
    minimum_notice_hours = models.PositiveSmallIntegerField(default=24)
    window_days = models.PositiveSmallIntegerField(default=90)
    hold_minutes = models.PositiveSmallIntegerField(default=15)
    grace_minutes = models.PositiveSmallIntegerField(default=15)
    cancel_cutoff_hours = models.PositiveSmallIntegerField(default=24)
    move_cutoff_hours = models.PositiveSmallIntegerField(default=24)
    max_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    max_upcoming_per_client = models.PositiveSmallIntegerField(null=True, blank=True)
    offer_hours = models.PositiveSmallIntegerField(default=4)  # how long a freed time is kept for somebody waiting
    quiet_from = models.TimeField(default=time(20, 30))
    quiet_to = models.TimeField(default=time(8, 0))
    # Asking creates a duty to answer the same day (clinical.md section 8, point 7).
    ask_self_harm = models.BooleanField(default=False)
    intraoral_permitted = models.BooleanField(default=True)
    aftercare_needs_arrival = models.BooleanField(default=False)
    letter_steps = models.JSONField(default=dict, blank=True)  # what differs from the shipped timing of letters

    objects = PracticeManager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(number=1), name="one_practice")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def steps(self) -> steps.Steps:
        """When the letters around a session are due."""
        return steps.read(self.letter_steps)


class HelpNumber(models.Model):
    """A number to call in need, by country; checked by a person on `verified_on`."""

    class Kind(models.TextChoices):
        EMERGENCY = "emergency"
        ADVICE_LINE = "advice_line"
        CRISIS_LINE = "crisis_line"
        MATERNITY = "maternity"

    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    words = models.CharField(max_length=200)  # as written in a sentence: "NHS 111"
    tel = models.CharField(max_length=20, blank=True)  # as dialled: "111"
    verified_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["country", "kind"], name="one_number_per_kind")]

    def __str__(self) -> str:
        return f"{self.country} {self.kind}: {self.words}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A sign-in; without a password only a code by e-mail opens it."""
        user: User = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who works at the practice and signs in; clients do not."""

    class Role(models.TextChoices):
        OWNER = "owner"
        PRACTITIONER = "practitioner"
        FRONT_DESK = "front_desk", "Front desk"

    CLINICAL: ClassVar = frozenset({Role.OWNER, Role.PRACTITIONER})

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.PRACTITIONER)
    is_active = models.BooleanField(default=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_clinical(self) -> bool:
        return self.role in self.CLINICAL


class Practitioner(models.Model):
    """Who treats; has a calendar, and usually a sign-in."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    timezone = models.CharField(max_length=64, default="Europe/London", validators=[validate_zone])
    grid = models.PositiveSmallIntegerField(default=15)  # minutes between possible starts
    about = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)  # the steady order of lists and of fair choice
    is_active = models.BooleanField(default=True)
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="practitioner")

    class Meta:
        ordering: ClassVar = ["position", "slug"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(grid__gte=1, grid__lte=1440), name="grid_is_within_a_day")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: User) -> Self:
        """The one door to clients: a practitioner sees whom she treats, owner and front desk see all."""
        if user.role == User.Role.PRACTITIONER:
            return self.filter(care_links__practitioner__user=user).distinct()
        return self

    def reachable(self) -> Self:
        return self.filter(may_email=True).exclude(email="")

    def maybe_twins(self) -> Self:
        """Those who may be one person with another, until somebody has looked."""
        return self.exclude(possible_duplicate_of=None).filter(told_apart_at=None)

    def told_apart(self) -> Self:
        """Those whom somebody has found to be two people, the newest first."""
        return self.exclude(possible_duplicate_of=None).exclude(told_apart_at=None).order_by("-told_apart_at", "code")


class Client(models.Model):
    """Who is treated; reached by e-mail, needs no sign-in. Its data key seals everything about its health."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, default="GB")
    language = models.CharField(max_length=12, blank=True)  # of letters; empty: the practice's
    timezone = models.CharField(max_length=64, default="Europe/London", validators=[validate_zone])
    may_email = models.BooleanField(default=True)
    letters_paused_at = models.DateTimeField(null=True, blank=True)  # a person keeps every letter back since then
    wants_aftercare = models.BooleanField(null=True)
    wants_email_detail = models.BooleanField(default=False)
    possible_duplicate_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    told_apart_at = models.DateTimeField(null=True, blank=True)  # since then we know that those are two people
    wrapped_key = models.BinaryField(default=bytes)
    sealed_profile = models.BinaryField(default=bytes)
    created_at = models.DateTimeField()

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "code"]
        indexes: ClassVar = [
            models.Index(fields=["email"], name="client_by_email"),
            models.Index(fields=["phone"], name="client_by_phone"),
        ]

    def __str__(self) -> str:
        return f"client {self.code}"  # never a name: this text reaches logs and error pages

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name

    @property
    def short_name(self) -> str:
        """First name and initial, for lists that others may glance at."""
        words = self.name.split()
        return f"{words[0]} {words[-1][0]}." if len(words) > 1 else self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def maybe_twin(self) -> Client | None:
        """The other row that may be the same person."""
        return self.possible_duplicate_of if self.told_apart_at is None else None


class CareLink(models.Model):
    """A practitioner treats, or has treated, this client; written when a booking is made."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="care_links")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="care_links")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["client", "practitioner"], name="one_care_link")]

    def __str__(self) -> str:
        return f"{self.practitioner_id} treats {self.client_id}"


class Link(models.Model):
    """A secret address by which a client acts; only its SHA-256 is kept."""

    class Purpose(models.TextChoices):
        BOOKING = "booking"
        INTAKE = "intake"
        CHECKIN = "checkin"
        MY = "my"
        NOTES = "notes"
        STOP = "stop"
        WAITLIST = "waitlist"

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    digest = models.BinaryField(unique=True, max_length=32)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="links")
    about = models.UUIDField(db_index=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} link {self.code}"


class AuditEvent(models.Model):
    """Who did what to whose record: names of fields, never their values. Written once, chained by the tick."""

    number = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=30)
    kind = models.CharField(max_length=60)
    about = models.CharField(max_length=40)
    client_code = models.UUIDField(null=True, db_index=True)
    fields = models.JSONField(default=list)
    digest = models.BinaryField(default=bytes, max_length=32)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.verb} {self.kind} {self.about}"

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Insert, or chain (`update_fields=["digest"]`); nothing else may change a row."""
        if not self._state.adding and list(update_fields or []) != ["digest"]:
            raise TypeError("The audit trail is written once.")
        super().save(force_insert=force_insert, force_update=force_update, using=using, update_fields=update_fields)


class Receipt(models.Model):
    """What the first sending of a form led to, so that sending it again leads to the same; see `receipts`."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    sender = models.CharField(max_length=64)  # keyed hash of the sign-in, browser or API key: a key is nobody else's
    key = models.CharField(max_length=64)
    said = models.CharField(max_length=64)  # keyed hash of what was sent
    sealed_answer = models.BinaryField(default=bytes)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "key"], name="one_receipt_a_key")]

    def __str__(self) -> str:
        return f"receipt {self.code}"


class Merge(models.Model):
    """Two clients who were made one, kept for some days so that it can be taken back (`reception.parting`)."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kept = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="merges")
    made_at = models.DateTimeField(db_index=True)
    sealed = models.BinaryField()  # the rows as they were, with the key of the client who stays
    digest = models.CharField(max_length=64)  # of all rows as they are since

    def __str__(self) -> str:
        return f"merge {self.code}"


class DemoClock(models.Model):
    """How far the demo's visitor has moved the practice's time."""

    number = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seconds = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.seconds} s ahead"


class Heartbeat(models.Model):
    """When a part of the night shift was last alive, in real time, and how much it had done in that run."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"
