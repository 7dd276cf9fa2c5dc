"""What keeps a session that was cancelled from taking up its time again, in words for the desk."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.formats import date_format

from bookings.models import Booking


def in_the_way(booking: Booking, now: datetime) -> list[str]:
    """Every reason by its name: she has left, is away, has another session; or the room is taken, or out of use.

    Notice, window and hours were agreed before, and are not asked for again.
    """
    who, room = booking.practitioner, booking.room
    meeting = Q(busy_from__lt=booking.busy_until, busy_until__gt=booking.busy_from)
    others = Booking.objects.busy(now).filter(meeting).exclude(code=booking.code)
    found = [] if who.is_active else [f"{who.name} has left."]
    found += [
        f"{who.name} has time off then{f': {away.note}' if away.note else ''}."
        for away in who.time_off.filter(starts_at__lt=booking.ends_at, ends_at__gt=booking.starts_at)
    ]
    found += [
        f"{who.name} has another session at {_at(other)}, or needs the time round it."
        for other in others.filter(practitioner=who)
    ]
    if room and not room.is_active:
        found.append(f"{room.name} is out of use.")
    if room and (taken := others.filter(room=room).exclude(practitioner=who).first()):
        found.append(f"{room.name} is taken at {_at(taken)}.")
    return found


def _at(booking: Booking) -> str:
    return date_format(booking.starts_at.astimezone(booking.tz), "G:i")
