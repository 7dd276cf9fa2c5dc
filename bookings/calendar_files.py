"""A booking for the client's own calendar: what the file says, and links to calendars on the web."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings

from bookings import ics
from bookings.models import Booking
from clinic.people.models import Practice

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


def entry(booking: Booking) -> ics.Appointment:
    """The booking as a calendar sees it."""
    practice, client = Practice.objects.the(), booking.client
    return ics.Appointment(
        uid=f"{booking.code}@{settings.SITE_URL.split('//')[-1].split(':')[0]}",
        sequence=booking.version,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        zone=booking.zone,
        place=practice.address,
        organizer=settings.DEFAULT_FROM_EMAIL,
        organizer_name=practice.mail_from_name or practice.name,
        attendee=client.email if client else "",
        attendee_name=client.name if client else "",
    )


def web_links(booking: Booking) -> list[tuple[str, str]]:
    """(name, address) of calendars that take an appointment by its address; no name and no word of health in it."""
    place = Practice.objects.the().address
    google = {
        "action": "TEMPLATE",
        "text": ics.TITLE,
        "dates": f"{_basic(booking.starts_at)}/{_basic(booking.ends_at)}",
        "location": place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": ics.TITLE,
        "startdt": booking.starts_at.astimezone(UTC).isoformat(),
        "enddt": booking.ends_at.astimezone(UTC).isoformat(),
        "location": place,
    }
    return [("Google", f"{GOOGLE}?{urlencode(google)}"), ("Outlook", f"{OUTLOOK}?{urlencode(outlook)}")]


def _basic(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
