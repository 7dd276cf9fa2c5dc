"""Why a time cannot be booked: every rule that forbids it, practitioner by practitioner."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bookings import calendar
from bookings.appointing_forms import BySlug, at, date_field, time_field
from bookings.models import Service
from bookings.roles import practitioners
from bookings.zones import minute
from clinic.people import clock
from clinic.people.access import StaffRequest, desk
from clinic.people.models import Practice, Practitioner
from clinic.people.refusing import InOurWords

HIDDEN = "Clients cannot book this session themselves: it is not offered online."


class WhyForm(InOurWords, forms.Form):
    """A session, perhaps a practitioner, and a moment."""

    use_required_attribute = False

    service = BySlug(Service.objects.active(), empty_label=None, label="Session")
    practitioner = BySlug(practitioners(), empty_label="Anyone", required=False, label="With (optional)")
    on = date_field("Date")
    at = time_field("Time")


@require_safe
@desk
def why(request: StaffRequest) -> HttpResponse:
    """Nothing is asked before a time is given; then each practitioner with her reasons, or "free"."""
    form = WhyForm(request.GET) if "at" in request.GET else WhyForm(initial=_given(request))
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        context |= _answer(form.cleaned_data, clock.now(), Practice.objects.the())
    return render(request, "bookings/desk_why.html", context)


def _given(request: StaffRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in ("service", "practitioner", "on")}


def _answer(asked: dict[str, Any], now: datetime, practice: Practice) -> dict[str, Any]:
    service: Service = asked["service"]
    chosen: Practitioner | None = asked["practitioner"]
    zone = chosen.zone if chosen else practice.zone
    start = at(asked["on"], asked["at"], zone)
    diary = calendar.load_round(start=start, practitioner=chosen, service=service, now=now, practice=practice)
    reasons = diary.explain(minute(start))
    answers = [
        (who.name, [each.words for each in reasons if each.practitioner == slug])
        for slug, who in diary.practitioners.items()
    ]
    return {
        "start": start,
        "zone": zone,
        "answers": answers,
        "is_free": any(not words for _, words in answers),
        "hidden": "" if service.is_online else HIDDEN,
        "skipped": _skipped(asked["on"], asked["at"], start, zone),
        "service": service,
        "chosen": chosen,
    }


def _skipped(day: date, wall: Any, start: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks skip this time, so that another one was meant."""
    return start.astimezone(zone).replace(tzinfo=None) != datetime.combine(day, wall)
