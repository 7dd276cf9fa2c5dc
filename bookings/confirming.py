"""Gives times that are kept to a client, with everything that follows: who treats whom, questions, letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bookings import letters
from bookings.door import Refused
from bookings.models import Booking
from clinic.outbox.services import queue_all
from clinic.people.matching import note_care_of
from clinic.people.models import Client, Practice
from intake.asking_many import Asking, ask_many, clients_who_answered


def confirm(booking: Booking, *, client: Client, reasons: Sequence[str], practice: Practice, now: datetime) -> Booking:
    """Give a time that is kept to this client, with everything that follows; only behind the door."""
    confirm_all([booking], client=client, reasons=reasons, practice=practice, now=now, act=Booking.Act.BOOKED)
    return booking


def confirm_all(
    bookings: Sequence[Booking],
    *,
    client: Client,
    reasons: Sequence[str],
    practice: Practice,
    now: datetime,
    act: str,
) -> None:
    """The same for several times: their care link, questions and letters are each written in one statement."""
    refuse_too_many(client, practice, now, more=len(bookings))
    for booking in bookings:
        booking.client, booking.status, booking.hold_until, booking.held_from = client, Booking.Status.BOOKED, None, ""
        booking.booked_at, booking.cancelled_at, booking.cancelled_by = now, None, ""
        booking.version += 1
        booking.fixed_at, booking.fixed_by = now, act
        booking.save()
    note_care_of({(client.code, booking.practitioner_id) for booking in bookings})
    facts: dict[str, Any] = {"answered": clients_who_answered([client.code]), "practice": practice, "now": now}
    planned = ask_many([_asking(booking, client, reasons) for booking in bookings], **facts)
    queue_all([*planned, *letters.announce_many([(each, client) for each in bookings], **facts)], now=now)


def refuse_too_many(client: Client, practice: Practice, now: datetime, *, more: int) -> None:
    """Whether the client would have more sessions to come than the practice keeps for one person."""
    most = practice.max_upcoming_per_client
    if most is not None and Booking.objects.coming(now).filter(client=client).count() + more > most:
        raise Refused(f"You have {most} sessions booked already, which is as many as we can keep. Please call us.")


def _asking(booking: Booking, client: Client, reasons: Sequence[str]) -> Asking:
    wanted = tuple(dict.fromkeys([*booking.service.asks, *reasons]))
    return Asking(client, booking.practitioner, booking.code, booking.starts_at, wanted)
