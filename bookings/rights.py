"""What a client may still change by herself, from the practice's policy."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookings.models import Booking
from bookings.policy import Policy
from clinic.people.models import Practice


def policy_of(practice: Practice) -> Policy:
    return Policy(
        cancel_cutoff=timedelta(hours=practice.cancel_cutoff_hours),
        move_cutoff=timedelta(hours=practice.move_cutoff_hours),
        grace=timedelta(minutes=practice.grace_minutes),
        hold=timedelta(minutes=practice.hold_minutes),
    )


def may_cancel(booking: Booking, practice: Practice, now: datetime) -> bool:
    """Whether the client may cancel by herself."""
    if booking.status != Booking.Status.BOOKED or booking.booked_at is None:
        return False
    policy = policy_of(practice)
    return policy.may_cancel(starts_at=booking.starts_at, booked_at=booking.booked_at, now=now)


def may_move(booking: Booking, practice: Practice, now: datetime) -> bool:
    """Whether the client may move it by herself."""
    if booking.status != Booking.Status.BOOKED or booking.booked_at is None:
        return False
    policy = policy_of(practice)
    return policy.may_move(starts_at=booking.starts_at, booked_at=booking.booked_at, now=now)


def may_undo_cancel(booking: Booking, practice: Practice, now: datetime) -> bool:
    """Whether the client may take her own cancellation back; what the practice cancelled stays so."""
    if (
        booking.cancelled_by != Booking.By.CLIENT
        or booking.status != Booking.Status.CANCELLED
        or booking.cancelled_at is None
    ):
        return False
    return policy_of(practice).may_undo(done_at=booking.cancelled_at, starts_at=booking.starts_at, now=now)


def may_restore(booking: Booking, now: datetime) -> bool:
    """The desk may take a cancellation back for as long as the session lies ahead."""
    return booking.status == Booking.Status.CANCELLED and booking.client is not None and booking.starts_at > now


def may_undo_move(booking: Booking, practice: Practice, now: datetime) -> bool:
    """Shortly after a move, while the time before it still lies ahead."""
    was, fixed_at = booking.moved_from, booking.fixed_at
    if booking.status != Booking.Status.BOOKED or booking.fixed_by != Booking.Act.MOVED or not was or not fixed_at:
        return False
    return policy_of(practice).may_undo(done_at=fixed_at, starts_at=min(was, booking.starts_at), now=now)


def changes_until(booking: Booking, practice: Practice, now: datetime) -> datetime | None:
    """Until when the client may both move and cancel, where that still lies ahead."""
    policy = policy_of(practice)
    until = booking.starts_at - max(policy.cancel_cutoff, policy.move_cutoff)
    return until if until > now else None
