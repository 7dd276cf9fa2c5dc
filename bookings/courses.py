"""The pages on which a client books several sessions in one go."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bookings import access, course_letters, ics
from bookings.calendar_files import entry
from bookings.course_booking import Wanted, book_course, dates, whom
from bookings.course_forms import FEWEST, MOST, WEEKS, CourseForm, PatternForm
from bookings.door import Refused
from bookings.models import Service
from bookings.series import Planned
from bookings.views import calendar_file
from bookings.visitors import new_visitor, remember, visitor_of
from bookings.zones import moment
from clinic.people import clock
from clinic.people.models import Practice
from clinic.people.receipts import once_per_form


@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def several(request: HttpRequest) -> HttpResponse:
    """What would become of each date, what could be had instead, and who is coming."""
    service = access.services_online().filter(slug=request.GET.get("service", "")).first()
    pattern = PatternForm(request.GET)
    if service is None or not pattern.is_valid():
        return redirect(_picker(service))
    wanted = _wanted(request, service, **pattern.cleaned_data)
    if wanted is None:
        return redirect(_picker(service))
    return _several(request, wanted)


@require_safe
def done(request: HttpRequest, code: UUID) -> HttpResponse:
    """Booked: all dates. Only in the browser that booked."""
    course = access.course_of_visitor(code, visitor_of(request))
    bookings = course_letters.sessions(course.code)
    return render(request, "bookings/course_done.html", {"course": course, "bookings": bookings})


@require_safe
def file(request: HttpRequest, code: UUID) -> HttpResponse:
    """One calendar file with all of them."""
    bookings = course_letters.sessions(access.course_of_visitor(code, visitor_of(request)).code)
    if not bookings:
        raise Http404
    return calendar_file(ics.publish_all([entry(each) for each in bookings], now=clock.now()))


def _several(request: HttpRequest, wanted: Wanted) -> HttpResponse:
    now, practice, visitor = clock.now(), Practice.objects.the(), visitor_of(request) or new_visitor(request)
    found = dates(wanted, visitor=visitor, now=now, practice=practice)
    data = request.POST if request.method == "POST" else None
    known = _known(request) if data is None else None
    form = CourseForm(data, dates=found, zone=wanted.practitioner.zone, country=practice.country, initial=known)
    if form.is_bound and form.is_valid():
        details = {name: form.cleaned_data[name] for name in ("starts", "name", "email", "phone")}
        try:
            course = book_course(wanted=wanted, visitor=visitor, now=now, **details)
        except Refused as refusal:
            found = dates(wanted, visitor=visitor, now=clock.now(), practice=practice)
            form = CourseForm(data, dates=found, zone=wanted.practitioner.zone, country=practice.country)
            form.add_error(None, f"{refusal} Nothing is booked yet, and what you typed is still here.")
        else:
            return remember(redirect("booking-course-done", course.code), visitor)
    context = {**_context(wanted, found, practice), "form": form, "query": request.GET}
    return render(request, "bookings/several.html", context, status=409 if form.non_field_errors() else 200)


def _wanted(request: HttpRequest, service: Service, *, start: datetime, weeks: int, times: int) -> Wanted | None:
    """The course as the address asks for it; with anyone, with whoever would get its first session."""
    now, practice = clock.now(), Practice.objects.the()
    if not now <= start or (start - now).days > practice.window_days + 1:
        return None
    people = {each.slug: each for each in access.practitioners_of(service)}
    who = people.get(request.GET.get("practitioner", ""))
    who = who or whom(service, start, visitor=visitor_of(request), now=now, practice=practice)
    who = who or next(iter(people.values()), None)
    if who is None:
        return None
    return Wanted(service, who, start, weeks, times, is_after="after" in request.GET)


def _known(request: HttpRequest) -> dict[str, str]:
    """Who booked the session that this course follows, if this is the browser that did."""
    try:
        booking = access.of_visitor(UUID(request.GET.get("after", "")), visitor_of(request))
    except (ValueError, Http404):
        return {}
    client = booking.client
    return {"name": client.name, "email": client.email, "phone": client.phone} if client else {}


def _context(wanted: Wanted, found: list[Planned], practice: Practice) -> dict[str, Any]:
    return {
        "wanted": wanted,
        "zone": wanted.practitioner.zone,
        "dates": [(moment(each.start), each.fate) for each in found],
        "free": sum(each.fate == "free" for each in found),
        "weeks": WEEKS,
        "numbers": range(FEWEST, MOST + 1),
    }


def _picker(service: Service | None) -> str:
    if service is None:
        return reverse("booking-new")
    return f"{reverse('booking-times')}?{urlencode({'service': service.slug, 'several': 1})}"
