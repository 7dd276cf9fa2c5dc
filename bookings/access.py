"""Who may see which booking, and what the floors above may read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404

from bookings.models import Booking, Course, Offering, Service, WaitlistEntry
from clinic.people import links
from clinic.people.kept import Kept
from clinic.people.models import Client, Link, Practice, Practitioner, User
from clinic.people.once import once
from intake.access import link_to as link_to_form
from intake.models import Request

LINK_LIVES = timedelta(days=30)  # after the session
WITH = ("client", "service", "practitioner", "room")
# By hand, as they begin every search for a time: for Django to put them together costs more than to run them.
ONLINE = """SELECT s.*, r.timezone, r.minimum_notice_hours, r.window_days, r.max_per_day
FROM bookings_service s LEFT JOIN people_practice r ON r.number = 1
WHERE s.slug = %s AND s.is_active AND s.is_online AND EXISTS (
  SELECT 1 FROM bookings_offering o JOIN people_practitioner p ON p.code = o.practitioner_id
  WHERE o.service_id = s.code AND p.is_active)"""
WHO_OFFERS = """SELECT p.* FROM people_practitioner p JOIN bookings_offering o ON o.practitioner_id = p.code
WHERE o.service_id = %s AND p.is_active ORDER BY p.position, p.slug"""
POLICY = ("timezone", "minimum_notice_hours", "window_days", "max_per_day")
WITH_CODE = Kept(lambda code: Booking.objects.select_related(*WITH).filter(code=code))


def services_online() -> QuerySet[Service]:
    """What a client may book, in the practice's order."""
    return Service.objects.online()


def service_online(slug: str) -> Service | None:
    """One service that a client may book, by its name in addresses."""
    return next(iter(Service.objects.raw(ONLINE, [slug])), None)


def policy_with(service: Service) -> Practice:
    """The practice as far as free times depend on it, as it was read together with a service online."""
    if service.timezone is None:  # type: ignore[attr-defined]  # nobody has named it yet
        return Practice.objects.the()
    return Practice(**{name: getattr(service, name) for name in POLICY})


def offered_online(service: str, practitioner: str) -> tuple[Service, Practitioner] | None:
    """One service and one practitioner by their slugs, where that pair may be booked online."""
    is_online = Q(service__is_active=True, service__is_online=True, practitioner__is_active=True)
    pairs = Offering.objects.filter(is_online, service__slug=service, practitioner__slug=practitioner)
    found = pairs.select_related("service", "practitioner").first()
    return (found.service, found.practitioner) if found else None


def practitioners_of(service: Service) -> list[Practitioner]:
    """Who offers a service, in steady order."""
    field = Service._meta.pk
    return list(Practitioner.objects.raw(WHO_OFFERS, [field.get_db_prep_value(service.code, connection)]))


def by_link(token: str, *, now: datetime) -> Booking:
    """The booking behind a client's link; 404 when the link is not good."""
    link = links.follow(purpose=Link.Purpose.BOOKING, token=token, now=now)
    found = Booking.objects.select_related(*WITH).filter(code=link.about, client=link.client).first() if link else None
    if found is None:
        raise Http404
    return found


def of_visitor(code: UUID, visitor: str) -> Booking:
    """The hold, or what became of it, in the browser that made it; for everyone else it is not there."""
    found = Booking.objects.select_related(*WITH).filter(code=code, visitor=visitor).first() if visitor else None
    if found is None:
        raise Http404
    return found


def is_own(booking: Booking) -> bool:
    """Whether this browser made the client too: whoever types the name and address of another is not that person."""
    client = booking.client
    return (
        client is not None
        and client.bookings.filter(visitor=booking.visitor, booked_at__lte=client.created_at).exists()
    )


def mint_link(booking: Booking, *, now: datetime) -> str:
    """A new token for a client's booking."""
    if booking.client is None:
        raise ValueError("A hold has no link.")
    return links.mint(
        purpose=Link.Purpose.BOOKING,
        client=booking.client,
        about=booking.code,
        now=now,
        expires_at=max(booking.ends_at, now) + LINK_LIVES,
    )


def link_to(booking: Booking, *, now: datetime) -> str:
    """The absolute address of a client's booking, for a letter; each call mints a link of its own."""
    return links.url("booking-manage", mint_link(booking, now=now))


def for_desk(user: User) -> QuerySet[Booking]:
    """The clients' bookings that this user may see."""
    visible = Client.objects.visible_to(user).values("code")
    return Booking.objects.of_clients().filter(client__in=visible).select_related(*WITH)


def find_for_desk(user: User, code: UUID) -> Booking:
    """One booking that this user may see; else 404."""
    found = for_desk(user).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def day(practitioner: Practitioner | None, on: date, zone: ZoneInfo) -> list[Booking]:
    """The clients' bookings that start on one local date, of one practitioner or of all."""
    begin = datetime.combine(on, time.min, tzinfo=zone).astimezone(UTC)
    end = datetime.combine(on + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
    found = Booking.objects.of_clients().filter(starts_at__gte=begin, starts_at__lt=end)
    if practitioner:
        found = found.filter(practitioner=practitioner)
    return list(found.select_related(*WITH))


def of_client(client: Client) -> QuerySet[Booking]:
    """All bookings of a client, the newest first."""
    return Booking.objects.filter(client=client).select_related(*WITH).order_by("-starts_at")


def next_booking(client: Client, *, after: datetime) -> Booking | None:
    """The client's next session that is booked."""
    return Booking.objects.coming(after).filter(client=client).select_related(*WITH).first()


@once
def find(code: UUID) -> Booking | None:
    """A booking by its code, for letters and commands."""
    return WITH_CODE.first(code)


def with_codes(codes: Iterable[UUID]) -> dict[UUID, Booking]:
    """Several bookings at once, for lists of things that are about bookings."""
    return {each.code: each for each in Booking.objects.filter(code__in=list(codes)).select_related(*WITH)}


def link_to_questions(booking: Booking, *, now: datetime) -> str:
    """A fresh address of the questions that this booking asks; "" when it asks none."""
    asked = Request.objects.select_related("client").filter(about=booking.code, purpose=Request.Purpose.PRESESSION)
    found = asked.filter(cancelled_at=None).first()
    return link_to_form(found, now=now) if found else ""


def link_to_entry(entry: WaitlistEntry, *, now: datetime) -> str:
    """The absolute address of somebody's place on the waiting list; each call mints a link of its own."""
    return links.url("waitlist-entry", mint_entry_link(entry, now=now))


def mint_entry_link(entry: WaitlistEntry, *, now: datetime) -> str:
    """A new token for a place on the waiting list."""
    last = datetime.combine(entry.until_on, time.max, tzinfo=UTC)
    return links.mint(
        purpose=Link.Purpose.WAITLIST,
        client=entry.client,
        about=entry.code,
        now=now,
        expires_at=max(last, now) + LINK_LIVES,
    )


def entry_by_link(token: str, *, now: datetime) -> WaitlistEntry:
    """The place on the waiting list behind a client's link; 404 when the link is not good."""
    link = links.follow(purpose=Link.Purpose.WAITLIST, token=token, now=now)
    wanted = WaitlistEntry.objects.select_related("client", "service", "practitioner")
    found = wanted.filter(code=link.about, client=link.client).first() if link else None
    if found is None:
        raise Http404
    return found


def waiting_for_desk(user: User) -> QuerySet[WaitlistEntry]:
    """Who waits, in turn; a practitioner sees those whom she could treat."""
    return _whom_she_could_treat(user, WaitlistEntry.objects.waiting().in_turn())


def left_for_desk(user: User, *, since: datetime) -> QuerySet[WaitlistEntry]:
    """Who left the list lately, whoever took them off."""
    left = WaitlistEntry.objects.filter(state=WaitlistEntry.State.LEFT, closed_at__gt=since).order_by("-closed_at")
    return _whom_she_could_treat(user, left)


def _whom_she_could_treat(user: User, entries: QuerySet[WaitlistEntry]) -> QuerySet[WaitlistEntry]:
    found = entries.select_related("client", "service", "practitioner")
    if user.role != User.Role.PRACTITIONER:
        return found
    hers = Q(practitioner__user=user) | Q(practitioner=None, service__offerings__practitioner__user=user)
    return found.filter(hers).distinct()


def course_of_visitor(code: UUID, visitor: str) -> Course:
    """The course, in the browser that booked it; for everyone else it is not there."""
    found = Course.objects.select_related("client").filter(code=code, visitor=visitor).first() if visitor else None
    if found is None:
        raise Http404
    return found
