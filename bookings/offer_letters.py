"""What bookings say by mail to those who wait for a time: joined, a time is kept, it went on, the wait is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import lazy

from bookings import offer_plan
from bookings.access import link_to_entry
from bookings.models import Offer, WaitlistEntry
from bookings.offer_plan import EntryFacts, OfferFacts
from clinic.outbox.models import Message
from clinic.outbox.registry import Mail, Planned, Stop, letter, plans
from clinic.outbox.rendering import compose
from clinic.outbox.services import sync
from clinic.people import wording
from clinic.people.models import Practice
from clinic.people.quiet import Quiet
from intake.access import urgent_clients

KEPT_IN_SIGHT = timedelta(days=10)
WAITS = Stop(Message.Status.SUPERSEDED, "Something waits for a person first.")
NO_LONGER = Stop(Message.Status.SUPERSEDED, "This is no longer so.")


def in_sight(now: datetime) -> Iterable[UUID]:
    """What the sweep plans again: everyone who waits, or did until lately."""
    found = WaitlistEntry.objects.filter(Q(closed_at=None) | Q(closed_at__gt=now - KEPT_IN_SIGHT))
    return found.values_list("code", flat=True)


@plans(*offer_plan.KINDS, over=in_sight)
def planned(about: UUID, now: datetime) -> list[Planned]:
    """The letters that one entry should have."""
    entry = _find(about)
    if entry is None:
        return []
    return [
        Planned(
            kind=each.kind,
            about=about,
            occasion=each.occasion,
            due_at=each.due_at,
            not_after=each.not_after,
            reason=each.reason,
            client_code=entry.client_id,
        )
        for each in offer_plan.plan(_facts(entry))
    ]


def resync(entry: WaitlistEntry, *, now: datetime) -> None:
    """Bring the outbox in line after a change; call it in the transaction of the change."""
    sync(about=entry.code, kinds=offer_plan.KINDS, planned=planned(entry.code, now), now=now)


@letter(offer_plan.JOINED, title="You are on the waiting list")
def joined(about: UUID, now: datetime) -> Mail | Stop:
    return _write(offer_plan.JOINED, about, now)


@letter(offer_plan.OFFER, title="A time is kept for you")
def offer(about: UUID, now: datetime) -> Mail | Stop:
    """The one letter here that must be about something that still stands."""
    entry = _find(about)
    made = entry.offers.open().filter(until__gt=now).select_related("booking__practitioner").first() if entry else None
    if made is None or made.booking is None:
        return NO_LONGER
    zone = made.booking.tz
    context = {
        "day": wording.day_said(made.starts_at, zone),
        "time": wording.time(made.starts_at, zone),
        "practitioner": made.booking.practitioner.name,
        "until": _until(made, now),
    }
    return _write(offer_plan.OFFER, about, now, **context)


@letter(offer_plan.OFFER_OVER, title="The time went to somebody else")
def offer_over(about: UUID, now: datetime) -> Mail | Stop:
    return _write(offer_plan.OFFER_OVER, about, now)


@letter(offer_plan.WAIT_OVER, title="The end of the wait")
def wait_over(about: UUID, now: datetime) -> Mail | Stop:
    return _write(offer_plan.WAIT_OVER, about, now)


def _write(kind: str, about: UUID, now: datetime, **context: Any) -> Mail | Stop:
    entry = _find(about)
    if entry is None or kind not in {each.kind for each in planned(about, now)}:
        return NO_LONGER
    if kind != offer_plan.JOINED and urgent_clients().filter(client=entry.client).exists():
        return WAITS
    facts = {
        "minutes": entry.service.minutes,
        "until_on": wording.date_said(entry.until_on),
        "list_url": link_to_entry(entry, now=now),
        "book_url": settings.SITE_URL + reverse("booking-new"),
        **context,
    }
    return compose(kind, to=entry.client, context=facts)


def _until(made: Offer, now: datetime) -> Any:
    """18:30 today, or Tuesday 9 February at 8:00, on the wall clock of the practitioner like the time itself."""
    zone = made.booking.tz if made.booking else made.entry.client.zone
    is_today = made.until.astimezone(zone).date() == now.astimezone(zone).date()
    return _until_said(made.until, zone, is_today)


def _in_words(until: datetime, zone: tzinfo, is_today: bool) -> str:
    is_plain = is_today and wording.is_english()
    return f"{wording.time(until, zone)} today" if is_plain else wording.day_time(until, zone)


_until_said = lazy(_in_words, str)


def _find(about: UUID) -> WaitlistEntry | None:
    return WaitlistEntry.objects.select_related("client", "service").filter(code=about).first()


def _facts(entry: WaitlistEntry) -> EntryFacts:
    practice = Practice.objects.the()
    offers = [
        OfferFacts(each.code.hex, each.state, each.made_at, each.until, each.closed_at) for each in entry.offers.all()
    ]
    quiet = Quiet(practice.quiet_from, practice.quiet_to, entry.client.zone)
    return EntryFacts(entry.state, entry.joined_at, entry.closed_at, offers, quiet)
