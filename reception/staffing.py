"""Who works here: sign-ins are made by the owner, and told of by a letter without a secret in it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from bookings import leaving
from bookings.door import Refused
from bookings.models import Service
from clinic.outbox.registry import Planned
from clinic.outbox.services import queue
from clinic.people import audit
from clinic.people.models import Practice, Practitioner, User

INVITATION = "invitation"
TREATS_ALREADY = "Somebody who treats here signs in with this address already."
SIGNS_IN_ALREADY = "Somebody signs in with this address already."


@transaction.atomic
def add_practitioner(
    *,
    name: str,
    email: str,
    slug: str,
    offers: Collection[Service],
    invites: bool,
    actor: User,
    now: datetime,
) -> Practitioner:
    """Somebody who treats; with a sign-in where she is invited, or where she has one already."""
    user = _user_for(name, email, actor, now) if email and invites else None
    person = Practitioner(name=name, email=email, slug=slug, timezone=Practice.objects.the().timezone)
    made = leaving.welcome(practitioner=person, offers_services=offers, user=user, actor=actor, now=now)
    if user:
        invite(user=user, actor=actor, now=now)
    return made


@transaction.atomic
def add_front_desk(*, name: str, email: str, actor: User, now: datetime) -> User:
    """Somebody at the front desk, who sees nothing of anybody's health."""
    if User.objects.filter(email=email.lower()).exists():
        raise Refused(SIGNS_IN_ALREADY)
    user = _made(name, email, User.Role.FRONT_DESK, actor, now)
    invite(user=user, actor=actor, now=now)
    return user


def invite(*, user: User, actor: User, now: datetime) -> None:
    """Tell somebody how to sign in; pressing again within the same minute sends nothing more."""
    planned = Planned(
        kind=INVITATION,
        about=code_of(user),
        occasion=f"{now:%Y-%m-%dT%H:%M}",
        due_at=now,
        not_after=None,
        reason="The owner made a sign-in.",
        client_code=None,
    )
    queue(planned, now=now, facts={"user": user.pk})
    audit.record(actor=actor, verb="invited", about=user, client=None, fields=["email"], now=now)


@transaction.atomic
def may_sign_in(*, user: User, is_active: bool, actor: User, now: datetime) -> None:
    """Close a sign-in, or open it again; nobody locks herself out."""
    if user.pk == actor.pk:
        raise Refused("You cannot close your own sign-in.")
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    audit.record(actor=actor, verb="changed", about=user, client=None, fields=["is_active"], now=now)


def code_of(user: User) -> UUID:
    """The outbox knows things by codes; a sign-in has a number."""
    return uuid5(NAMESPACE_URL, f"sign-in:{user.pk}")


def _user_for(name: str, email: str, actor: User, now: datetime) -> User:
    """Her sign-in: the one that this address has (an owner may treat too), or a new one."""
    known = User.objects.filter(email=email.lower()).first()
    if known is None:
        return _made(name, email, User.Role.PRACTITIONER, actor, now)
    if known.role == User.Role.FRONT_DESK:
        raise Refused(SIGNS_IN_ALREADY)
    if Practitioner.objects.filter(user=known).exists():
        raise Refused(TREATS_ALREADY)
    return known


def _made(name: str, email: str, role: str, actor: User, now: datetime) -> User:
    user = User.objects.create_user(email, None, name=name, role=role)
    audit.record(actor=actor, verb="added", about=user, client=None, fields=["email", "role"], now=now)
    return user
