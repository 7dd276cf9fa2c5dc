"""The keys by which other programs book: made, shown once, found by their hash, revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from bookings.models import ApiKey

PREFIX = "practice_"  # tells whoever finds one what it is

NAME_LENGTH = 80
BACK_WITHIN = timedelta(days=14)  # for so long a key that was stopped can be put back


class NameTaken(Exception):
    """A key of this name is in use."""


def make(*, name: str, now: datetime) -> str:
    """A new key for a program; this is the only time that it can be seen."""
    name = name.strip()
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise ValueError(f"A key needs a name of 1 to {NAME_LENGTH} letters.")
    secret = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            ApiKey.objects.create(name=name, digest=_digest(secret), created_at=now)
    except IntegrityError as error:
        raise NameTaken(f"A key named {name} is in use. Revoke it first, or choose another name.") from error
    return secret


def revoke(*, name: str = "", code: UUID | None = None, now: datetime) -> bool:
    """Stop a key at once; False when there is none in use."""
    live = ApiKey.objects.filter(revoked_at=None)
    found = live.filter(code=code) if code else live.filter(name=name)
    return found.update(revoked_at=now) > 0


def lately_stopped(now: datetime) -> list[ApiKey]:
    """Keys that may be put back, the last one first."""
    return list(ApiKey.objects.filter(revoked_at__gt=now - BACK_WITHIN).order_by("-revoked_at", "code"))


def put_back(*, code: UUID, now: datetime) -> ApiKey | None:
    """Let a key work again that was stopped lately; None when there is none such."""
    key = ApiKey.objects.filter(code=code, revoked_at__gt=now - BACK_WITHIN).first()
    if key is None:
        return None
    key.revoked_at = None
    try:
        with transaction.atomic():
            key.save(update_fields=["revoked_at"])
    except IntegrityError as error:
        raise NameTaken(f"Another key named {key.name} is in use. Stop that one first.") from error
    return key


def find(secret: str) -> ApiKey | None:
    """The key in use that this secret belongs to."""
    return ApiKey.objects.filter(digest=_digest(secret), revoked_at=None).first()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
