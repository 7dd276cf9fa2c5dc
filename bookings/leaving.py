"""A practitioner comes to the practice, leaves it, and comes back: her calendar, her sign-in, and what is booked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bookings import feeds, offers, outside, services
from bookings.arranging import free_slug
from bookings.door import through_the_door
from bookings.keeping_hours import CANCEL, CHOICES, MOVE, Decisions, Done, Undecided
from bookings.models import Booking, Offer, Offering, Service, WaitlistEntry
from clinic.people import audit
from clinic.people.models import Practice, Practitioner, User


@dataclass(frozen=True)
class Leaving:
    """What goes with somebody who leaves, for the page that asks first."""

    coming: int
    waiting: int  # people who wait for her and nobody else
    has_feed: bool
    signs_in: bool


@through_the_door
def welcome(
    practice: Practice,
    *,
    practitioner: Practitioner,
    offers_services: Collection[Service],
    user: User | None,
    actor: User,
    now: datetime,
) -> Practitioner:
    """Somebody new who treats clients; last in the list, with no hours yet."""
    practitioner.slug = practitioner.slug or free_slug(Practitioner, practitioner.name)
    practitioner.position = Practitioner.objects.count()
    practitioner.user = user
    practitioner.save(force_insert=True)
    Offering.objects.bulk_create(Offering(practitioner=practitioner, service=each) for each in offers_services)
    audit.record(actor=actor, verb="added", about=practitioner, client=None, fields=["practitioner"], now=now)
    return practitioner


def what_goes(practitioner: Practitioner, now: datetime) -> Leaving:
    """What leaving would touch."""
    return Leaving(
        coming=Booking.objects.coming(now).filter(practitioner=practitioner).count(),
        waiting=WaitlistEntry.objects.waiting().filter(practitioner=practitioner).count(),
        has_feed=feeds.live(practitioner) is not None,
        signs_in=_signs_in(practitioner),
    )


@through_the_door
def leave(practice: Practice, *, practitioner: Practitioner, decisions: Decisions, actor: User, now: datetime) -> Done:
    """From now on nobody can book her; each booked session is kept, moved or cancelled, as somebody says."""
    coming = outside.coming(practitioner, now)
    if any(decisions.get(each.code) not in CHOICES for each in coming):
        raise Undecided(coming)
    practitioner.is_active = False
    practitioner.save(update_fields=["is_active"])
    _let_go(practitioner, now)
    for each in coming:
        if decisions[each.code] == CANCEL:
            services.cancel(booking=each, by=Booking.By.PRACTICE, actor=actor, now=now)
    feeds.revoke(practitioner=practitioner, actor=actor, now=now)
    _may_sign_in(practitioner, is_active=False)
    audit.record(actor=actor, verb="changed", about=practitioner, client=None, fields=["is_active"], now=now)
    return Done([each for each in coming if decisions[each.code] == MOVE])


@through_the_door
def come_back(practice: Practice, *, practitioner: Practitioner, actor: User, now: datetime) -> None:
    """Her hours, sessions and sign-in count again; a calendar feed is made anew, since its address was ended."""
    practitioner.is_active = True
    practitioner.save(update_fields=["is_active"])
    _may_sign_in(practitioner, is_active=True)
    offers.offer_free_times(practice, now=now)
    audit.record(actor=actor, verb="changed", about=practitioner, client=None, fields=["is_active"], now=now)


def _let_go(practitioner: Practitioner, now: datetime) -> None:
    """Times that are being kept for visitors, or offered to somebody who waits, are free of her."""
    for offer in Offer.objects.open().filter(booking__practitioner=practitioner).select_related("entry__client"):
        offers.withdraw(offer, now=now)
    held = Booking.objects.filter(status=Booking.Status.HELD, practitioner=practitioner)
    held.update(status=Booking.Status.CANCELLED, cancelled_by=Booking.By.LAPSE, cancelled_at=now)


def _signs_in(practitioner: Practitioner) -> bool:
    return practitioner.user is not None and practitioner.user.is_active


def _may_sign_in(practitioner: Practitioner, *, is_active: bool) -> None:
    """The sign-in goes with her; an owner who stops treating still owns the practice."""
    User.objects.filter(practitioner=practitioner, role=User.Role.PRACTITIONER).update(is_active=is_active)
