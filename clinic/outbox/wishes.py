"""Which optional letters a client wants: a switch for each, and what stays unsent because of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from clinic.outbox.models import Declined, Message
from clinic.outbox.registry import KINDS, Planned, Stop
from clinic.people.models import Client

UNWANTED = Stop(Message.Status.SUPERSEDED, "They asked for no letters of this kind.")


@dataclass(frozen=True)
class Switch:
    """What a client may turn off: one kind of letter, and those that make no sense without it."""

    kind: str
    title: str
    says: str
    kinds: frozenset[str]


_described: dict[str, tuple[str, frozenset[str]]] = {}


def describe(kind: str, says: str, *, along: Iterable[str] = ()) -> None:
    """Say in a client's words what an optional kind of letter is for; `along`: kinds that stop with it."""
    _described[kind] = (says, frozenset(along))


def switches() -> list[Switch]:
    """Every optional kind of letter, in the order in which the kinds were declared."""
    along = {name for _, more in _described.values() for name in more}
    found = []
    for kind in KINDS.values():
        if kind.optional and kind.name not in along:
            says, more = _described.get(kind.name, ("", frozenset()))
            found.append(Switch(kind.name, kind.title, says, frozenset({kind.name}) | more))
    return found


def switch_for(kind: str) -> Switch | None:
    """The switch that turns this kind of letter off."""
    return next((each for each in switches() if kind in each.kinds), None)


def on(client: Client) -> frozenset[str]:
    """The switches that are on for this client; none while they want no letters after sessions at all."""
    if client.wants_aftercare is False:
        return frozenset()
    off = set(Declined.objects.filter(client=client).values_list("kind", flat=True))
    return frozenset(each.kind for each in switches() if each.kind not in off)


def off(client: Client) -> list[str]:
    """The titles of what they do not want."""
    chosen = on(client)
    return [each.title for each in switches() if each.kind not in chosen]


def wanted(planned: Sequence[Planned]) -> list[Planned]:
    """The planned letters less those that their clients do not want."""
    clients = {each.client_code for each in planned if each.client_code and KINDS[each.kind].optional}
    if not clients:
        return list(planned)
    off = _off(clients)
    return [each for each in planned if (each.client_code, each.kind) not in off]


def declines(client: Client | None, kind: str) -> bool:
    """Whether this client wants no letters of this kind."""
    known = KINDS.get(kind)
    return client is not None and known is not None and known.optional and (client.code, kind) in _off({client.code})


def code_of(kind: str) -> UUID:
    """What a link that stops this kind of letter is about."""
    return uuid5(NAMESPACE_URL, f"letters:{kind}")


def kind_of(about: UUID) -> Switch | None:
    """The switch that a stop link is about; None for an older one, which was about all of them."""
    return next((each for each in switches() for kind in each.kinds if code_of(kind) == about), None)


def _off(clients: set[UUID]) -> set[tuple[UUID, str]]:
    by_kind = {each.kind: each.kinds for each in switches()}
    rows = Declined.objects.filter(client__in=clients).values_list("client_id", "kind")
    off = {(client, kind) for client, switch in rows for kind in by_kind.get(switch, {switch})}
    none_at_all = Client.objects.filter(code__in=clients, wants_aftercare=False).values_list("code", flat=True)
    return off | {(client, kind) for client in none_at_all for kinds in by_kind.values() for kind in kinds}
