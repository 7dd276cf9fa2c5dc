"""Notes what a press at the desk replaced in a calendar, and puts those rows back where they still fit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import models

from bookings.door import Refused
from bookings.models import Booking, Change, ExceptionInterval, HoursException
from clinic.people.models import Practitioner

MOST_SHOWN = 10
KEPT = timedelta(days=14)  # for so long it can be taken back
CHANGED = "This has been changed again since, so it cannot be taken back."
TOO_LATE = "It is too late to take this back."
Kind = Change.Kind
Rows = list[dict[str, Any]]


def rows(practitioner: Practitioner, kind: str, about: str = "") -> Rows:
    """What stands in her calendar where a change of this kind reaches."""
    if kind == Kind.HOURS:
        return written(practitioner.working_hours.all())
    if kind == Kind.DATE:
        exceptions = HoursException.objects.filter(practitioner=practitioner, on=about)
        return written([*exceptions, *ExceptionInterval.objects.filter(exception__in=exceptions)])
    return written(practitioner.time_off.all())


def written(found: Iterable[models.Model], fields: Iterable[str] | None = None) -> Rows:
    """Rows as Django writes them, in steady order within each table."""
    by_table: Rows = json.loads(serializers.serialize("json", found, fields=fields))
    return sorted(by_table, key=lambda row: (row["model"] != HoursException._meta.label_lower, row["pk"]))


def note(
    *, practitioner: Practitioner, kind: str, about: str = "", before: Rows, after: Rows, now: datetime
) -> Change | None:
    """Keep what went and what came; nothing where both are the same."""
    gone, made = [row for row in before if row not in after], [row for row in after if row not in before]
    if not gone and not made:
        return None
    change = Change(practitioner=practitioner, kind=kind, about=about, gone=gone, made=made, made_at=now)
    older = Change.objects.filter(kind=kind, about=about, closed_at=None)
    if kind != Kind.MOVE:  # a session may move from one practitioner to another
        older = older.filter(practitioner=practitioner)
    if kind == Kind.TIME_OFF:  # of those, only what touched the same rows is overtaken
        older = older.filter(code__in=[each.code for each in older if _keys(each) & _keys(change)])
    older.update(closed_at=now)
    change.save(force_insert=True)
    return change


def lately(practitioner: Practitioner, kinds: Iterable[str], now: datetime) -> list[Change]:
    """What can still be taken back of her calendar, the newest first."""
    found = Change.objects.open_since(now - KEPT).filter(practitioner=practitioner, kind__in=kinds)
    return list(found.select_related("practitioner")[:MOST_SHOWN])


def lately_moved(booking: Booking, now: datetime) -> Change | None:
    """The last move by the desk, where the session has not changed since and the time before still lies ahead."""
    moves = Change.objects.open_since(now - KEPT).filter(kind=Kind.MOVE, about=f"{booking.code}")
    found = moves.select_related("practitioner").first()
    is_last = found is not None and found.made[0]["fields"]["version"] == booking.version
    return found if found and is_last and found.was_at > now and booking.is_coming(now) else None


def refuse_if_over(change: Change, now: datetime) -> None:
    """Whether nobody has taken it back yet, and it is not too long ago."""
    change.refresh_from_db(fields=["closed_at"])
    if change.closed_at is not None:
        raise Refused(CHANGED)
    if change.made_at < now - KEPT:
        raise Refused(TOO_LATE)


def restore(change: Change) -> None:
    """What came goes, and what went comes back; refused where anything of it was changed since."""
    there = rows(change.practitioner, change.kind, change.about)
    if change.kind == Kind.TIME_OFF:
        there = [row for row in there if (row["model"], row["pk"]) in _keys(change)]
    if there != change.made:
        raise Refused(CHANGED)
    for row in change.made:
        apps.get_model(row["model"])._default_manager.filter(pk=row["pk"]).delete()
    for back in serializers.deserialize("python", change.gone):
        back.save()


def forget(now: datetime) -> None:
    """Drop what can no longer be taken back; the night shift's work."""
    Change.objects.filter(made_at__lt=now - KEPT).delete()


def _keys(change: Change) -> set[tuple[str, str]]:
    return {(row["model"], row["pk"]) for row in [*change.gone, *change.made]}
