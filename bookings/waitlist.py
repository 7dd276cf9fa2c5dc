"""What somebody who waits for a time may do: join, take the offered time, say no, leave."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from bookings import offer_letters, offers
from bookings.confirming import confirm
from bookings.door import Refused, SlotTaken, through_the_door
from bookings.models import Booking, Offer, Service, WaitlistEntry
from clinic.people import audit
from clinic.people.matching import find_or_create_client
from clinic.people.models import Practice, Practitioner, User

State = WaitlistEntry.State
WAITS = timedelta(days=90)  # of somebody who names no last day
OVER = "This time is not kept for you any more. Your place on the list is."


@through_the_door
def join(
    practice: Practice,
    *,
    service: Service,
    practitioner: Practitioner | None,
    weekdays: Collection[int],
    parts: Collection[str],
    since: date | None,
    until: date | None,
    name: str,
    email: str,
    now: datetime,
) -> WaitlistEntry:
    """Wait for a time; joining again for the same service changes the wishes and keeps the place.

    Where a time that fits is free already, it is offered at once.
    """
    client = find_or_create_client(name=name, email=email, now=now)
    entry = WaitlistEntry.objects.waiting().filter(client=client, service=service).first()
    entry = entry or WaitlistEntry(client=client, service=service, joined_at=now)
    entry.practitioner = practitioner
    entry.weekdays, entry.parts = sorted(weekdays), sorted(parts)
    entry.since_on = since
    entry.until_on = until or (now.astimezone(practice.zone) + WAITS).date()
    entry.save()
    offers.offer_free_times(practice, now=now)
    offer_letters.resync(entry, now=now)
    return entry


@through_the_door
def accept(practice: Practice, *, entry: WaitlistEntry, now: datetime) -> Booking:
    """Book the time that is kept for her; pressing twice shows the same booking."""
    entry = _locked(entry)
    made = entry.offers.select_related("booking__service", "booking__practitioner")
    taken = made.filter(state=Offer.State.ACCEPTED).first()
    if taken is not None and taken.booking is not None:
        return taken.booking
    offer = made.filter(state=Offer.State.OPEN, until__gt=now).first()
    if offer is None or offer.booking is None:
        raise Refused(OVER)
    if offer.booking.status != Booking.Status.HELD:
        raise SlotTaken(OVER)
    booking = confirm(offer.booking, client=entry.client, reasons=[], practice=practice, now=now)
    offer.state, offer.closed_at = Offer.State.ACCEPTED, now
    offer.save(update_fields=["state", "closed_at"])
    _close(entry, State.BOOKED, now)
    return booking


@through_the_door
def decline(practice: Practice, *, entry: WaitlistEntry, now: datetime) -> WaitlistEntry:
    """Say no to the offered time and keep the place; the time goes to the next in turn."""
    entry = _locked(entry)
    for offer in entry.offers.open():
        offers.close(offer, Offer.State.DECLINED, now=now)
    offers.offer_free_times(practice, now=now)
    offer_letters.resync(entry, now=now)
    return entry


@through_the_door
def leave(practice: Practice, *, entry: WaitlistEntry, now: datetime, actor: User | None = None) -> WaitlistEntry:
    """Wait no more, by her own link or at the desk; pressing twice leaves once."""
    entry = _locked(entry)
    if entry.state != State.WAITING:
        return entry
    for offer in entry.offers.open():
        offers.close(offer, Offer.State.DECLINED, now=now)
    _close(entry, State.LEFT, now)
    if actor is not None:
        audit.record(actor=actor, verb="changed", about=entry, client=entry.client, fields=["state"], now=now)
    offers.offer_free_times(practice, now=now)
    return entry


@through_the_door
def put_back(practice: Practice, *, entry: WaitlistEntry, actor: User, now: datetime) -> WaitlistEntry:
    """She waits after all, in the place that she had."""
    entry = _locked(entry)
    if entry.state != State.LEFT:
        return entry
    if WaitlistEntry.objects.waiting().filter(client=entry.client, service=entry.service).exists():
        raise Refused("This client waits for the same session again already.")
    entry.state, entry.closed_at = State.WAITING, None
    entry.save(update_fields=["state", "closed_at"])
    audit.record(actor=actor, verb="changed", about=entry, client=entry.client, fields=["state"], now=now)
    offers.offer_free_times(practice, now=now)
    offer_letters.resync(entry, now=now)
    return entry


def _locked(entry: WaitlistEntry) -> WaitlistEntry:
    """The entry as it stands now; the practice's lock keeps it so."""
    return WaitlistEntry.objects.select_related("client", "service", "practitioner").get(code=entry.code)


def _close(entry: WaitlistEntry, state: str, now: datetime) -> None:
    entry.state, entry.closed_at = state, now
    entry.save(update_fields=["state", "closed_at"])
    offer_letters.resync(entry, now=now)
