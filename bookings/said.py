"""What was said about a booking, sealed: the note of an imported file, and why a client cancelled."""

from __future__ import annotations

from bookings.models import Booking
from clinic.people import sealing
from clinic.people.models import Client

NOTE, REASON = "bookings.note", "bookings.cancel_reason"


def note_of(booking: Booking) -> str:
    """What the imported file said about it; for those who may see clinical content."""
    return _opened(booking, NOTE, booking.sealed_note)


def reason_of(booking: Booking) -> str:
    """Why the client cancelled, as one of the choices of the form; it may be about health."""
    return _opened(booking, REASON, booking.sealed_reason)


def sealed(client: Client | None, label: str, booking: Booking, words: str) -> bytes:
    """The words as they are stored; nothing where nothing was said."""
    return sealing.seal(client, label, booking.code, words) if words and client else b""


def move(booking: Booking, kept: Client) -> None:
    """Seal both anew with the key of the client who stays."""
    Booking.objects.filter(code=booking.code).update(
        sealed_note=sealed(kept, NOTE, booking, note_of(booking)),
        sealed_reason=sealed(kept, REASON, booking, reason_of(booking)),
    )


def _opened(booking: Booking, label: str, blob: bytes | memoryview) -> str:
    return str(sealing.unseal(booking.client, label, booking.code, blob)) if blob and booking.client else ""
