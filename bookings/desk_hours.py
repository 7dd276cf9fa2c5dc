"""A practitioner's weekly hours: rows, what clients would see, and what to do about sessions outside them."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bookings import changes, keeping_hours, outside, preview
from bookings.deciding import settle
from bookings.hours_forms import BaseWeek, week_of, with_one_more
from bookings.keeping_hours import Decisions, Done
from bookings.models import Change
from bookings.roles import hours_of, whose_sessions
from clinic.people import clock
from clinic.people.access import StaffRequest, clinical, desk
from clinic.people.models import Practice, Practitioner


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def hours(request: StaffRequest, slug: str) -> HttpResponse:
    """The week as rows; "add a row" and "show" save nothing."""
    person = hours_of(request.user, slug)
    if request.method != "POST":
        return _page(request, person, week_of(person))
    if "add" in request.POST:
        return _page(request, person, with_one_more(request.POST), is_asking=True)
    week = week_of(person, request.POST)
    if not week.is_valid() or "preview" in request.POST:
        return _page(request, person, week)

    def act(decisions: Decisions, now: datetime) -> Done:
        rows = week.rows()
        return keeping_hours.save_week(practitioner=person, rows=rows, decisions=decisions, actor=request.user, now=now)

    return settle(request, act, back=reverse("desk-hours", args=[slug]), told="The hours are saved.")


@require_safe
@desk
def outside_hours(request: StaffRequest) -> HttpResponse:
    """Sessions to come that lie outside the hours or inside time off."""
    found = outside.outside_now(whose_sessions(request.user), clock.now())
    return render(request, "bookings/desk_outside.html", {"bookings": found})


def _page(request: StaffRequest, person: Practitioner, week: BaseWeek, *, is_asking: bool = False) -> HttpResponse:
    """`is_asking`: somebody only wants one more row, so nothing is counted yet."""
    is_good = not week.is_bound or week.is_valid()
    rows = week.rows() if week.is_bound and is_good else keeping_hours.stored(person)
    seen = None
    if is_good and not is_asking:
        seen = preview.next_week(person, rows, practice=Practice.objects.the(), now=clock.now())
    forms = [] if is_good else week.forms
    lately = changes.lately(person, [Change.Kind.HOURS], clock.now())
    context = {"person": person, "week": week, "seen": seen, "is_typed": week.is_bound, "forms": forms}
    context["changes"] = lately
    return render(request, "bookings/desk_hours.html", context)
