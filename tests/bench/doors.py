"""A door for gunicorn with bare views beside the product's own, behind the same middlewares; only for measuring."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from unittest.mock import patch

from clinic.wsgi import application  # first: it sets Django up

from django.http import HttpRequest, HttpResponse, JsonResponse  # isort: skip
from django.template import engines  # isort: skip
from django.urls import clear_url_caches, path, resolve  # isort: skip

from django.db import transaction  # isort: skip
from django.views.decorators.csrf import csrf_exempt  # isort: skip

from bookings import remembering  # isort: skip
from bookings.models import Booking, Service  # isort: skip
from bookings.zones import moment  # isort: skip
from clinic import urls  # isort: skip
from clinic.people.locks import lock_practice  # isort: skip
from clinic.people.models import Client, Practitioner  # isort: skip
from tests.bench import limit, workloads  # isort: skip
from tests.bench.slots import known_to_the_limit  # isort: skip

__all__ = ["application"]
PAGE = "<!doctype html><title>T</title>{% for n in rows %}<button name=start value={{ n }}>{{ n }}</button>{% endfor %}"
page = engines["django"].from_string(PAGE)
endpoint = resolve("/api/v1/slots").func
known: dict[str, limit.Known] = {}
people: dict[str, Practitioner] = {}
facts: dict[str, Any] = {}


def bare(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"slots": []})


def not_remembered(request: HttpRequest) -> HttpResponse:
    """The endpoint as it answers when something was written since."""
    with patch.dict(remembering._kept, clear=True):
        found: HttpResponse = endpoint(request)
    return found


def free_starts(request: HttpRequest) -> HttpResponse:
    """The limit's free starts, as the API prints them."""
    name = request.GET["case"]
    if name not in known:
        known[name] = known_to_the_limit(workloads.BY_NAME[name])
    found = limit.free_starts(known[name])
    rows = [{"starts_at": f"{moment(at):%Y-%m-%dT%H:%M:%SZ}", "practitioners": who} for at, who in found.items()]
    return JsonResponse({"slots": rows})


def template(request: HttpRequest) -> HttpResponse:
    """A page of about as many bytes as the page of times."""
    return HttpResponse(page.render({"rows": range(10_000, 10_000 + int(request.GET["rows"]))}, request))


@csrf_exempt
def a_row(request: HttpRequest) -> HttpResponse:
    """The least of a booking over HTTP: one row under the practice's lock, and nothing that follows from it."""
    said = json.loads(request.body)
    start = datetime.fromisoformat(said["starts_at"])
    if not people:
        facts.update(service=Service.objects.get(slug=said["service"]), client=Client.objects.all()[0])
        people.update({each.slug: each for each in Practitioner.objects.all()})  # last: other threads look for it
    row = Booking(practitioner=people[said["practitioner"]], zone="UTC", status="booked", booked_at=start, **facts)
    row.set_start(start, facts["service"])
    with transaction.atomic():
        lock_practice()
        row.save()
    return JsonResponse({"code": str(row.code)}, status=201)


ours: list[Any] = [path("bench/bare", bare), path("bench/limit", free_starts), path("bench/template", template)]
ours += [path("bench/row", a_row), path("bench/slots", not_remembered)]
urls.urlpatterns[:0] = ours
clear_url_caches()
