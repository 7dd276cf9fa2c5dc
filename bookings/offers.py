"""Passing freed times to those who wait: one person at a time, who came first comes first.

An offer is a held booking with a person's name beside it, so the one constraint on overlaps keeps it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from bookings import calendar, changes, offer_letters
from bookings.calendar import Diary
from bookings.door import through_the_door
from bookings.holding import forget, place, sweep
from bookings.models import Booking, Offer, WaitlistEntry
from bookings.rights import may_undo_cancel, may_undo_move
from bookings.slots import Want
from bookings.wishes import Wish, fitting, kept_until
from bookings.zones import minute, moment
from clinic.people.models import Practice
from clinic.people.quiet import Quiet
from intake.access import urgent_clients

# The time stays kept this much longer than the offer says, so that it goes to the next in turn and not to a passer-by.
PASSED_ON_WITHIN = timedelta(minutes=10)
State = Offer.State
Free = tuple[Diary, dict[int, list[str]]]
Span = tuple[str | None, int, int]  # whose time (None: anybody's), from and until, in minutes since 1970


@through_the_door
def review(practice: Practice, *, now: datetime) -> None:
    """The night shift's round: close what is over, offer what is free. Doing it twice changes nothing more."""
    forget(now)
    changes.forget(now)
    _expire(now)
    _lapse(now)
    offer_free_times(practice, now=now)


def offer_free_times(practice: Practice, *, now: datetime) -> None:
    """Offer every free time that somebody waits for to the first in turn; only behind the door.

    A person has one offer at a time, and a time is offered to one person at a time. What a client has just let go
    waits until she can no longer take that back.
    """
    waiting = list(_without_offer())
    if not waiting:
        return
    sweep(now)
    back = _may_come_back(practice, now)
    known: dict[tuple[object, object], Free] = {}
    for entry in waiting:
        wanted = (entry.service_id, entry.practitioner_id)
        if wanted not in known:
            known[wanted] = _free(entry, back, practice, now)
        if _offer_first(entry, known[wanted], practice, now):
            known.clear()  # that time is free no more


def close(offer: Offer, state: str, *, now: datetime) -> None:
    """End an offer that was not taken up, and let its time go."""
    offer.state, offer.closed_at = state, now
    offer.save(update_fields=["state", "closed_at"])
    held = Booking.objects.filter(offers=offer, status=Booking.Status.HELD)
    held.update(status=Booking.Status.CANCELLED, cancelled_by=Booking.By.LAPSE, cancelled_at=now)


def withdraw(offer: Offer, *, now: datetime) -> None:
    """The practice cannot keep what it offered; her place in the list is as good as before."""
    close(offer, State.LAPSED, now=now)
    offer_letters.resync(offer.entry, now=now)


def wish_of(entry: WaitlistEntry, let_go: Sequence[Offer]) -> Wish:
    """What an entry asks for; `let_go` are the offers that she declined or let lapse."""
    return Wish(
        weekdays=frozenset(entry.weekdays),
        parts=frozenset(entry.parts),
        since=entry.since_on.toordinal() if entry.since_on else None,
        until=entry.until_on.toordinal(),
        refused=frozenset(_day(each) for each in let_go if each.state in {State.DECLINED, State.LAPSED}),
    )


def _day(offer: Offer) -> int:
    zone = offer.booking.tz if offer.booking else offer.entry.client.zone
    return offer.starts_at.astimezone(zone).date().toordinal()


def _without_offer() -> QuerySet[WaitlistEntry]:
    taken_care_of = Offer.objects.open().values("entry")
    waiting = WaitlistEntry.objects.waiting().in_turn().exclude(code__in=taken_care_of)
    waiting = waiting.exclude(client__in=urgent_clients())
    return waiting.select_related("client", "service", "practitioner").prefetch_related("offers__booking")


def _may_come_back(practice: Practice, now: datetime) -> list[Span]:
    """The times that clients cancelled or moved from, for as long as they may undo it."""
    lately = now - timedelta(minutes=practice.grace_minutes)
    let_go = Q(status=Booking.Status.CANCELLED, cancelled_at__gt=lately, starts_at__gt=now)
    let_go |= Q(status=Booking.Status.BOOKED, fixed_at__gt=lately, moved_from__gt=now)
    found = Booking.objects.filter(let_go).select_related("practitioner")
    spans = []
    for each in found:
        if may_undo_cancel(each, practice, now):
            shift = timedelta()
        elif may_undo_move(each, practice, now) and each.moved_from:
            shift = each.moved_from - each.starts_at
        else:
            continue
        who = None if each.room_id else each.practitioner.slug  # with a room, nobody else may take that either
        spans.append((who, minute(each.busy_from + shift), minute(each.busy_until + shift)))
    return spans


def _without(free: dict[int, list[str]], spans: Sequence[Span], want: Want) -> dict[int, list[str]]:
    """The free starts that would take nothing of these spans."""
    left = {}
    for start, people in free.items():
        begins, ends = start - want.before, start + want.minutes + want.after
        taken = {who for who, since, until in spans if begins < until and since < ends}
        if None not in taken:
            left[start] = [slug for slug in people if slug not in taken]
    return {start: people for start, people in left.items() if people}


def _free(entry: WaitlistEntry, back: Sequence[Span], practice: Practice, now: datetime) -> Free:
    today = now.astimezone(practice.zone).date()
    diary = calendar.load(
        service=entry.service,
        practitioner=entry.practitioner,
        first=today - timedelta(days=1),
        last=today + timedelta(days=practice.window_days + 1),
        now=now,
        practice=practice,
    )
    return diary, _without(diary.free_starts(), back, diary.want)


def _offer_first(entry: WaitlistEntry, found: Free, practice: Practice, now: datetime) -> bool:
    """Offer the first time that fits, if there is one and it is no time to let people sleep."""
    diary, free = found
    zones = {each.slug: each.zone for each in diary.people}
    quiet = Quiet(practice.quiet_from, practice.quiet_to, entry.client.zone)
    lasts = timedelta(hours=practice.offer_hours)
    for at in fitting(wish_of(entry, list(entry.offers.all())), free, zones):
        until = kept_until(now, moment(at), lasts, quiet)
        if until is not None:
            _make(entry, diary, moment(at), until, now)
            return True
    return False


def _make(entry: WaitlistEntry, diary: Diary, start: datetime, until: datetime, now: datetime) -> None:
    offer = Offer(entry=entry, starts_at=start, made_at=now, until=until)
    held = Booking(
        service=entry.service,
        visitor=f"offer:{offer.code.hex}",  # no browser has this name
        wants_anyone=entry.practitioner is None,
        fixed_at=now,
        status=Booking.Status.HELD,
        hold_until=until + PASSED_ON_WITHIN,
    )
    place(held, diary, start)
    held.save()
    offer.booking = held
    offer.save()
    offer_letters.resync(entry, now=now)


def _lapse(now: datetime) -> None:
    for offer in Offer.objects.over(now).select_related("entry__client"):
        withdraw(offer, now=now)


def _expire(now: datetime) -> None:
    """Whoever waited to the end of her last day waits no more; an offer that is open goes on to its own end."""
    for entry in WaitlistEntry.objects.waiting().filter(until_on__lt=now.date()).select_related("client"):
        if now.astimezone(entry.client.zone).date() > entry.until_on and not entry.offers.open().exists():
            entry.state, entry.closed_at = WaitlistEntry.State.EXPIRED, now
            entry.save(update_fields=["state", "closed_at"])
            offer_letters.resync(entry, now=now)
