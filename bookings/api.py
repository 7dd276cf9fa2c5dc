"""The API for other programs: services, free starts, and booking with a key."""

from __future__ import annotations

import json
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Header, NinjaAPI, Query
from ninja.security import HttpBearer

from bookings import api_booking, api_errors, keys
from bookings.api_limits import Limit, address_of
from bookings.api_schema import (
    BookingIn,
    BookingOut,
    Day,
    FieldProblems,
    IdempotencyKey,
    Problem,
    ServiceOut,
    Slots,
    Slug,
    SlugOrNot,
    Taken,
)
from bookings.door import SlotTaken
from bookings.models import ApiKey
from bookings.remembering import remembered
from clinic.people import clock

reads = Limit("reads", settings.API_READS_PER_MINUTE, step=max(1, settings.API_READS_PER_MINUTE // 20))
writes = Limit("writes", settings.API_WRITES_PER_MINUTE)


FROM: Any = Query(None, alias="from")  # type: ignore[type-arg]
TO: Any = Query(None, alias="to")  # type: ignore[type-arg]


class Bearer(HttpBearer):
    """A key that was made at the desk or by `manage.py api_key`."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        writes.check(address_of(request))
        return keys.find(token)


api = NinjaAPI(
    title="Booking",
    version="1",
    description="Free times of the practice, and booking them. Every time carries its offset.",
    docs_url=None,
    urls_namespace="api-v1",
)
api_errors.install(api)


@api.get("/services", response={200: list[ServiceOut], 429: Problem, 503: Problem}, auth=None)
def services(request: HttpRequest) -> HttpResponse:
    """What can be booked online."""
    reads.check(address_of(request))
    return JsonResponse(api_booking.services(), safe=False)


@api.get("/slots", response={200: Slots, 400: Problem, 422: FieldProblems, 429: Problem, 503: Problem}, auth=None)
def slots(
    request: HttpRequest,
    service: Slug,
    practitioner: SlugOrNot = None,
    first: Day = FROM,
    last: Day = TO,
) -> HttpResponse:
    """Free starts, sorted; dates are inclusive and local to the practitioner."""
    reads.check(address_of(request))
    now, asked = clock.now(), (service, practitioner, first, last)
    found = remembered(asked, now=now, answer=lambda: json.dumps({"slots": api_booking.slots(*asked, now)}))
    return HttpResponse(found, content_type="application/json")


@api.post(
    "/bookings",
    response={
        201: BookingOut,
        400: Problem,
        401: Problem,
        409: Taken,
        413: Problem,
        422: FieldProblems,
        429: Problem,
        503: Problem,
    },
    auth=Bearer(),
)
def book(
    request: HttpRequest,
    wanted: BookingIn,
    idempotency_key: Annotated[IdempotencyKey, Header(alias="Idempotency-Key")],
) -> HttpResponse:
    """Book a start. The same request with the same Idempotency-Key is answered the same again, and books once."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    writes.check(f"key {key.code}")
    now, real_now = clock.now(), clock.real_now()
    try:
        booked = api_booking.book_once(
            key=key, idempotency_key=idempotency_key, wanted=wanted, now=now, real_now=real_now
        )
    except SlotTaken as taken:
        return api_errors.say(409, str(taken), next=api_booking.next_free(wanted, now))
    return JsonResponse(booked, status=201)
