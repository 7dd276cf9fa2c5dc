"""What goes wrong, said in JSON: a program must never be sent a page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from bookings.api_booking import BadFields
from bookings.door import Refused
from clinic.people.locks import Busy
from clinic.people.receipts import OtherData

logger = logging.getLogger(__name__)
WAIT = 5  # seconds, when the calendar is busy
NOT_FOUND, NOT_ALLOWED, TOO_LARGE = "There is nothing at this address.", "This method is not known here.", "Too much."
PLACES = 2  # where a field stands: ("query", name) or ("body", argument, name, …)
View = Callable[..., HttpResponse]


def say(status: int, detail: str, **more: Any) -> JsonResponse:
    return JsonResponse({"detail": detail, **more}, status=status)


def name_fields(fields: dict[str, str]) -> JsonResponse:
    return say(422, "Something in the request is not right.", fields=fields)


def install(api: NinjaAPI) -> None:
    """Answer every error of the API in its own words."""
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        ValidationError: _validation,
        BadFields: lambda request, error: name_fields(error.fields),
        OtherData: _other_data,
        Refused: lambda request, error: say(409, str(error), next=[]),
        AuthenticationError: _unauthorized,
        Throttled: _throttled,
        HttpError: lambda request, error: say(error.status_code, str(error)),
        Busy: _busy,
        OperationalError: _busy,
        Exception: _unexpected,
    }
    for kind, answer in handlers.items():
        api.add_exception_handler(kind, answer)


def always_json(view: View) -> View:
    """A view of the API whose refusals before any operation runs are JSON too."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return say(404, NOT_FOUND)
        except SuspiciousOperation:
            return say(413, TOO_LARGE)
        if response.status_code != 405:
            return response
        refusal = say(405, NOT_ALLOWED)
        refusal["Allow"] = response["Allow"]
        return refusal

    return run


def nothing_here(request: HttpRequest, **rest: Any) -> HttpResponse:
    return say(404, NOT_FOUND)


def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields: dict[str, str] = {}
    for each in error.errors:
        place = [str(part) for part in each["loc"]]
        name = ".".join(place[PLACES:] or place[-1:]) if place[0] == "body" else place[-1]
        fields.setdefault(name, each["msg"])
    return name_fields(fields)


def _other_data(request: HttpRequest, error: OtherData) -> HttpResponse:
    return name_fields({"Idempotency-Key": "This key was used before, with other data."})


def _unauthorized(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = say(401, "Send a key: Authorization: Bearer …")
    response["WWW-Authenticate"] = "Bearer"
    return response


def _throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    response = say(429, "Too many requests. Wait a little and try again.")
    response["Retry-After"] = str(error.wait or 1)
    return response


def _busy(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.warning("The API had to refuse at %s: %s", request.path, error)
    response = say(503, "The calendar is busy just now. Try again with the same Idempotency-Key.")
    response["Retry-After"] = str(WAIT)
    return response


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, SuspiciousOperation):
        return say(413, TOO_LARGE)
    logger.error("The API failed at %s.", request.path, exc_info=error)
    return say(500, "Something went wrong here. Nothing was changed.")
