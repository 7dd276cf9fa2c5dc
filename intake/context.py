"""What every desk page knows of intake: how many alerts are open."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.people.models import User
from intake import alerts


def open_alerts(request: HttpRequest) -> dict[str, object]:
    """`open_alerts`: the number beside the word in the desk's navigation; counted only where it is shown."""
    user = getattr(request, "user", None)
    return {"open_alerts": SimpleLazyObject(lambda: _count(user))}


def _count(user: object) -> int:
    return alerts.count_for(user) if isinstance(user, User) and user.is_clinical else 0
