"""Who may pass: the guards of the desk's pages and the one way from an address to a client."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from clinic.people.models import Client, User
from clinic.people.receipts import once_per_form


class StaffRequest(HttpRequest):
    """A request that has passed a guard, so its user is known."""

    user: User


StaffView = Callable[..., HttpResponse]


def _only(roles: frozenset[str]) -> Callable[[StaffView], Callable[..., HttpResponse]]:
    def guard(view: StaffView) -> Callable[..., HttpResponse]:
        once = once_per_form(view)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            if request.user.role not in roles:
                raise Http404  # never tell the wrong person that a page is there
            return once(request, *args, **kwargs)

        return guarded

    return guard


desk = _only(frozenset(User.Role.values))
clinical = _only(User.CLINICAL)
owner_only = _only(frozenset({User.Role.OWNER}))
whole_practice = _only(frozenset({User.Role.OWNER, User.Role.FRONT_DESK}))


def client_for(user: User, code: UUID) -> Client:
    """The client, if this user may see them; else 404."""
    return get_object_or_404(Client.objects.visible_to(user), code=code)
