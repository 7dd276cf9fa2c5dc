"""A letter tried out: its words filled in for a real booking, or a made-up one; nothing is sent or changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from aftercare import access as sessions
from aftercare import planning, saying
from aftercare.access import Session
from aftercare.blocks import Facts, book, for_mail
from bookings.letters import EXPECTED, POSITION, when_day
from bookings.models import Booking
from clinic.outbox import phrases
from clinic.outbox.registry import Planned
from clinic.outbox.rendering import Block, Manner, Parts, in_its_words, language_of, listen, standing_facts, typeset
from clinic.outbox.rewording import Place
from clinic.outbox.services import queue
from clinic.outbox.wordings import Default, Spoken, defaults
from clinic.people import wording
from clinic.people.models import Client, Practice, User
from reception.placeholders import OWN_LINK, meanings
from reception.translating import ROWS

MOST = 20
TEST_ENDS = timedelta(hours=6)
PARAGRAPH = "This paragraph on its own"


@dataclass(frozen=True)
class Tried:
    """The letter as it would read, and for whom."""

    parts: Parts
    whose: str


def bookings_to_try(user: User, place: Place, *, now: datetime) -> list[Booking]:
    """The next ones of clients whom this user may see; for an addition, those whose letters would hold it."""
    seen = Booking.objects.coming(now).filter(client__in=Client.objects.visible_to(user))
    if place.for_code:
        code = UUID(hex=place.for_code)
        seen = seen.filter(Q(service_id=code) | Q(practitioner_id=code))
    return list(seen.select_related("client", "practitioner", "service").order_by("starts_at")[:MOST])


def try_out(place: Place, words: Spoken, booking: Booking | None, *, now: datetime) -> Tried:
    """`words` as they would read; they need not be saved. Words that cannot be used raise WordingProblem."""
    phrases.parse(words.text), phrases.parse(words.subject)
    ships, practice = defaults()[place.name], Practice.objects.the()
    values = _values(ships, booking, practice, now)
    client = booking.client if booking else None
    language = place.language or (language_of(client, practice) if client else "")
    manner = Manner(place.name, _additions(booking))
    heard = listen(ships.kind or place.name, values, manner, language)
    if place.for_code:
        heard, words = replace(heard, additions=(words.text,)), heard.of(place.name)
    if place.language:
        heard = replace(heard, language=place.language)
    said = in_its_words(ships.kind, replace(heard, said={**heard.said, (place.name, heard.language): words}), manner)
    parts = typeset(said if ships.kind else Spoken(PARAGRAPH, words.text), values, heard, practice)
    return Tried(
        parts, f"{client.name}, {wording.day_time(booking.starts_at, booking.tz)}" if booking and client else ""
    )


@transaction.atomic
def send_to(user: User, tried: Tried, *, code: UUID, now: datetime) -> None:
    """Send it to the one who tries it out, through the outbox like every letter; never to a client."""
    planned = Planned(
        kind="test_letter",
        about=code,
        occasion="",
        due_at=now,
        not_after=now + TEST_ENDS,
        reason="Somebody tried out a wording.",
        client_code=None,
    )
    parts = tried.parts
    facts = {"to": user.email, "subject": parts.subject, "text": parts.text, "html": parts.html}
    queue(planned, now=now, facts=facts)


def label(booking: Booking) -> str:
    """Whose booking, and when."""
    name = booking.client.name if booking.client else ""
    return f"{name}, {wording.day_time(booking.starts_at, booking.tz)}"


def _additions(booking: Booking | None) -> tuple[UUID, ...]:
    return (booking.service_id, booking.practitioner_id) if booking else ()


def _values(ships: Default, booking: Booking | None, practice: Practice, now: datetime) -> dict[str, object]:
    """Samples for everything, then what the practice and the booking know better."""
    samples = {each.name: each.sample for each in meanings(ships.known, ())}
    row = {"when": samples.get("when", "Tuesday 25 November at 11:30"), "url": OWN_LINK}
    lists = {name: Block(named, (row, row)) for name, named in ROWS.items()}
    known: dict[str, object] = {**samples, **lists, "expect": Block(EXPECTED), "additions": ""}
    client = booking.client if booking else None
    facts = standing_facts(client or str(samples.get("first_name", "")), practice)
    known |= {name: value for name, value in facts.items() if value or booking}
    if client is None:
        known |= {"first_name": samples.get("first_name", "")}
    return known | _of_booking(ships, booking, now) | ({"stop_url": OWN_LINK} if _is_optional(ships) else {})


def _is_optional(ships: Default) -> bool:
    return ships.kind in planning.KINDS or not ships.kind


def _of_booking(ships: Default, booking: Booking | None, now: datetime) -> dict[str, object]:
    if booking is None or booking.client is None:
        general = for_mail(ships.name, Facts()) if ships.name in book().letters else ()
        return {"position": Block(POSITION), **{choice.block: Block(choice.name) for choice in general}}
    facts: dict[str, object] = {
        "day": wording.day_said(booking.starts_at, booking.tz),
        "first_day": wording.day_said(booking.starts_at, booking.tz),
        "time": wording.time(booking.starts_at, booking.tz),
        "when_day": when_day(booking, now),
        "practitioner": booking.practitioner.name,
        "minutes": booking.service.minutes,
        "client": booking.client.short_name,
    }
    session = sessions.find(booking.code) if ships.kind in planning.KINDS else None
    return facts | (_after(ships, session, now) if session else {})


def _after(ships: Default, session: Session, now: datetime) -> dict[str, object]:
    """The paragraphs that this client's answers and record choose."""
    told = saying.tell(session, sessions.closed_record(session), now=now)
    found = saying.chosen_for(ships.name, told)
    return {choice.block: Block(choice.name) for choice in found} | saying.quotes(told)
