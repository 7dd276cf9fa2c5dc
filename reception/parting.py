"""Two clients who were made one become two again, as long as nothing of theirs has changed since."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db.models import Model

from bookings import merging as sessions
from bookings.door import Refused, through_the_door
from clinic.people import audit, sealing
from clinic.people.merging import KEPT
from clinic.people.models import Client, Merge, Practice, User

LABEL = "people.merge"
CHANGED = "Something of theirs has changed since, so this cannot be taken back."
TOO_LATE = "It is too late to take this back."
Row = dict[str, Any]
Rows = dict[tuple[str, str], Row]  # by table and key


def rows_of(clients: Sequence[Client]) -> Rows:
    """Every row that hangs on these clients, however far down, as Django writes it."""
    found: Rows = {}
    waiting: list[Any] = list(Client.objects.filter(code__in=[each.code for each in clients]))
    while waiting:
        written: list[Row] = json.loads(serializers.serialize("json", waiting))
        found |= {_key(row): row for row in written}
        # Another client who is marked as perhaps this one is a row of theirs; what hangs on that one is not.
        further = [each for each in waiting if not isinstance(each, Client) or each in clients]
        waiting = [each for each in _below(further) if (each._meta.label_lower, str(each.pk)) not in found]
    return found


def note(*, kept: Client, before: Rows, now: datetime) -> None:
    """Keep what the merge replaced, sealed with the key of the client who stays."""
    after = rows_of([kept])
    [gone] = (row for key, row in before.items() if key not in after and row["model"] == Client._meta.label_lower)
    was = [row for key, row in before.items() if after.get(key) != row]
    merge = Merge(kept=kept, made_at=now, digest=_digest(after))
    told = {
        "name": gone["fields"]["name"],
        "code": gone["pk"],
        "was": was,
        "made": [key for key in after if key not in before],
    }
    merge.sealed = sealing.seal(kept, LABEL, merge.code, told)
    merge.save(force_insert=True)


def lately(now: datetime) -> list[tuple[Merge, str]]:
    """What may still be taken back, the newest first, and the name of the client who is no more."""
    found = Merge.objects.filter(made_at__gte=now - KEPT).select_related("kept").order_by("-made_at")
    return [(each, told["name"]) for each in found if (told := _read(each))]


@through_the_door
def part(practice: Practice, *, merge: Merge, actor: User, now: datetime) -> Client:
    """Put every row back as it was, and return the client who is there again; refused where anything has changed."""
    found = Merge.objects.select_for_update(of=("self",)).select_related("kept").filter(code=merge.code).first()
    if found is None or found.made_at < now - KEPT:
        raise Refused(TOO_LATE)
    told = _read(found)
    if not told or _digest(rows_of([found.kept])) != found.digest:
        raise Refused(CHANGED)
    for table, key in told["made"]:
        apps.get_model(table)._default_manager.filter(pk=key).delete()
    # What goes to the other client goes first: of some rows there may be one for each client only.
    was = sorted(told["was"], key=lambda row: row["fields"].get("client") != told["code"])
    for back in serializers.deserialize("python", was):
        back.save()
    found.delete()
    gone = Client.objects.get(code=told["code"])
    audit.record(actor=actor, verb="parted", about=gone, client=found.kept, fields=["client"], now=now)
    for each in (gone, Client.objects.get(code=found.kept_id)):
        sessions.resync(each, now=now)
    return gone


def _read(merge: Merge) -> dict[str, Any]:
    """What was kept; nothing where the client was erased since."""
    try:
        told: dict[str, Any] = sealing.unseal(merge.kept, LABEL, merge.code, merge.sealed)
    except sealing.CannotUnseal:
        return {}
    return told


def _below(rows: Iterable[Model]) -> Iterator[Model]:
    """What points at these rows; not the merges themselves."""
    by_table: dict[type[Model], list[Model]] = defaultdict(list)
    for row in rows:
        by_table[type(row)].append(row)
    for table, some in by_table.items():
        for relation in table._meta.related_objects:
            if relation.related_model is not Merge:
                yield from relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": some})


def _key(row: Row) -> tuple[str, str]:
    return row["model"], str(row["pk"])


def _digest(rows: Rows) -> str:
    return hashlib.sha256(json.dumps(sorted(rows.items())).encode()).hexdigest()
