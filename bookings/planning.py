"""Gathers the facts from which a booking's letters are planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import prefetch_related_objects

from bookings.models import Booking
from bookings.plan import Facts
from clinic.people.models import Client, Practice
from clinic.people.once import once
from clinic.people.quiet import Quiet
from intake import care
from intake.facts import for_client, live_flags
from intake.models import Flag, Request


@once
def facts(booking: Booking, client: Client, now: datetime) -> Facts:
    """What `plan` needs to know of one booking."""
    waiting = [flag for flag in live_flags(client) if flag.is_waiting]
    return replace(
        facts_of_new(booking, client, Practice.objects.the()),
        is_waiting=bool(waiting),
        talk_first_since=_talk_first_since(client, waiting, now),
    )


def facts_of_new(booking: Booking, client: Client, practice: Practice) -> Facts:
    """The same where the client has answered nothing yet, so that nothing can wait for a person."""
    return Facts(
        status=booking.status,
        starts_at=booking.starts_at,
        version=booking.version,
        fixed_at=booking.fixed_at or booking.starts_at,
        fixed_by=booking.fixed_by or Booking.Act.BOOKED,
        quiet=Quiet(practice.quiet_from, practice.quiet_to, client.zone),
        steps=practice.steps,
        cancelled_at=booking.cancelled_at,
        cancelled_by=booking.cancelled_by,
    )


def _talk_first_since(client: Client, waiting: list[Flag], now: datetime) -> datetime | None:
    """Since when an answer before a session asks for a talk.

    An urgent answer has its own letter, a check-in has others, and some answers must never cause one: whoever reads
    the mail may not be the client alone.
    """
    if not waiting or any(flag.severity == Flag.Severity.URGENT for flag in waiting):
        return None
    if for_client(client, now=now).open_flags & care.PRIVATE:
        return None
    prefetch_related_objects(waiting, "response__request")
    before = [flag.raised_at for flag in waiting if flag.response.request.purpose == Request.Purpose.PRESESSION]
    return min(before, default=None)
