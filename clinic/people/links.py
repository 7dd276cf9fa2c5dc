"""Secret addresses: minted when a letter is rendered, kept only as a hash, followed by their purpose."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from clinic.people.kept import insert
from clinic.people.models import Client, Link

BYTES = 32  # 256 bits
STOP_BYTES = 16  # 128 bits keep the List-Unsubscribe header on one line


def mint(*, purpose: str, client: Client, about: UUID, now: datetime, expires_at: datetime) -> str:
    """A new token; several may be valid for the same thing at once."""
    token = secrets.token_urlsafe(STOP_BYTES if purpose == Link.Purpose.STOP else BYTES)
    insert(
        Link(purpose=purpose, digest=digest(token), client=client, about=about, created_at=now, expires_at=expires_at)
    )
    return token


def follow(*, purpose: str, token: str, now: datetime) -> Link | None:
    """The link behind a token; None when it is unknown, over, revoked or meant for something else."""
    return good(purpose=purpose, token=token, now=now).select_related("client").first()


def good(*, purpose: str, token: str, now: datetime) -> QuerySet[Link]:
    """The same as a part of another query: one link or none."""
    return Link.objects.filter(purpose=purpose, digest=digest(token), revoked_at=None, expires_at__gt=now)


def extend(*, about: UUID, purpose: str, until: datetime) -> None:
    """Keep the links to something open until then; never shortens."""
    Link.objects.filter(about=about, purpose=purpose, expires_at__lt=until).update(expires_at=until)


def revoke(*, about: UUID, now: datetime) -> None:
    Link.objects.filter(about=about, revoked_at=None).update(revoked_at=now)


def url(name: str, token: str, **more: object) -> str:
    """The absolute address of a page behind a token."""
    site: str = settings.SITE_URL
    return site + reverse(name, kwargs={"token": token, **more})


def digest(token: str) -> bytes:
    """As it is kept."""
    return hashlib.sha256(token.encode()).digest()
