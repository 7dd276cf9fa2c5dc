"""Letters of the practice's own, some days before or after each session: what may happen to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from aftercare.models import OwnStep
from clinic.outbox.models import Wording
from clinic.outbox.rewording import Place, restore
from clinic.people import audit
from clinic.people.locks import lock_practice
from clinic.people.models import User


class NotSo(Exception):
    """It cannot be; the text says why."""


def kind_of(step: OwnStep) -> str:
    """Its kind of letter, and the name of its wording."""
    return f"own_{step.number}"


def titles() -> dict[str, str]:
    """What the practice calls them, by their kind of letter."""
    return {kind_of(step): step.name for step in OwnStep.objects.all()}


def names() -> dict[str, str]:
    """What the practice calls them, by how the occasions of their letters begin; a number may serve another later."""
    return {step.code.hex: step.name for step in OwnStep.objects.all()}


def name_of(occasion: str, known: Mapping[str, str]) -> str:
    """The name of the own letter that has this occasion; empty for all others."""
    return known.get(occasion.partition(" ")[0], "")


@transaction.atomic
def save(*, step: OwnStep, by: User, now: datetime) -> OwnStep:
    """Make a step, or change when it goes; switched on only once its words are written."""
    lock_practice()
    if step._state.adding:
        taken = set(OwnStep.objects.values_list("number", flat=True))
        free = [number for number in range(1, OwnStep.MOST + 1) if number not in taken]
        if not free:
            raise NotSo(f"There are {OwnStep.MOST} already. Take one away first.")
        step.number = free[0]
    if step.is_on and not is_worded(step):
        raise NotSo("Write its words first, then switch it on.")
    step.since = now
    step.save()
    audit.record(actor=by, verb="changed", about=step, client=None, fields=["own step"], now=now)
    return step


@transaction.atomic
def remove(*, step: OwnStep, by: User, now: datetime) -> None:
    """Take it away, its words too; what has left stays in the mailbox."""
    lock_practice()
    places = {(row.language, row.for_code) for row in Wording.objects.filter(name=kind_of(step))}
    for language, for_code in places:
        place = Place(kind_of(step), language, for_code)
        newest = place.versions.first()
        restore(place=place, number=0, base=newest.number if newest else 0, by=by, now=now)
    audit.record(actor=by, verb="removed", about=step, client=None, fields=["own step"], now=now)
    step.delete()


def is_worded(step: OwnStep) -> bool:
    """Whether the practice has written what it says."""
    newest = Place(kind_of(step)).versions.first()
    return newest is not None and not newest.is_default
