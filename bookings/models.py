"""What can be booked, when, where and with whom, and the bookings themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from bookings import constraints
from bookings.change_models import Change
from bookings.key_models import ApiKey
from bookings.waitlist_models import Offer, WaitlistEntry
from clinic.people.models import Client, Practitioner

__all__ = [
    "ApiKey", "Booking", "CalendarFeed", "Change", "Course", "ExceptionInterval", "HoursException", "Offer",
    "Offering", "Room", "Service", "TimeOff", "WaitlistEntry", "WorkingHours",
]  # fmt: skip

MINUTES_OF_A_DAY = 1440


class Room(models.Model):
    """A treatment room; one session at a time."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["slug"]

    def __str__(self) -> str:
        return self.name


class ServiceQuerySet(models.QuerySet["Service"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def online(self) -> Self:
        """What a client may book without asking."""
        return self.active().filter(is_online=True, offerings__practitioner__is_active=True).distinct()


class Service(models.Model):
    """Something that can be booked; the buffers are kept free before and after it."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField()
    buffer_before = models.PositiveSmallIntegerField(default=0)
    buffer_after = models.PositiveSmallIntegerField(default=0)
    price = models.CharField(max_length=40, blank=True)  # as written for people: "£85"
    needs_room = models.BooleanField(default=False)
    is_online = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    asks = models.JSONField(default=list, blank=True)  # reasons (intake.reasons) that this service brings by itself
    position = models.PositiveSmallIntegerField(default=0)
    practitioners = models.ManyToManyField(Practitioner, through="Offering", related_name="services")

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "slug"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minutes__gt=0, minutes__lte=MINUTES_OF_A_DAY), name="service_takes_time")
        ]

    def __str__(self) -> str:
        return self.name


class Offering(models.Model):
    """This practitioner offers this service."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="offerings")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="offerings")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "practitioner"], name="offered_once_by_each")
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} offers {self.service_id}"


class WorkingHours(models.Model):
    """One open interval of one weekday, on the practitioner's own wall clock."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    opens = models.PositiveSmallIntegerField()  # minutes of the day
    closes = models.PositiveSmallIntegerField()  # 1440 is midnight; at or before `opens` means the next day
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    since_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)  # inclusive

    class Meta:
        ordering: ClassVar = ["practitioner", "weekday", "opens", "closes"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, opens__lt=MINUTES_OF_A_DAY, closes__lte=MINUTES_OF_A_DAY),
                name="hours_are_wall_clock",
            )
        ]

    def __str__(self) -> str:
        return f"weekday {self.weekday}, {self.opens} to {self.closes}"


class HoursException(models.Model):
    """A date whose hours replace the weekly ones; without intervals it is closed."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="hours_exceptions")
    on = models.DateField()

    class Meta:
        ordering: ClassVar = ["practitioner", "on"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["practitioner", "on"], name="one_exception_a_date")]

    def __str__(self) -> str:
        return f"exception on {self.on}"


class ExceptionInterval(models.Model):
    """One open interval of an exceptional date."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    exception = models.ForeignKey(HoursException, on_delete=models.CASCADE, related_name="intervals")
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["exception", "opens", "closes"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opens__lt=MINUTES_OF_A_DAY, closes__lte=MINUTES_OF_A_DAY),
                name="exceptional_hours_are_wall_clock",
            )
        ]

    def __str__(self) -> str:
        return f"{self.opens} to {self.closes}"

    @property
    def words(self) -> str:
        return f"{self.opens // 60}:{self.opens % 60:02} to {self.closes // 60}:{self.closes % 60:02}"


class TimeOff(models.Model):
    """When a practitioner is away."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=120, blank=True)
    series = models.UUIDField(null=True, blank=True, db_index=True)  # the same for all dates of one that repeats

    class Meta:
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="time_off_takes_time")
        ]

    def __str__(self) -> str:
        return f"away {self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M}"


class CalendarFeed(models.Model):
    """A practitioner's secret address for her own calendar programme; only its SHA-256 is kept."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="feeds")
    digest = models.BinaryField(unique=True, max_length=32)
    shows_names = models.BooleanField(default=False)  # else initials only: calendars sync to many machines
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["practitioner"], condition=Q(revoked_at__isnull=True), name="one_live_feed_each"
            )
        ]

    def __str__(self) -> str:
        return f"calendar feed {self.code}"


class Course(models.Model):
    """Several sessions booked in one go, a week or two apart; afterwards each is a booking like any other."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="courses")
    visitor = models.CharField(max_length=40)  # whose browser booked it
    booked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"course {self.code}"


class BookingQuerySet(models.QuerySet["Booking"]):
    def busy(self, now: datetime) -> Self:
        """What takes up time: everything but cancelled and missed, and holds while they last."""
        lapsed = Q(status=Booking.Status.HELD, hold_until__lte=now)
        return self.exclude(status__in=Booking.FREE).exclude(lapsed)

    def held_by(self, visitor: str) -> Self:
        return self.filter(status=Booking.Status.HELD, visitor=visitor)

    def of_clients(self) -> Self:
        """Real bookings: not holds, nor holds that lapsed."""
        return self.exclude(client=None)

    def coming(self, now: datetime) -> Self:
        return self.of_clients().filter(status=Booking.Status.BOOKED, starts_at__gt=now)


class Booking(models.Model):
    """An appointment, or the hold that keeps its place while a visitor types.

    The database refuses two that overlap for one practitioner or in one room, buffers included: see `guards`.
    """

    class Status(models.TextChoices):
        HELD = "held"
        BOOKED = "booked"
        ARRIVED = "arrived"
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        MISSED = "missed"

    class By(models.TextChoices):
        CLIENT = "client", "the client"
        PRACTICE = "practice", "the practice"
        LAPSE = "lapse", "nobody: the hold ran out"

    class Act(models.TextChoices):
        """What last fixed the time, and so which letter announces it."""

        BOOKED = "booked"
        MOVED = "moved"
        RESTORED = "restored"
        COURSE = "course"
        IMPORTED = "imported"

    FREE: ClassVar = (Status.CANCELLED, Status.MISSED)

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="bookings")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="bookings")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="bookings")
    client = models.ForeignKey(Client, null=True, blank=True, on_delete=models.PROTECT, related_name="bookings")
    status = models.CharField(max_length=10, choices=Status.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    busy_from = models.DateTimeField()  # the buffers included
    busy_until = models.DateTimeField()
    zone = models.CharField(max_length=64)
    agreed_local = models.CharField(max_length=40)  # the wall time that was promised, with its offset
    version = models.PositiveIntegerField(default=0)  # rises with every change; the calendar file's SEQUENCE
    visitor = models.CharField(max_length=40, blank=True)  # whose browser holds it
    held_from = models.CharField(max_length=64, blank=True)  # keyed hash of the network it is held from, while held
    hold_until = models.DateTimeField(null=True, blank=True)
    wants_anyone = models.BooleanField(default=False)  # the visitor did not choose a practitioner
    booked_at = models.DateTimeField(null=True, blank=True)
    fixed_at = models.DateTimeField(null=True, blank=True)
    fixed_by = models.CharField(max_length=10, choices=Act.choices, blank=True)
    moved_from = models.DateTimeField(null=True, blank=True)  # the start before the last move, for its undo
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.PROTECT, related_name="bookings")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=10, choices=By.choices, blank=True)
    sealed_reason = models.BinaryField(default=bytes)  # why the client cancelled; may be about health
    arrived_at = models.DateTimeField(null=True, blank=True)
    sealed_note = models.BinaryField(default=bytes)  # what an imported file said about it; may be about health

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at", "code"]
        constraints: ClassVar = constraints.FOR_BOOKINGS
        indexes: ClassVar = [
            models.Index(fields=["practitioner", "busy_from", "busy_until"], name="bk_by_practitioner"),
            models.Index(fields=["room", "busy_from", "busy_until"], name="bk_by_room"),
            models.Index(fields=["client", "starts_at"], name="bk_by_client"),
            models.Index(fields=["status", "starts_at"], name="bk_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.status} booking {self.code}"

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def is_history(self) -> bool:
        """Taken over from another program when it had begun already: it is kept, and nothing is sent about it."""
        return self.fixed_by == self.Act.IMPORTED and self.fixed_at is not None and self.starts_at <= self.fixed_at

    def is_coming(self, now: datetime) -> bool:
        return self.status == self.Status.BOOKED and self.starts_at > now

    def set_start(self, start: datetime, service: Service) -> None:
        """Fix the times, the buffers round them, and the wall time that is promised."""
        self.starts_at, self.ends_at = start, start + timedelta(minutes=service.minutes)
        self.busy_from = start - timedelta(minutes=service.buffer_before)
        self.busy_until = self.ends_at + timedelta(minutes=service.buffer_after)
        self.agreed_local = start.astimezone(self.tz).isoformat(timespec="minutes")
