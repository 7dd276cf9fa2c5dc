"""What the measurement of mail runs in processes of their own: fill the outbox, and send from it when told to."""

from __future__ import annotations

import json
import sys
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import django

django.setup()

from django.core.mail import EmailMultiAlternatives  # noqa: E402 (Django first)
from django.db import connection  # noqa: E402
from django.db.models import Max  # noqa: E402

from bookings.models import Booking, Service  # noqa: E402
from bookings.plan import TOMORROW  # noqa: E402
from clinic.outbox.draining import drain  # noqa: E402
from clinic.outbox.models import Message  # noqa: E402
from clinic.outbox.registry import KINDS, Kind, Mail  # noqa: E402
from clinic.people import clock, sealing  # noqa: E402
from clinic.people.models import Client, Practice, Practitioner  # noqa: E402

NOTE = "bench_note"
NAME = "Bench"  # of every client here
SUBJECT = "Tuesday 2 February at 10:00"
TEXT = "Hello Ada,\n\n" + "See you tomorrow. Wear what you like to lie down in, and come as you are.\n\n" * 5
HTML = f"<html><body><p>{TEXT}</p></body></html>"


def write_note(about: UUID, now: datetime) -> Mail:
    return Mail(f"{about.hex}@example.org", SUBJECT, TEXT, HTML, headers={"Auto-Submitted": "auto-generated"})


def fill(kind: str, count: int) -> int:
    """So many letters that are due now, to a client each: short notes, or reminders of real bookings."""
    now = clock.now()
    Message.objects.all().delete()
    bookings = _bookings(count, now)
    Message.objects.bulk_create(
        Message(
            kind=kind,
            about=booking.code if kind == TOMORROW else uuid4(),
            occasion=booking.starts_at.isoformat(),
            client_id=booking.client_id,
            due_at=now,
            created_at=now,
            message_id=f"<{uuid4().hex}@example.org>",
        )
        for booking in bookings
    )
    return count


def _bookings(count: int, now: datetime) -> list[Booking]:
    """One a client, none of them at the same time; made once and used in every round."""
    known = list(Booking.objects.filter(client__name__startswith=NAME).order_by("starts_at")[:count])
    return known + _more_bookings(len(known), count, now)


def _more_bookings(known: int, count: int, now: datetime) -> list[Booking]:
    service, who = Service.objects.first(), Practitioner.objects.first()
    assert service is not None
    assert who is not None
    last = Booking.objects.filter(client__name__startswith=NAME).aggregate(Max("starts_at"))["starts_at__max"]
    first = last or now.replace(minute=0, second=0, microsecond=0) + timedelta(days=400)
    made = []
    for number, client in enumerate(_clients(count - known, now), start=1):
        booking = Booking(client=client, practitioner=who, service=service, status="booked", zone=who.timezone)
        booking.version, booking.fixed_by = 1, Booking.Act.BOOKED
        booking.booked_at = booking.fixed_at = now - timedelta(days=9)
        booking.set_start(first + timedelta(hours=2 * number), service)
        made.append(booking)
    return Booking.objects.bulk_create(made)


def _clients(count: int, now: datetime) -> list[Client]:
    made = [Client(name=f"{NAME} {n}", email=f"client{n}@example.org", created_at=now) for n in range(count)]
    for client in made:
        client.wrapped_key = sealing.new_wrapped_key(client.code)
    return Client.objects.bulk_create(made)


def statements(kind: str) -> float:
    """How many the database is asked for one letter."""
    fill(kind, 20)
    count = 0

    def counted(execute: Any, *rest: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*rest)

    with connection.execute_wrapper(counted):
        sent = drain(now=clock.now())
    return count / sent


def send() -> int:
    """Until nothing is due."""
    sent = 0
    while left := drain(now=clock.now()):
        sent += left
    return sent


def django_send(count: int) -> int:
    """What a view would do: Django's own send(), a connection each."""
    for _ in range(count):
        mail = EmailMultiAlternatives(SUBJECT, TEXT, "hello@example.org", ["ada@example.org"])
        mail.attach_alternative(HTML, "text/html")
        mail.send()
    return count


def parts(kind: str) -> str:
    """What stands in a letter of this kind, for the others to send the same."""
    fill(kind, 1)
    now = clock.now()
    mail = KINDS[kind].write(Message.objects.get().about, now)
    assert isinstance(mail, Mail)
    file = mail.ics.content.decode() if mail.ics else ""
    return json.dumps({"subject": mail.subject, "text": mail.text, "html": mail.html, "file": file})


def answer(words: list[str]) -> object:
    match words:
        case ["fill", kind, count]:
            return fill(kind, int(count))
        case ["statements", kind]:
            return statements(kind)
        case ["parts", kind]:
            return parts(kind)
        case ["django", count]:
            return django_send(int(count))
        case ["send"]:
            return send()
    raise ValueError(words)


if __name__ == "__main__":
    KINDS[NOTE] = Kind(NOTE, "A note", optional=False, write=write_note)
    Practice.objects.update(quiet_from=time(3), quiet_to=time(3))  # so that it can be measured at any hour
    print("ready", flush=True)
    for line in sys.stdin:
        print(answer(line.split()), flush=True)
