"""Whose browser holds a time: a random name in a signed cookie, and nothing else about the person."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from bookings.api_limits import address_of
from clinic.people.receipts import FIELD

COOKIE = "visitor"
SALT = "bookings.visitor"
LIVES = 7 * 24 * 60 * 60


def visitor_of(request: HttpRequest) -> str:
    """The visitor's name, or empty when the browser has none or it was tampered with."""
    name: str = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=LIVES) or ""
    return name


def new_visitor(request: HttpRequest | None = None) -> str:
    """A name that nobody can guess.

    The same form of the same browser gets the same name again: a press whose answer was lost finds its own hold.
    """
    form_key, secret = (request.POST.get(FIELD), request.META.get("CSRF_COOKIE")) if request else ("", "")
    if not form_key or not secret:
        return secrets.token_urlsafe(16)
    return salted_hmac("bookings.new_visitor", f"{secret} {form_key}", algorithm="sha256").hexdigest()[:32]


def remember(response: HttpResponse, visitor: str) -> HttpResponse:
    """Keep the name in the browser for a week."""
    response.set_signed_cookie(
        COOKIE, visitor, salt=SALT, max_age=LIVES, httponly=True, samesite="Lax", secure=settings.IS_HTTPS
    )
    return response


def network_of(request: HttpRequest) -> str:
    """A keyed hash of where the visitor comes from; many people may share it."""
    address = address_of(request)
    return salted_hmac("bookings.network", address, algorithm="sha256").hexdigest() if address else ""
