"""What may happen to the practice's own facts: rooms, services, practitioners, policies, numbers to call in need."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import models
from django.utils.text import slugify

from bookings.door import Refused, through_the_door
from bookings.models import Booking, Offering, Room, Service
from clinic.people import audit
from clinic.people.models import HelpNumber, Practice, Practitioner, User

PRACTICE_FIELDS = (
    "name", "timezone", "country", "language", "email", "phone", "address", "directions", "mail_from_name",
)  # fmt: skip
POLICY_FIELDS = (
    "minimum_notice_hours", "window_days", "hold_minutes", "grace_minutes", "cancel_cutoff_hours", "move_cutoff_hours",
    "max_per_day", "max_upcoming_per_client", "offer_hours", "quiet_from", "quiet_to", "ask_self_harm",
    "intraoral_permitted", "aftercare_needs_arrival",
)  # fmt: skip


@through_the_door
def save_practice(practice: Practice, *, values: dict[str, object], actor: User, now: datetime) -> Practice:
    """The practice's facts or policies become these; letters follow with the next sweep."""
    changed = [name for name, value in values.items() if getattr(practice, name) != value]
    for name in changed:
        setattr(practice, name, values[name])
    practice.save()
    audit.record(actor=actor, verb="changed", about=practice, client=None, fields=changed, now=now)
    return practice


@through_the_door
def save_service(
    practice: Practice, *, service: Service, offered_by: Collection[Practitioner], actor: User, now: datetime
) -> Service:
    """Make or change a service; what is booked keeps its length and buffers."""
    if not service.slug:
        service.slug = free_slug(Service, service.name)
        service.position = Service.objects.count()
    service.save()
    Offering.objects.filter(service=service).exclude(practitioner__in=offered_by).delete()
    for each in offered_by:
        Offering.objects.get_or_create(service=service, practitioner=each)
    audit.record(actor=actor, verb="changed", about=service, client=None, fields=["service"], now=now)
    return service


@through_the_door
def retire(practice: Practice, *, row: Service | Room, is_active: bool, actor: User, now: datetime) -> None:
    """Take a service or a room out of use, or back into it; its bookings stay."""
    row.is_active = is_active
    row.save(update_fields=["is_active"])
    audit.record(actor=actor, verb="changed", about=row, client=None, fields=["is_active"], now=now)


@through_the_door
def shift(practice: Practice, *, service: Service, by: int, actor: User, now: datetime) -> None:
    """One place up (-1) or down (1) in the list that clients see."""
    order = list(Service.objects.active())
    place = next((number for number, each in enumerate(order) if each == service), None)
    if place is None or not 0 <= place + by < len(order):
        raise Refused("It is at the end of the list already.")
    order.insert(place + by, order.pop(place))
    for number, each in enumerate(order):
        Service.objects.filter(code=each.code).update(position=number)
    audit.record(actor=actor, verb="changed", about=service, client=None, fields=["position"], now=now)


@through_the_door
def save_room(practice: Practice, *, room: Room, actor: User, now: datetime) -> Room:
    """Make or rename a room."""
    if not room.slug:
        room.slug = free_slug(Room, room.name)
    room.save()
    audit.record(actor=actor, verb="changed", about=room, client=None, fields=["name"], now=now)
    return room


@through_the_door
def save_practitioner(
    practice: Practice, *, practitioner: Practitioner, offers: Collection[Service], actor: User, now: datetime
) -> Practitioner:
    """The basics; sessions that are booked keep the zone that was agreed."""
    practitioner.save()
    Offering.objects.filter(practitioner=practitioner, service__is_active=True).exclude(service__in=offers).delete()
    for each in offers:
        Offering.objects.get_or_create(service=each, practitioner=practitioner)
    audit.record(actor=actor, verb="changed", about=practitioner, client=None, fields=["practitioner"], now=now)
    return practitioner


@through_the_door
def save_help_numbers(
    practice: Practice, *, country: str, numbers: Sequence[HelpNumber], actor: User, now: datetime
) -> None:
    """A country's numbers to call in need become these; in place of one left out, plain words are said."""
    HelpNumber.objects.filter(country=country).exclude(kind__in=[each.kind for each in numbers]).delete()
    for each in numbers:
        HelpNumber.objects.update_or_create(
            country=country,
            kind=each.kind,
            defaults={"words": each.words, "tel": each.tel, "verified_on": each.verified_on},
        )
    audit.record(actor=actor, verb="changed", about=practice, client=None, fields=["help_numbers"], now=now)


def booked_in(row: Service | Room, now: datetime) -> int:
    """How many sessions to come use it."""
    where = {"service": row} if isinstance(row, Service) else {"room": row}
    return Booking.objects.coming(now).filter(**where).count()


def free_slug(model: type[models.Model], name: str) -> str:
    """A word for addresses that nothing else has."""
    base = slugify(name)[:40] or "new"
    taken = set(model._default_manager.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(each for each in numbered if each not in taken)
