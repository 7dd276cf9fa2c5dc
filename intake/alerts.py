"""Alerts: flags that wait for a person, each with an owner and a deadline. What may be done with them at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import Http404

from clinic.people import audit
from clinic.people.matching import note_care
from clinic.people.models import Client, Practitioner, User
from intake import alert_letters, documents, flagging, letters
from intake.access import waiting_flags
from intake.models import Flag, Request


def open_for(user: User) -> QuerySet[Flag]:
    """Those that this user may see, the first deadline first. Opens nothing that is sealed."""
    found = waiting_flags().filter(client__in=Client.objects.visible_to(user).values("code"))
    rows = found.select_related("client", "owner", "taken_by", "response__request", "escalated_to")
    return rows.order_by(F("deadline_at").asc(nulls_last=True), "-severity", "raised_at", "code")


@dataclass(frozen=True)
class Row:
    """What a list shows once: an answer, and how many more of the same form wait in the same hands."""

    flag: Flag
    more: int


def rows(user: User, *, only_mine: bool = False) -> list[Row]:
    """One row for each form and owner, by its first deadline."""
    found = open_for(user).filter(owner__user=user) if only_mine else open_for(user)
    groups: dict[tuple[object, ...], list[Flag]] = {}
    for flag in found:
        groups.setdefault((flag.response.request_id, flag.owner_id, flag.taken_by_id), []).append(flag)
    return [Row(flags[0], len(flags) - 1) for flags in groups.values()]


def count_for(user: User) -> int:
    """How many rows the list has."""
    seen = waiting_flags().order_by().filter(client__in=Client.objects.visible_to(user).values("code"))
    return seen.values("response__request", "owner", "taken_by").distinct().count()


def find(user: User, code: UUID) -> Flag:
    """One that waits or waited; else 404."""
    rows = Flag.objects.filter(client__in=Client.objects.visible_to(user), severity__in=Flag.WAITING_SEVERITIES)
    flag = rows.select_related("client", "owner", "response__request__practitioner").filter(code=code).first()
    if flag is None:
        raise Http404
    return flag


def others(flag: Flag) -> QuerySet[Flag]:
    """What else of the same form waits and is no emergency: often one call answers it all."""
    rows = waiting_flags().filter(response__request=flag.response.request, severity=Flag.Severity.CONTACT)
    return rows.exclude(code=flag.code).select_related("client", "response__request")


@transaction.atomic
def set_deadlines(*, asked: Request, deadlines: Mapping[str, datetime], otherwise: datetime, now: datetime) -> None:
    """By when a person sees to what a form raised just now: the floor that knows who works when says so, by flag id.

    A deadline that stands is never put off by a later page of the same form.
    """
    fresh = waiting_flags().filter(response__request=asked, severity=Flag.Severity.CONTACT, raised_at=now)
    for flag in fresh.select_related("client"):
        flag.deadline_at = deadlines.get(documents.read(flag)["id"], otherwise)
        flag.save(update_fields=["deadline_at"])
    letters.resync(asked, now=now)


@transaction.atomic
def pass_on(*, flag: Flag, to: Practitioner, by: User, now: datetime) -> Flag:
    """Make it somebody else's: they may read it, they are told, and it is theirs to take in hand."""
    row = flagging.lock(flag)
    if not row.is_waiting:
        raise flagging.NotWaiting
    if row.owner_id == to.code:
        return row
    row.owner, row.owned_at, row.taken_at, row.taken_by = to, now, None, None
    row.save(update_fields=["owner", "owned_at", "taken_at", "taken_by"])
    note_care(client=row.client, practitioner=to, actor=by, now=now)
    audit.record(actor=by, verb="passed on", about=row, client=row.client, fields=["owner"], now=now)
    alert_letters.tell_new_owner(row, now=now)
    letters.resync(row.response.request, now=now)
    return row


@transaction.atomic
def close(*, flag: Flag, decision: str, reason: str, together: bool = False, by: User, now: datetime) -> int:
    """Close it with a note, and with `together` what else of the same form waits; returns how many."""
    rows = [flag, *others(flag)] if together else [flag]
    for row in rows:
        flagging.decide(flag=row, decision=decision, reason=reason, by=by, now=now)
    return len(rows)
