"""The client's profile, sealed: birth date, emergency contact, doctor, safe ways to reach them, comfort wishes."""

from __future__ import annotations

from datetime import date
from typing import Any

from clinic.people import sealing
from clinic.people.models import Client

LABEL = "client.profile"


def read(client: Client) -> dict[str, Any]:
    """The profile as it was saved; empty when nothing was."""
    if not client.sealed_profile:
        return {}
    profile: dict[str, Any] = sealing.unseal(client, LABEL, client.code, client.sealed_profile)
    return profile


def write(client: Client, changes: dict[str, Any]) -> None:
    """Merge `changes` into the profile."""
    client.sealed_profile = sealing.seal(client, LABEL, client.code, {**read(client), **changes})
    client.save(update_fields=["sealed_profile"])


def age_on(birth: date, today: date) -> int:
    """Whole years."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
