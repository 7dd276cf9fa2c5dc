"""Which session a page or a letter speaks of, who may see it, and what is kept about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404
from django.shortcuts import get_object_or_404

from aftercare.models import Amendment, SessionRecord
from aftercare.record import Record
from bookings.models import Booking
from clinic.people import links, sealing
from clinic.people.models import Client, Link, Practice, User
from clinic.people.quiet import Quiet

RECORD, AMENDMENT = "aftercare.record", "aftercare.amendment"
ALIVE = (Booking.Status.BOOKED, Booking.Status.ARRIVED, Booking.Status.COMPLETED)
CAME = (Booking.Status.ARRIVED, Booking.Status.COMPLETED)
BACK, AHEAD = timedelta(days=10), timedelta(days=60)


@dataclass(frozen=True)
class Session:
    """A booking that has a client, with what every letter about it needs."""

    booking: Booking
    client: Client
    practice: Practice

    @property
    def zone(self) -> ZoneInfo:
        return self.client.zone

    @property
    def quiet(self) -> Quiet:
        return Quiet(self.practice.quiet_from, self.practice.quiet_to, self.zone)

    @property
    def may_have_record(self) -> bool:
        return self.booking.status in ALIVE

    @property
    def is_alive(self) -> bool:
        """Whether letters follow: not cancelled or missed, no history, and arrived where the practice asks for that."""
        if self.booking.is_history:
            return False
        if self.practice.aftercare_needs_arrival:
            return self.booking.status in CAME
        return self.booking.status in ALIVE


def find_for_desk(user: User, code: UUID) -> Session:
    """The session, if this user may see its client; else 404."""
    seen = Booking.objects.filter(client__in=Client.objects.visible_to(user))
    return _session(get_object_or_404(seen.select_related("client", "practitioner", "service"), code=code))


def find(about: UUID) -> Session | None:
    """The session behind a letter; None when it has no client or is gone."""
    found = Booking.objects.exclude(client=None).select_related("client", "practitioner", "service")
    booking = found.filter(code=about).first()
    return _session(booking) if booking else None


def near(now: datetime) -> Iterable[UUID]:
    """The sessions whose letters the sweep looks at: from ten days ago to sixty days ahead."""
    found = Booking.objects.exclude(client=None).filter(ends_at__gt=now - BACK, ends_at__lt=now + AHEAD)
    return found.values_list("code", flat=True)


def near_of(client: Client, now: datetime) -> Iterable[UUID]:
    return Booking.objects.filter(client=client, code__in=near(now)).values_list("code", flat=True)


def next_session(session: Session) -> Booking | None:
    """The same client's next one: from its start on, its own letters speak."""
    later = Booking.objects.filter(client=session.client, status__in=ALIVE, starts_at__gt=session.booking.starts_at)
    return later.order_by("starts_at").first()


def record_row(session: Session) -> SessionRecord | None:
    return SessionRecord.objects.filter(booking=session.booking).select_related("client", "closed_by").first()


def read(row: SessionRecord) -> Record:
    """The record's content; an unreadable one raises CannotUnseal, never an empty record."""
    return Record.from_json(sealing.unseal(row.client, RECORD, row.code, row.sealed)) if row.sealed else Record()


def as_it_stands(row: SessionRecord) -> Record:
    """The record's content with what later amendments put right; the signed text itself stays."""
    content = read(row)
    if row.is_closed:
        for added in row.amendments.select_related("record__client"):
            content = content.corrected(read_amendment(added).get("corrected", {}))
    return content


def closed_record(session: Session) -> Record | None:
    """The signed record, as it stands; a draft shapes no letter."""
    row = record_row(session)
    return as_it_stands(row) if row and row.is_closed else None


def read_amendment(row: Amendment) -> dict[str, Any]:
    words: dict[str, Any] = sealing.unseal(row.record.client, AMENDMENT, row.code, row.sealed)
    return words


def by_link(token: str, *, purpose: Link.Purpose, now: datetime) -> Link:
    """The link behind a client's address; 404 when it is not good."""
    link = links.follow(purpose=purpose, token=token, now=now)
    if link is None:
        raise Http404
    return link


def _session(booking: Booking) -> Session:
    if booking.client is None:
        raise Http404
    return Session(booking, booking.client, Practice.objects.the())
