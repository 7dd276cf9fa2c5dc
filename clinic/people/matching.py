"""Who is this: a client is matched by e-mail and name together."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from clinic.people import sealing
from clinic.people.models import CareLink, Client, Practice, Practitioner


def find_or_create_client(*, name: str, email: str, phone: str = "", now: datetime) -> Client:
    """The client with this address and name; another name at the same address is a new, possible duplicate."""
    email, name = email.strip().lower(), " ".join(name.split())
    known = list(Client.objects.filter(email=email).order_by("created_at")) if email else []
    for client in known:
        if client.name.casefold() == name.casefold():
            return _with_phone(client, phone)
    return create_client(name=name, email=email, phone=phone, duplicate_of=known[0] if known else None, now=now)


def create_client(*, name: str, email: str, phone: str, duplicate_of: Client | None, now: datetime) -> Client:
    practice = Practice.objects.the()
    code = uuid4()
    return Client.objects.create(
        code=code,
        name=name,
        email=email,
        phone=phone,
        country=practice.country,
        timezone=practice.timezone,
        possible_duplicate_of=duplicate_of,
        wrapped_key=sealing.new_wrapped_key(code),
        created_at=now,
    )


def note_care(*, client: Client, practitioner: Practitioner) -> None:
    """Remember that this practitioner treats this client, which lets her see the record."""
    CareLink.objects.get_or_create(client=client, practitioner=practitioner)


def _with_phone(client: Client, phone: str) -> Client:
    if phone and phone != client.phone:
        client.phone = phone
        client.save(update_fields=["phone"])
    return client
