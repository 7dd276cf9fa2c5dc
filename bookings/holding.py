"""Keeping a time for a visitor while details are typed: hold, extend, and the sweep of holds that ran out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bookings import access, calendar
from bookings.calendar import Diary, Ignoring
from bookings.door import Refused, SlotTaken, through_the_door
from bookings.models import Booking, Room, Service
from bookings.rights import policy_of
from bookings.slots import choose
from bookings.zones import minute
from clinic.people.models import Practice, Practitioner

HOLDS_PER_VISITOR = 3
HOLDS_PER_NETWORK = 200  # generous: a whole company may sit behind one address; whoever drops the cookie meets it
NEVER_OPEN = "That time cannot be booked."
FORGET_AFTER = timedelta(days=2)  # a visitor may come back to a page with a lapsed hold; later the row goes


@through_the_door
def hold(
    practice: Practice,
    *,
    service: Service,
    practitioner: Practitioner | None,
    start: datetime,
    visitor: str,
    now: datetime,
    network: str = "",
) -> Booking:
    """Keep this time for the visitor; without a practitioner the fairest of those who are free gets it.

    Pressing the same time again shows the same hold. Her other holds that are in the way are let go.
    """
    sweep(now)
    own = holds_of(visitor)
    same = next((each for each in own if _is_same(each, service, practitioner, start)), None)
    if same is not None:
        return _prolong(same, practice, now)
    if network and Booking.objects.busy(now).filter(held_from=network).count() >= HOLDS_PER_NETWORK:
        raise Refused("Too many times are held from your network just now. Please call us, or try again later.")
    facts: dict[str, Any] = {
        "service": service,
        "now": now,
        "practice": practice,
        "ignoring": Ignoring(visitor=visitor),
    }
    diary = calendar.load_round(start=start, practitioner=practitioner, **facts)
    held = Booking(
        service=service, visitor=visitor, wants_anyone=practitioner is None, fixed_at=now, status=Booking.Status.HELD
    )
    place(held, diary, start)
    held.held_from = network
    held.hold_until = now + policy_of(practice).hold
    let_go(held, own, now)
    held.save()
    return held


@through_the_door
def extend(practice: Practice, *, held: Booking, now: datetime) -> Booking:
    """Another quarter of an hour, as often as anybody should need it."""
    sweep(now)
    held.refresh_from_db()
    if held.status != Booking.Status.HELD:
        raise SlotTaken("The time ran out before you pressed.")
    return _prolong(held, practice, now)


def place(booking: Booking, diary: Diary, start: datetime) -> None:
    """Give the booking this start: who, which room, and the times; raises SlotTaken when no one is free."""
    at = minute(start)
    free = diary.free_at(at)
    if minute(start) * 60 != start.timestamp():
        raise SlotTaken(NEVER_OPEN)
    if not free:
        raise (SlotTaken() if _was_open(diary, at) else SlotTaken(NEVER_OPEN))
    person = choose(at, free)
    room = diary.room_at(at, person)
    booking.practitioner = diary.practitioners[person.slug]
    booking.room = Room.objects.get(slug=room) if room else None
    booking.zone = person.zone
    booking.set_start(start, booking.service)


def _was_open(diary: Diary, at: int) -> bool:
    """Whether only other bookings stand in the way of this start, for somebody."""
    broken = {each.slug: set[str]() for each in diary.people}
    for reason in diary.explain(at):
        broken[reason.practitioner].add(reason.rule)
    return any(rules <= {"booked", "day_full", "room"} for rules in broken.values())


def sweep(now: datetime) -> None:
    """Free what holds that ran out still keep; runs inside the lock, so that no sleeping worker blocks a time."""
    held = Booking.objects.filter(status=Booking.Status.HELD, hold_until__lte=now)
    held.update(status=Booking.Status.CANCELLED, cancelled_by=Booking.By.LAPSE, cancelled_at=now)


def forget(now: datetime) -> None:
    """Drop holds that lapsed days ago; the night shift's work, so that no visitor waits for it."""
    Booking.objects.filter(client=None, cancelled_at__lt=now - FORGET_AFTER).delete()


def holds_of(visitor: str) -> list[Booking]:
    """What one browser holds, the newest first."""
    return list(Booking.objects.held_by(visitor).select_related(*access.WITH).order_by("-fixed_at"))


def _is_same(held: Booking, service: Service, practitioner: Practitioner | None, start: datetime) -> bool:
    is_whom = held.practitioner == practitioner if practitioner else held.wants_anyone
    return held.service == service and held.starts_at == start and is_whom


def _prolong(held: Booking, practice: Practice, now: datetime) -> Booking:
    policy = policy_of(practice)
    held.hold_until = min(now + policy.hold, policy.longest_hold(held.fixed_at or now))
    if held.hold_until <= now:
        raise Refused("This time has been held for as long as we can. Please book it now or choose again.")
    held.save(update_fields=["hold_until"])
    return held


def let_go(held: Booking, own: Sequence[Booking], now: datetime) -> None:
    """Her holds that overlap the new one, and the oldest beyond what one visitor may keep."""
    in_the_way = {each.code for each in own if each.busy_from < held.busy_until and held.busy_from < each.busy_until}
    spare = [each.code for each in own if each.code not in in_the_way][HOLDS_PER_VISITOR - 1 :]
    if in_the_way or spare:
        released = Booking.objects.filter(code__in=[*in_the_way, *spare])
        released.update(status=Booking.Status.CANCELLED, cancelled_by=Booking.By.LAPSE, cancelled_at=now)
