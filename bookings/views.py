"""The client's way to a booking: service, times, details, booked."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import access, calendar_files, ics, letters, offering, rights, services
from bookings.calendar import Ignoring
from bookings.door import Refused, SlotTaken
from bookings.forms import DetailsForm, StartForm, day_from
from bookings.holding import extend, hold
from bookings.models import Booking, Service
from bookings.times import first_days
from bookings.visitors import network_of, new_visitor, remember, visitor_of
from clinic.people import clock
from clinic.people.context import practice_of
from clinic.people.models import Practice, Practitioner
from clinic.people.receipts import lead_once


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """The services; where there is one, its times."""
    offered = list(access.services_online())
    if len(offered) == 1:
        return redirect(f"{reverse('booking-times')}?service={offered[0].slug}")
    return render(request, "bookings/new.html", {"services": offered})


@require_http_methods(["GET", "HEAD", "POST"])
def times(request: HttpRequest) -> HttpResponse:
    """Free times as a list of days; pressing one holds it and goes on to the details."""
    service = access.service_online(request.GET.get("service", ""))
    if service is None:
        return redirect("booking-new")
    people = access.practitioners_of(service)
    chosen = next((each for each in people if each.slug == request.GET.get("practitioner")), None)
    chosen = people[0] if len(people) == 1 else chosen
    context: dict[str, Any] = {"service": service, "people": people, "chosen": chosen}
    if request.method == "POST":
        return _press(request, service, chosen, context)
    return _times_page(request, service, chosen, context)


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, code: UUID) -> HttpResponse:
    """Who is coming; the time stays held while they type, and what was typed survives a lost time."""
    held, now, practice = access.of_visitor(code, visitor_of(request)), clock.now(), practice_of(request)
    if held.client_id:
        return lead_once(request, lambda: _done_address(held))
    data = request.POST if request.method == "POST" else None
    if data is not None and "more" in data:
        return _more_time(request, held, now, practice)
    standing = offering.standing(held, now=now, practice=practice)
    form = DetailsForm(data, country=practice.country, instead=standing.instead)
    if form.is_bound and form.is_valid():
        try:
            typed = form.cleaned_data
            return lead_once(request, lambda: _done_address(services.book_held(held=held, now=now, **typed)))
        except SlotTaken as taken:
            standing = offering.standing(held, now=now, practice=practice, is_refused=True)
            form = DetailsForm(data, country=practice.country, instead=standing.instead)
            form.add_error(None, f"{taken} Choose another: what you typed is still here.")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "bookings/details.html", {"held": held, "form": form, "standing": standing})


@require_safe
def done(request: HttpRequest, code: UUID) -> HttpResponse:
    """Booked: what, where, and what happens next. Only in the browser that booked."""
    booking = access.of_visitor(code, visitor_of(request))
    if booking.client is None:
        return redirect("booking-details", code)
    now, practice = clock.now(), practice_of(request)
    context = {
        "booking": booking,
        "zone": booking.tz,
        "reminders": letters.reminders_to_come(booking),
        "changes_until": rights.changes_until(booking, practice, now),
        "web_calendars": calendar_files.web_links(booking),
    }
    return render(request, "bookings/done.html", context)


@require_safe
def done_file(request: HttpRequest, code: UUID) -> HttpResponse:
    """The calendar file for the browser that booked."""
    return calendar_file(
        ics.publish(calendar_files.entry(access.of_visitor(code, visitor_of(request))), now=clock.now())
    )


@require_POST
def go_on(request: HttpRequest, code: UUID) -> HttpResponse:
    """From "booked" to the questions or to the booking itself; a press, since it makes a secret address."""
    booking, now = access.of_visitor(code, visitor_of(request)), clock.now()
    if booking.client is None:
        return redirect("booking-details", code)
    if not access.is_own(booking):
        messages.info(request, "We have sent your links by email, so that nobody else can open your pages.")
        return redirect("booking-done", code)
    if request.POST.get("to") == "questions":
        return redirect(access.link_to_questions(booking, now=now))
    return redirect("booking-manage", access.mint_link(booking, now=now))


def _done_address(booking: Booking) -> str:
    return reverse("booking-done", args=[booking.code])


def calendar_file(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def _more_time(request: HttpRequest, held: Booking, now: datetime, practice: Practice) -> HttpResponse:
    """Hold the time a little longer, and show the page again with everything typed so far."""
    with suppress(Refused):  # the page says how the time stands
        held = extend(held=held, now=now)
    standing = offering.standing(held, now=now, practice=practice)
    form = DetailsForm(country=practice.country, instead=standing.instead, typed=request.POST)
    return render(request, "bookings/details.html", {"held": held, "form": form, "standing": standing})


def _press(
    request: HttpRequest, service: Service, chosen: Practitioner | None, context: dict[str, Any]
) -> HttpResponse:
    form, now = StartForm(request.POST), clock.now()
    if not form.is_valid():
        return _times_page(request, service, chosen, {**context, "problem": "Choose one of the times on the page."})
    visitor, start = visitor_of(request) or new_visitor(request), form.cleaned_data["start"]
    try:
        place = {"service": service, "practitioner": chosen, "start": start}
        held = hold(**place, visitor=visitor, network=network_of(request), now=now)
    except Refused as refusal:
        near = offering.near(service, chosen, start, now=now, practice=practice_of(request))
        return _times_page(request, service, chosen, {**context, "problem": str(refusal), "near": near})
    return remember(redirect("booking-details", held.code), visitor)


def _times_page(
    request: HttpRequest, service: Service, chosen: Practitioner | None, context: dict[str, Any]
) -> HttpResponse:
    practice, now, since = practice_of(request), clock.now(), day_from(request.GET.get("from", ""))
    ignoring = Ignoring(visitor=visitor_of(request))
    found = offering.free_times(service, chosen, since=since, now=now, practice=practice, ignoring=ignoring)
    asked = {"service": service.slug, **({"practitioner": chosen.slug} if chosen else {})}
    several = {"several": "1"} if "several" in request.GET else {}
    context |= {
        "query": urlencode({**asked, **several}) + "&",
        "asked": list(asked.items()),
        "several": bool(several),
        "times": found,
        "since": since,
        "first_days": first_days(now.astimezone(practice.zone).date()),
    }
    return render(request, "bookings/times.html", context, status=409 if "problem" in context else 200)
