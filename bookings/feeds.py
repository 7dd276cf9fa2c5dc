"""A practitioner's private calendar feed: a secret address, kept as a hash, that she can take back."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import Http404
from icalendar import Calendar, Event

from bookings.ics import PRODUCT, TITLE
from bookings.models import Booking, CalendarFeed
from clinic.people import audit
from clinic.people.models import Client, Practitioner, User

BYTES = 32  # 256 bits
BACK = timedelta(days=30)
BACK_WITHIN = timedelta(days=14)  # for so long an address that was stopped can be put back
SHOWN = (Booking.Status.BOOKED, Booking.Status.ARRIVED, Booking.Status.COMPLETED)


def live(practitioner: Practitioner) -> CalendarFeed | None:
    """The feed that works now, if there is one."""
    return practitioner.feeds.filter(revoked_at=None).first()


@transaction.atomic
def make(*, practitioner: Practitioner, shows_names: bool, actor: User, now: datetime) -> str:
    """A new secret address; an earlier one stops working. The token is told once and kept as a hash."""
    _end(practitioner, now)
    token = secrets.token_urlsafe(BYTES)
    CalendarFeed.objects.create(
        practitioner=practitioner, digest=_digest(token), shows_names=shows_names, created_at=now
    )
    audit.record(actor=actor, verb="changed", about=practitioner, client=None, fields=["feed"], now=now)
    return token


@transaction.atomic
def revoke(*, practitioner: Practitioner, actor: User, now: datetime) -> None:
    """The address stops working at once."""
    _end(practitioner, now)
    audit.record(actor=actor, verb="changed", about=practitioner, client=None, fields=["feed"], now=now)


def lately_stopped(practitioner: Practitioner, now: datetime) -> list[CalendarFeed]:
    """Her addresses that may be put back, the last one first."""
    return list(practitioner.feeds.filter(revoked_at__gt=now - BACK_WITHIN).order_by("-revoked_at", "code"))


@transaction.atomic
def put_back(*, feed: CalendarFeed, actor: User, now: datetime) -> None:
    """An address that was stopped lately works again, in place of any other."""
    _end(feed.practitioner, now)
    feed.revoked_at = None
    feed.save(update_fields=["revoked_at"])
    audit.record(actor=actor, verb="changed", about=feed.practitioner, client=None, fields=["feed"], now=now)


def follow(token: str) -> CalendarFeed:
    """The feed behind an address; 404 when it is unknown, revoked, or its practitioner has left."""
    found = CalendarFeed.objects.filter(digest=_digest(token), revoked_at=None, practitioner__is_active=True)
    feed = found.select_related("practitioner").first()
    if feed is None:
        raise Http404
    return feed


def written(feed: CalendarFeed, *, now: datetime) -> bytes:
    """Her sessions from a month ago on; nothing about health, and no more of a name than she chose."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", feed.practitioner.name)
    calendar.add("refresh-interval;value=duration", "PT1H")
    found = Booking.objects.of_clients().filter(
        practitioner=feed.practitioner, status__in=SHOWN, starts_at__gt=now - BACK
    )
    for booking in found.select_related("client", "room"):
        calendar.add_component(_event(booking, feed, now))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _event(booking: Booking, feed: CalendarFeed, now: datetime) -> Event:
    event = Event()
    site = settings.SITE_URL.split("//")[-1].split(":")[0]
    event.add("uid", f"desk-{booking.code}@{site}")
    event.add("sequence", booking.version)
    event.add("dtstamp", now)
    event.add("dtstart", booking.starts_at.astimezone(booking.tz))
    event.add("dtend", booking.ends_at.astimezone(booking.tz))
    event.add("summary", f"{TITLE}: {_who(booking.client, shows_names=feed.shows_names)}")
    if booking.room:
        event.add("location", booking.room.name)
    return event


def _who(client: Client | None, *, shows_names: bool) -> str:
    name = client.name if client else ""
    return name if shows_names else "".join(f"{word[0]}." for word in name.split())


def _end(practitioner: Practitioner, now: datetime) -> None:
    CalendarFeed.objects.filter(practitioner=practitioner, revoked_at=None).update(revoked_at=now)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
