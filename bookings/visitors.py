"""Whose browser holds a time: a random name in a signed cookie, and nothing else about the person."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "visitor"
SALT = "bookings.visitor"
LIVES = 7 * 24 * 60 * 60


def visitor_of(request: HttpRequest) -> str:
    """The visitor's name, or empty when the browser has none or it was tampered with."""
    name: str = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=LIVES) or ""
    return name


def new_visitor() -> str:
    return secrets.token_urlsafe(16)


def remember(response: HttpResponse, visitor: str) -> HttpResponse:
    """Keep the name in the browser for a week."""
    response.set_signed_cookie(
        COOKIE, visitor, salt=SALT, max_age=LIVES, httponly=True, samesite="Lax", secure=settings.IS_HTTPS
    )
    return response
