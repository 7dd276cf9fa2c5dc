"""A booking as a calendar file: one UID for life, a SEQUENCE that rises, and nothing about health."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress, vText

TITLE = "Appointment"
PRODUCT = "-//craniosacral-practice//bookings//EN"


@dataclass(frozen=True)
class Appointment:
    """What a calendar needs to know."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    organizer: str  # the mailbox that letters come from
    organizer_name: str
    attendee: str = ""
    attendee_name: str = ""


def request(appointment: Appointment, *, now: datetime) -> bytes:
    """The file that comes with a confirmation or a move."""
    return _file(appointment, "REQUEST", "CONFIRMED", now)


def cancel(appointment: Appointment, *, now: datetime) -> bytes:
    """The file that takes the appointment out of the client's calendar."""
    return _file(appointment, "CANCEL", "CANCELLED", now)


def publish(appointment: Appointment, *, now: datetime) -> bytes:
    """The file behind "Add to calendar"."""
    return _file(appointment, "PUBLISH", "CONFIRMED", now)


def publish_all(appointments: Sequence[Appointment], *, now: datetime) -> bytes:
    """One file with several appointments; iTIP lets a REQUEST speak of one UID only, a PUBLISH of many."""
    return _calendar([_event(each, "CONFIRMED", now, has_attendee=False) for each in appointments], "PUBLISH")


def _file(appointment: Appointment, method: str, status: str, now: datetime) -> bytes:
    return _calendar([_event(appointment, status, now, has_attendee=method != "PUBLISH")], method)


def _calendar(events: Iterable[Event], method: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    head, first, rest = content.partition(b"BEGIN:VEVENT\r\n")
    return head + b"".join(map(_zone, sorted(calendar.get_missing_tzids()))) + first + rest


@lru_cache(maxsize=64)
def _zone(name: str) -> bytes:
    """When the clocks of a zone change, up to 2038: the same in every file, and most of what writing one costs."""
    content: bytes = Timezone.from_tzid(name).to_ical()
    return content


def _event(appointment: Appointment, status: str, now: datetime, *, has_attendee: bool) -> Event:
    zone = ZoneInfo(appointment.zone)
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", TITLE)
    event.add("status", status)
    event.add("transp", "OPAQUE" if status == "CONFIRMED" else "TRANSPARENT")
    if appointment.place:
        event.add("location", appointment.place)
    event["organizer"] = _person(appointment.organizer, appointment.organizer_name)
    if has_attendee and appointment.attendee:
        attendee = _person(appointment.attendee, appointment.attendee_name)
        attendee.params["RSVP"] = vText("FALSE")
        event.add("attendee", attendee, encode=False)
    return event


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"MAILTO:{address}")
    if name:
        person.params["CN"] = vText(name)
    return person
