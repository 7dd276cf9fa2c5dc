"""The client's pages behind the link in her letters: look, move, cancel, undo, calendar file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import access, ics, offering, rights, services
from bookings.calendar import Ignoring
from bookings.calendar_files import entry, web_links
from bookings.door import Refused
from bookings.forms import CancelForm, StartForm, day_from
from bookings.models import Booking
from bookings.times import first_days
from bookings.views import calendar_file
from clinic.people import clock
from clinic.people.models import Practice
from clinic.people.receipts import once_per_form
from intake.access import form_state, waiting_for


@require_safe
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """The facts, and what may still be done."""
    now = clock.now()
    return render(request, "bookings/manage.html", _facts(access.by_link(token, now=now), token, now))


@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """One page: what happens, an optional reason, keep it or cancel it."""
    now = clock.now()
    booking = access.by_link(token, now=now)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.cancel(booking=booking, by=Booking.By.CLIENT, reason=form.cleaned_data["reason"], now=now)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("booking-manage", token)
    return render(request, "bookings/cancel.html", {**_facts(booking, token, now), "form": form})


@require_POST
@once_per_form
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Take a cancellation back."""
    now = clock.now()
    try:
        services.undo_cancel(booking=access.by_link(token, now=now), now=now)
        messages.success(request, "Your session is on again.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("booking-manage", token)


@require_safe
def move(request: HttpRequest, token: str) -> HttpResponse:
    """The same picker, with the old time on top; pressing a time asks once more."""
    now = clock.now()
    booking = access.by_link(token, now=now)
    if not rights.may_move(booking, Practice.objects.the(), now):
        return redirect("booking-manage", token)  # it says what to do instead
    return _times_page(request, booking, token, now)


@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def move_to(request: HttpRequest, token: str) -> HttpResponse:
    """Old time and new time, and yes or no."""
    now = clock.now()
    booking = access.by_link(token, now=now)
    if not rights.may_move(booking, Practice.objects.the(), now):
        return redirect("booking-manage", token)
    form = StartForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return _times_page(request, booking, token, now, problem="Choose one of the times on the page.")
    if request.method != "POST":
        context = {**_facts(booking, token, now), "start": form.cleaned_data["start"]}
        return render(request, "bookings/move_to.html", context)
    return _move(request, booking, token, form.cleaned_data["start"], now)


@require_POST
@once_per_form
def undo_move(request: HttpRequest, token: str) -> HttpResponse:
    """Back to the time before."""
    now = clock.now()
    try:
        booking = services.undo_move(booking=access.by_link(token, now=now), now=now)
        when = date_format(booking.starts_at.astimezone(booking.tz), r"l j F \a\t G:i")
        messages.success(request, f"Your session is on {when}. We have sent you an email.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("booking-manage", token)


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar file."""
    now = clock.now()
    return calendar_file(ics.publish(entry(access.by_link(token, now=now)), now=now))


@require_POST
def questions(request: HttpRequest, token: str) -> HttpResponse:
    """To the questions; a press, since it makes a secret address."""
    now = clock.now()
    address = access.link_to_questions(access.by_link(token, now=now), now=now)
    if address and "choices" in request.POST:
        address += "choices/"
    return redirect(address or "booking-manage", *([] if address else [token]))


def _facts(booking: Booking, token: str, now: datetime) -> dict[str, Any]:
    practice = Practice.objects.the()
    return {
        "booking": booking,
        "token": token,
        "zone": booking.tz,
        "is_past": booking.starts_at <= now,
        "may_cancel": rights.may_cancel(booking, practice, now),
        "may_move": rights.may_move(booking, practice, now),
        "may_undo_move": rights.may_undo_move(booking, practice, now),
        "web_calendars": web_links(booking),
        "may_undo": rights.may_undo_cancel(booking, practice, now),
        "form_state": form_state([booking.code])[booking.code],
        "is_waiting": bool(booking.client_id and waiting_for([booking.client_id])),
    }


def _move(request: HttpRequest, booking: Booking, token: str, start: datetime, now: datetime) -> HttpResponse:
    if start == booking.starts_at:
        return _times_page(request, booking, token, now, problem="This is the time that you have now.")
    try:
        services.move(booking=booking, start=start, by=Booking.By.CLIENT, now=now)
    except Refused as refusal:
        facts = {"now": now, "practice": Practice.objects.the(), "ignoring": Ignoring(booking=booking.code)}
        near = offering.near(booking.service, booking.practitioner, start, **facts)
        return _times_page(request, booking, token, now, problem=str(refusal), near=near)
    messages.success(request, "Your session has moved. We are sending you the new time.")
    return redirect("booking-manage", token)


def _times_page(request: HttpRequest, booking: Booking, token: str, now: datetime, **refused: Any) -> HttpResponse:
    """The free times; `refused`: the problem with a time that was pressed, and the times near it."""
    practice, since = Practice.objects.the(), day_from(request.GET.get("from", ""))
    found = offering.free_times(
        booking.service,
        booking.practitioner,
        since=since,
        now=now,
        practice=practice,
        ignoring=Ignoring(booking=booking.code),
        but=booking.starts_at,
    )
    context = {
        **_facts(booking, token, now),
        "times": found,
        "since": since,
        "first_days": first_days(now.astimezone(practice.zone).date()),
        **refused,
    }
    return render(request, "bookings/move.html", context, status=409 if refused else 200)
