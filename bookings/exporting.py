"""Bookings as a CSV file: the columns of an import, one line a session, with no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from django.db.models import QuerySet

from bookings.access import WITH
from bookings.cells import harmless
from bookings.import_rows import COLUMNS
from bookings.models import Booking
from bookings.said import note_of


def found(*, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Booking]:
    """The clients' bookings that start in this span."""
    bookings = Booking.objects.of_clients()
    if since:
        bookings = bookings.filter(starts_at__gte=since)
    if until:
        bookings = bookings.filter(starts_at__lt=until)
    return bookings.select_related(*WITH)


def lines(bookings: QuerySet[Booking], *, has_notes: bool) -> Iterator[str]:
    """The file, line by line; notes may be about health, so they go only to those who may see them."""
    yield _line(COLUMNS)
    for booking in bookings.iterator(chunk_size=500):
        yield _line(_cells(booking, has_notes=has_notes))


def _cells(booking: Booking, *, has_notes: bool) -> tuple[str, ...]:
    client = booking.client
    cells = {
        "practitioner": booking.practitioner.slug,
        "service": booking.service.slug,
        "starts_at": booking.starts_at.astimezone(booking.tz).isoformat(timespec="minutes"),
        "client_name": client.name if client else "",
        "client_email": client.email if client else "",
        "phone": client.phone if client else "",
        "minutes": str(int((booking.ends_at - booking.starts_at).total_seconds()) // 60),
        "status": booking.status,
        "room": booking.room.slug if booking.room else "",
        "note": note_of(booking) if has_notes else "",
    }
    return tuple(harmless(cells[name]) for name in COLUMNS)


def _line(cells: tuple[str, ...]) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
