"""Who is this: a client is matched by e-mail and name together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID, uuid4

from clinic.people import audit, sealing, twins
from clinic.people.models import CareLink, Client, Practice, Practitioner, User

AT_ONCE = 500  # addresses in one question


class Identity(NamedTuple):
    """Who somebody says they are."""

    name: str
    email: str
    phone: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What makes them one client; without an address, name and telephone number do."""
        name = " ".join(self.name.split()).casefold()
        return self.email.strip().lower() or f"without {self.phone}", name


def find_or_create_clients(people: Sequence[Identity], *, now: datetime) -> dict[Identity, Client]:
    """The same for many at once, as an import needs it; whoever has no address is matched within these people only."""
    known = _with_addresses({each.email.strip().lower() for each in people if each.email})
    found: dict[tuple[str, str], Client] = {}
    for address in known.values():
        for one in reversed(address):  # the oldest wins, as for one
            found[Identity(one.name, one.email).key] = one
    practice = Practice.objects.the()
    new: list[Client] = []
    for each in people:
        client = found.get(each.key)
        if client is not None:
            if client._state.adding:
                client.phone = client.phone or each.phone
            else:
                _with_phone(client, each.phone)
            continue
        email = each.email.strip().lower()
        same = known[email][0] if email and known[email] else None
        client = _new_client(each.name, email, each.phone, duplicate_of=same, practice=practice, now=now)
        known[email].append(client)
        found[each.key] = client
        new.append(client)
    twins.by_phone(new)
    Client.objects.bulk_create(new, batch_size=AT_ONCE)
    return {each: found[each.key] for each in people}


def find_or_create_client(
    *, name: str, email: str, phone: str = "", now: datetime, practice: Practice | None = None
) -> Client:
    """The client with this address and name; another name at the same address is a new, possible duplicate.

    `practice`, where it was read already, saves reading it again.
    """
    email, name = email.strip().lower(), " ".join(name.split())
    known = list(Client.objects.filter(email=email).order_by("created_at")) if email else []
    for client in known:
        if client.name.casefold() == name.casefold():
            return _with_phone(client, phone)
    same = known[0] if known else None
    return create_client(name=name, email=email, phone=phone, duplicate_of=same, now=now, practice=practice)


def create_client(
    *, name: str, email: str, phone: str, duplicate_of: Client | None, now: datetime, practice: Practice | None = None
) -> Client:
    practice = practice or Practice.objects.the()
    client = _new_client(name, email, phone, duplicate_of=duplicate_of, practice=practice, now=now)
    twins.by_phone([client])
    client.save(force_insert=True)
    return client


def _new_client(
    name: str, email: str, phone: str, *, duplicate_of: Client | None, practice: Practice, now: datetime
) -> Client:
    code = uuid4()
    return Client(
        code=code,
        name=" ".join(name.split()),
        email=email,
        phone=phone,
        country=practice.country,
        timezone=practice.timezone,
        possible_duplicate_of=duplicate_of,
        wrapped_key=sealing.new_wrapped_key(code),
        created_at=now,
    )


def note_care(*, client: Client, practitioner: Practitioner, actor: User | None = None, now: datetime) -> None:
    """Remember that this practitioner treats this client, which lets her see the record.

    Who at the desk opened the record to her is on the trail; a booking that a client made says so by itself.
    """
    link, is_new = CareLink.objects.get_or_create(client=client, practitioner=practitioner)
    if is_new and actor is not None:
        audit.record(actor=actor, verb="opened", about=link, client=client, fields=["practitioner"], now=now)


def note_care_of(pairs: Collection[tuple[UUID, UUID]]) -> None:
    """The same for many (client, practitioner) at once."""
    links = [CareLink(client_id=client, practitioner_id=practitioner) for client, practitioner in pairs]
    CareLink.objects.bulk_create(links, ignore_conflicts=True, batch_size=AT_ONCE)


def _with_addresses(emails: Iterable[str]) -> dict[str, list[Client]]:
    """The clients with these addresses, the oldest first."""
    found: dict[str, list[Client]] = defaultdict(list)
    left = iter(sorted(emails))
    while some := list(islice(left, AT_ONCE)):
        for client in Client.objects.filter(email__in=some).order_by("created_at"):
            found[client.email].append(client)
    return found


def _with_phone(client: Client, phone: str) -> Client:
    # Whoever types a name and an address is not yet that person: only the desk changes a number that we have.
    if phone and not client.phone:
        client.phone = phone
        client.save(update_fields=["phone"])
    return client
