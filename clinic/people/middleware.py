"""What happens around every page: a request id, headers that keep health pages private, a calm busy page."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from clinic.people.locks import Busy

GetResponse = Callable[[HttpRequest], HttpResponse]
PRIVATE = re.compile(r"^/(b|i|c|n|u|w|my|stop|feed|desk|book/details|book/done|book/course|accounts|demo)/")


def request_id(get_response: GetResponse) -> GetResponse:
    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["X-Request-ID"] = uuid4().hex
        return response

    return handle


def no_null_bytes(get_response: GetResponse) -> GetResponse:
    """No address of ours holds a null byte, and PostgreSQL would break on one."""

    def handle(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            if request.path.startswith("/api/"):  # a program is never sent a page
                return JsonResponse({"detail": "No address holds a null byte."}, status=400)
            return render(request, "400.html", status=400)
        return get_response(request)

    return handle


def privacy_headers(get_response: GetResponse) -> GetResponse:
    """Pages about a person are never stored and never indexed.

    Their address is never named to another site either: settings say `same-origin`. The stricter `no-referrer`
    makes browsers send `Origin: null` with every form, which the CSRF check must refuse.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), browsing-topics=()"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if PRIVATE.match(request.path):
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex"
        return response

    return handle


def busy_page(get_response: GetResponse) -> GetResponse:
    """A calendar or database that is locked or away is 503 with a page that says what to do, never 500."""

    def handle(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Busy | OperationalError | InterfaceError):
            return None
        try:
            response = render(request, "503.html", status=503)
        except (OperationalError, InterfaceError):  # the page names the practice, and the database is away
            response = HttpResponse(render_to_string("503_alone.html"), status=503)
        response["Retry-After"] = "5"
        return response

    handle.process_exception = process_exception  # type: ignore[attr-defined]
    return handle
