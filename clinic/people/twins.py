"""Two rows that may be one person: the same name with the same telephone number, or with the same birth date.

One address under two names is seen when the client is made (`matching`). A mark only asks a person to look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice

from clinic.people import profile
from clinic.people.models import Client
from clinic.people.sealing import CannotUnseal

AT_ONCE = 500
ADDRESS = "One address, two names."
PHONE = "The same name and phone number."
BIRTH_DATE = "The same name and date of birth."


def by_phone(new: Sequence[Client]) -> None:
    """Mark those among new clients, not yet stored, whose name and number we know already."""
    unmarked = [each for each in new if each.phone and each.possible_duplicate_of_id is None]
    known = _with_phones({each.phone for each in unmarked})
    for client in unmarked:
        client.possible_duplicate_of = known.get((client.phone, client.name.casefold()))


def by_birth_date(client: Client) -> None:
    """Mark the newer of two with one name and one birth date, once it is known."""
    born = profile.read(client).get("birth_date")
    others = Client.objects.filter(name__iexact=client.name).exclude(code=client.code).exclude(sealed_profile=b"")
    for other in others.order_by("created_at")[:AT_ONCE] if born else ():
        if _born(other) == born:
            older, newer = sorted((client, other), key=lambda each: (each.created_at, each.code))
            Client.objects.filter(code=newer.code, possible_duplicate_of=None).update(possible_duplicate_of=older)
            return


def why(first: Client, second: Client) -> str:
    """What the two have in common, in words."""
    if first.email and first.email == second.email:
        return ADDRESS
    return PHONE if first.phone and first.phone == second.phone else BIRTH_DATE


def _with_phones(phones: Iterable[str]) -> dict[tuple[str, str], Client]:
    """Who has these numbers, by number and name; of several the oldest."""
    found: dict[tuple[str, str], list[Client]] = defaultdict(list)
    left = iter(sorted(phones))
    while some := list(islice(left, AT_ONCE)):
        for client in Client.objects.filter(phone__in=some).order_by("created_at"):
            found[client.phone, client.name.casefold()].append(client)
    return {key: clients[0] for key, clients in found.items()}


def _born(client: Client) -> str | None:
    with suppress(CannotUnseal):  # an erased client is nobody's twin
        born: str | None = profile.read(client).get("birth_date")
        return born
    return None
