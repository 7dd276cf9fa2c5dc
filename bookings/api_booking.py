"""What the API does: free starts in a span of days, and a booking made in one request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.http import QueryDict

from bookings import access, calendar
from bookings.api_schema import BookingIn
from bookings.calendar import Diary
from bookings.forms import DetailsForm
from bookings.models import ApiKey, Booking, Service
from bookings.services import book_at_once
from bookings.visitors import new_visitor
from bookings.zones import minute, text
from clinic.people import receipts
from clinic.people.models import Practice, Practitioner

NEXT = 5  # free starts that are named when a time is taken
SEARCHED = timedelta(days=30)  # as far from it
Row = dict[str, Any]


class BadFields(Exception):
    """Something in the request is not right: the fields, and what to do about each."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = dict(fields)


def services() -> list[Row]:
    """What may be booked online."""
    return [
        {
            "slug": each.slug,
            "name": each.name,
            "description": each.description,
            "minutes": each.minutes,
            "price": each.price,
            "practitioners": [person.slug for person in each.practitioners.all() if person.is_active],
        }
        for each in access.services_online().prefetch_related("practitioners")
    ]


def find(service: str, practitioner: str | None) -> tuple[Service, Practitioner | None]:
    """The service that may be booked online, and who is wanted; raises BadFields."""
    both = access.offered_online(service, practitioner) if practitioner else None
    if both is not None:
        return both
    found = access.service_online(service)
    if found is None:
        raise BadFields({"service": "There is no such service to book online."})
    if practitioner is None:
        return found, None
    raise BadFields({"practitioner": "There is no such practitioner for this service."})


def slots(service: str, practitioner: str | None, first: date | None, last: date | None, now: datetime) -> list[Row]:
    """Free starts on these local dates, inclusive; beyond the days that can be booked there are none."""
    if first and last and last < first:
        raise BadFields({"to": "This is before `from`."})
    wanted, person = find(service, practitioner)
    practice = Practice.objects.the() if person else access.policy_with(wanted)
    today = now.astimezone(practice.zone).date()
    # Practitioners may live in other zones than the practice: a day either side covers them all.
    begin, end = today - timedelta(days=1), today + timedelta(days=practice.window_days + 1)
    first, last = max(first or begin, begin), min(last or end, end)
    if last < first:
        return []
    facts: dict[str, Any] = {"first": first, "last": last, "now": now, "practice": practice}
    return _as_rows(calendar.load(service=wanted, practitioner=person, **facts).free_starts())


def book_once(*, key: ApiKey, idempotency_key: str, wanted: BookingIn, now: datetime, real_now: datetime) -> Row:
    """Book; the same request with the same key again is answered with the same words and changes nothing."""
    answer = receipts.once(
        sender=f"api key {key.code}",
        key=idempotency_key,
        said=wanted.model_dump_json(),
        act=lambda: _book(wanted, now),
        now=real_now,
    )
    return answer or {}


def next_free(wanted: BookingIn, now: datetime) -> list[Row]:
    """The first free starts from the wanted time on, or the last before it where none follow."""
    service, person = find(wanted.service, wanted.practitioner)
    diary = _diary(service, person, max(wanted.starts_at, now), now)
    starts = diary.free_starts()
    later = [start for start in starts if start >= minute(wanted.starts_at)]
    chosen = list(islice(later, NEXT)) or list(starts)[-NEXT:]
    return _as_rows({start: starts[start] for start in chosen})


def _book(wanted: BookingIn, now: datetime) -> Row:
    service, person = find(wanted.service, wanted.practitioner)
    details = _details(wanted)
    return _answer(
        book_at_once(
            service=service,
            practitioner=person,
            start=wanted.starts_at,
            visitor=new_visitor(),
            reasons=(),
            now=now,
            **details,
        )
    )


def _details(wanted: BookingIn) -> dict[str, str]:
    """The client, held to the same rules as on the page."""
    typed = wanted.client.model_dump()
    country = Practice.objects.the().country if wanted.client.phone else ""  # only numbers are read by it
    form = DetailsForm(_as_posted(typed), country=country)
    if not form.is_valid():
        raise BadFields({f"client.{name}": str(errors[0]) for name, errors in form.errors.items()})
    return {name: form.cleaned_data[name] for name in typed}


def _as_posted(typed: Mapping[str, str]) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(typed)
    return data


def _answer(booking: Booking) -> Row:
    return {
        "code": str(booking.code),
        "status": booking.status,
        "service": booking.service.slug,
        "practitioner": booking.practitioner.slug,
        "starts_at": text(minute(booking.starts_at)),
        "ends_at": text(minute(booking.ends_at)),
        "local_time": booking.starts_at.astimezone(booking.tz).isoformat(),
    }


def _diary(service: Service, person: Practitioner | None, start: datetime, now: datetime) -> Diary:
    day = start.date()
    return calendar.load(
        service=service,
        practitioner=person,
        first=day - timedelta(days=1),
        last=day + SEARCHED,
        now=now,
        practice=Practice.objects.the(),
    )


def _as_rows(starts: Mapping[int, list[str]]) -> list[Row]:
    return [{"starts_at": text(start), "practitioners": names} for start, names in starts.items()]
