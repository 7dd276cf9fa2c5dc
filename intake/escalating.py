"""When nobody takes an alert in hand by its deadline: a second person, who may then read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from clinic.people import audit
from clinic.people.matching import note_care
from clinic.people.models import Practice, Practitioner, User
from intake.models import Flag, Request


def second_person(owner: Practitioner) -> User | None:
    """The practice's owner; where that is the practitioner herself, somebody else who may read it."""
    others = User.objects.filter(is_active=True, role__in=User.CLINICAL).exclude(practitioner=owner)
    return others.filter(role=User.Role.OWNER).order_by("pk").first() or others.order_by("pk").first()


def escalate(late: Iterable[Flag], asked: Request, *, now: datetime) -> User | str:
    """Note who is told, in the transaction of the letter that tells them; returns whom to write to."""
    owner = asked.practitioner
    for flag in late:
        owner = flag.owner or owner
        second = second_person(owner)
        if flag.escalated_at is None:
            flag.escalated_at, flag.escalated_to = now, second
            flag.save(update_fields=["escalated_at", "escalated_to"])
            audit.record(
                actor=None, verb="escalated", about=flag, client=asked.client, fields=["escalated_to"], now=now
            )
            _let_read(flag, second, now)
    return second_person(owner) or Practice.objects.the().email or owner.email


def _let_read(flag: Flag, second: User | None, now: datetime) -> None:
    """A practitioner sees those whom she treats; from now on this client is one of them."""
    treats = Practitioner.objects.filter(user=second).first() if second else None
    if treats is not None:
        note_care(client=flag.client, practitioner=treats, now=now)
