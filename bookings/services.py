"""What may happen to a booking: book, cancel, move, undo, arrive, missed, complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bookings import access, calendar, letters, offers, said
from bookings.calendar import Ignoring
from bookings.confirming import confirm, refuse_too_many
from bookings.door import Refused, SlotTaken, through_the_door
from bookings.holding import hold, place, sweep
from bookings.in_the_way import in_the_way
from bookings.models import Booking, Service
from bookings.rights import may_cancel, may_move, may_restore, may_undo_cancel, may_undo_move
from bookings.zones import minute
from clinic.people import audit
from clinic.people.matching import find_or_create_client
from clinic.people.models import Client, Practice, Practitioner, User
from intake import services as intake
from intake.access import waiting_for

Status, Act, By = Booking.Status, Booking.Act, Booking.By
CALL_US = "It is too close to the session to change it here. Please call us."
BOOK_ANEW = "So it cannot be put back as it was. You can book another time for the client."
NOT_NOW = "This booking has changed since. Please look at it again."


class Waiting(Refused):
    """An answer must be dealt with by a person before the session goes on."""

    def __init__(self) -> None:
        super().__init__("An answer waits for a decision. Please read it and decide first.")


@through_the_door
def book(
    practice: Practice,
    *,
    held: Booking,
    name: str,
    email: str,
    phone: str,
    reasons: Sequence[str],
    now: datetime,
) -> Booking:
    """Turn the hold into a booking; posting again shows the same one.

    A hold that ran out is taken again while the time is still free, else SlotTaken.
    """
    sweep(now)
    booking = _locked(held)
    if booking.client is not None:
        return booking
    if booking.status != Status.HELD:
        _take_again(booking, practice, now)
    client = find_or_create_client(name=name, email=email, phone=phone, now=now, practice=practice)
    return confirm(booking, client=client, reasons=reasons, practice=practice, now=now)


@through_the_door
def book_at_once(
    practice: Practice,
    *,
    service: Service,
    practitioner: Practitioner | None,
    start: datetime,
    visitor: str,
    name: str,
    email: str,
    phone: str,
    reasons: Sequence[str],
    now: datetime,
) -> Booking:
    """Book a start that nobody held before, for whoever needs no time to type."""
    sweep(now)
    booking = Booking(service=service, visitor=visitor, wants_anyone=practitioner is None)
    facts: dict[str, Any] = {"service": service, "now": now, "practice": practice}
    place(booking, calendar.load_round(start=start, practitioner=practitioner, **facts), start)
    client = find_or_create_client(name=name, email=email, phone=phone, now=now, practice=practice)
    return confirm(booking, client=client, reasons=reasons, practice=practice, now=now)


def book_held(*, held: Booking, now: datetime, start: datetime | None = None, **details: Any) -> Booking:
    """Book what is held; or, where that time is gone, another start that the visitor chose on the same page."""
    if start is not None and start != held.starts_at:
        wanted = None if held.wants_anyone else held.practitioner
        held = hold(service=held.service, practitioner=wanted, start=start, visitor=held.visitor, now=now)
    return book(held=held, now=now, **details)


@through_the_door
def cancel(
    practice: Practice, *, booking: Booking, by: str, now: datetime, reason: str = "", actor: User | None = None
) -> Booking:
    """Cancel for the client or the practice; pressing twice cancels once."""
    booking = _locked(booking)
    if booking.status == Status.CANCELLED:
        return booking
    if booking.status != Status.BOOKED or booking.starts_at <= now:
        raise Refused(NOT_NOW)
    if by == By.CLIENT and not may_cancel(booking, practice, now):
        raise Refused(CALL_US)
    booking.status, booking.cancelled_at, booking.cancelled_by = Status.CANCELLED, now, by
    booking.sealed_reason = said.sealed(booking.client, said.REASON, booking, reason)
    booking.version += 1
    booking.save()
    intake.call_off(about=booking.code, now=now)
    _note(booking, actor, now)
    letters.resync(booking, now=now)
    offers.offer_free_times(practice, now=now)
    return booking


@through_the_door
def undo_cancel(practice: Practice, *, booking: Booking, now: datetime, actor: User | None = None) -> Booking:
    """Take the cancellation back, if nobody has taken the time since."""
    booking = _locked(booking)
    if booking.status == Status.BOOKED:
        return booking
    is_in_time = may_undo_cancel(booking, practice, now) or (actor is not None and may_restore(booking, now))
    if not is_in_time or booking.client is None:
        raise Refused("It is too late to undo this. You can book again.")
    sweep(now)
    if actor is None:
        refuse_too_many(booking.client, practice, now, more=1)
        _refuse_if_closed_since(booking, practice, now)
    elif found := in_the_way(booking, now):
        raise Refused(" ".join([*found, BOOK_ANEW]))
    booking.status, booking.cancelled_at = Status.BOOKED, None
    booking.cancelled_by, booking.sealed_reason = "", b""
    _fix(booking, Act.RESTORED, now)
    _ask(booking, booking.client, [], now)
    _note(booking, actor, now)
    letters.resync(booking, now=now)
    return booking


@through_the_door
def move(
    practice: Practice, *, booking: Booking, start: datetime, by: str, now: datetime, actor: User | None = None
) -> Booking:
    """Another time with the same practitioner: one change of one row, so the old time is never lost first."""
    sweep(now)
    booking = _locked(booking)
    if booking.starts_at == start and booking.status == Status.BOOKED:
        return booking
    if booking.status != Status.BOOKED or booking.client is None:
        raise Refused(NOT_NOW)
    if by == By.CLIENT and not may_move(booking, practice, now):
        raise Refused(CALL_US)
    booking.moved_from = booking.starts_at
    place(booking, _diary_round(booking, start, practice, now), start)
    return _moved(booking, booking.client, practice, actor, now)


@through_the_door
def undo_move(practice: Practice, *, booking: Booking, now: datetime, actor: User | None = None) -> Booking:
    """Back to the time before the last move, if nobody has taken it since; pressing twice goes back once."""
    sweep(now)
    booking = _locked(booking)
    if booking.moved_from is None and booking.fixed_by == Act.MOVED and booking.status == Status.BOOKED:
        return booking
    if not may_undo_move(booking, practice, now) or booking.client is None or booking.moved_from is None:
        raise Refused("It is too late to undo this. You can move it again.")
    start, booking.moved_from = booking.moved_from, None
    diary = _diary_round(booking, start, practice, now)
    # It was agreed before, so the notice is not asked for again.
    place(booking, replace(diary, limits=replace(diary.limits, earliest=minute(now))), start)
    return _moved(booking, booking.client, practice, actor, now)


@through_the_door
def arrive(practice: Practice, *, booking: Booking, actor: User, now: datetime) -> Booking:
    """The client is here. Refused while an answer waits for a person: the session is paused until then."""
    booking = _locked(booking)
    if booking.status == Status.ARRIVED:
        return booking
    if booking.status != Status.BOOKED or booking.client is None:
        raise Refused(NOT_NOW)
    if waiting_for([booking.client.code]):
        raise Waiting
    booking.arrived_at = now
    return _become(booking, Status.ARRIVED, actor, now)


@through_the_door
def mark_missed(practice: Practice, *, booking: Booking, actor: User, now: datetime) -> Booking:
    """The client did not come; the time counts as free again."""
    booking = _locked(booking)
    if booking.status == Status.MISSED:
        return booking
    if booking.status != Status.BOOKED or booking.starts_at > now:
        raise Refused("A session can be marked as missed once it should have begun.")
    return _become(booking, Status.MISSED, actor, now)


@through_the_door
def undo_missed(practice: Practice, *, booking: Booking, actor: User, now: datetime) -> Booking:
    """The client did come after all, or came late."""
    return _go_back(booking, Status.MISSED, actor, now)


@through_the_door
def undo_arrive(practice: Practice, *, booking: Booking, actor: User, now: datetime) -> Booking:
    """It was somebody else."""
    booking.arrived_at = None
    return _go_back(booking, Status.ARRIVED, actor, now)


@through_the_door
def complete(practice: Practice, *, booking: Booking, actor: User, now: datetime) -> Booking:
    """The session was held; its record is closed by the floor above."""
    booking = _locked(booking)
    if booking.status == Status.COMPLETED:
        return booking
    if booking.status not in {Status.BOOKED, Status.ARRIVED}:
        raise Refused(NOT_NOW)
    if booking.starts_at > now:
        raise Refused("The session has not begun.")
    if booking.status == Status.BOOKED and _waits(booking):
        raise Waiting  # it would walk round the check at the door
    return _become(booking, Status.COMPLETED, actor, now)


def _locked(booking: Booking) -> Booking:
    """The booking as it stands now; the practice's lock keeps it so."""
    return Booking.objects.select_related(*access.WITH).get(code=booking.code)


def _moved(booking: Booking, client: Client, practice: Practice, actor: User | None, now: datetime) -> Booking:
    _fix(booking, Act.MOVED, now)
    _ask(booking, client, [], now)
    _note(booking, actor, now)
    letters.resync(booking, now=now)
    offers.offer_free_times(practice, now=now)
    return booking


def _take_again(booking: Booking, practice: Practice, now: datetime) -> None:
    if booking.cancelled_by != By.LAPSE:
        raise SlotTaken
    place(booking, _diary_round(booking, booking.starts_at, practice, now), booking.starts_at)


def _refuse_if_closed_since(booking: Booking, practice: Practice, now: datetime) -> None:
    """Whether the time can still be had; notice, window and hours were agreed before and are not asked for again."""
    diary = _diary_round(booking, booking.starts_at, practice, now)
    broken = {each.rule for each in diary.explain(minute(booking.starts_at))}
    if not diary.people or {"time_off", "booked", "day_full", "room"} & broken:
        raise SlotTaken


def _diary_round(booking: Booking, start: datetime, practice: Practice, now: datetime) -> calendar.Diary:
    anyone = booking.client is None and booking.wants_anyone
    facts: dict[str, Any] = {"service": booking.service, "now": now, "practice": practice}
    return calendar.load_round(
        start=start,
        practitioner=None if anyone else booking.practitioner,
        ignoring=Ignoring(visitor=booking.visitor, booking=booking.code),
        **facts,
    )


def _fix(booking: Booking, act: str, now: datetime) -> None:
    booking.version += 1
    booking.fixed_at, booking.fixed_by = now, act
    booking.save()


def _ask(booking: Booking, client: Client, reasons: Sequence[str], now: datetime) -> None:
    intake.ask(
        client=client,
        practitioner=booking.practitioner,
        about=booking.code,
        needed_at=booking.starts_at,
        reasons=list(dict.fromkeys(reasons)),
        now=now,
    )


def _waits(booking: Booking) -> bool:
    """Whether something that was said before the session ended still waits for a person."""
    said = waiting_for([booking.client.code]).get(booking.client.code, []) if booking.client else []
    return any(flag.raised_at < booking.ends_at for flag in said)


def _become(booking: Booking, status: str, actor: User, now: datetime) -> Booking:
    booking.status = status
    booking.save()
    _note(booking, actor, now)
    letters.resync(booking, now=now)
    return booking


def _go_back(booking: Booking, status: str, actor: User, now: datetime) -> Booking:
    booking = _locked(booking)
    if booking.status == Status.BOOKED:
        return booking
    if booking.status != status:
        raise Refused(NOT_NOW)
    booking.arrived_at = None
    return _become(booking, Status.BOOKED, actor, now)


def _note(booking: Booking, actor: User | None, now: datetime) -> None:
    audit.record(actor=actor, verb="changed", about=booking, client=booking.client, fields=["status"], now=now)
