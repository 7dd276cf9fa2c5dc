"""The desk's pages about adverse events: write one, read and add to it, the list, and the owner's file of all."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftercare import access, adverse
from aftercare.adverse_forms import AddForm, AdverseEventForm
from bookings.models import Booking
from clinic.people import audit, clock
from clinic.people.access import StaffRequest, clinical, owner_only
from clinic.people.models import Client, Practice
from intake import alerts
from intake.models import Flag

BOM = "\ufeff"  # a spreadsheet then reads it as UTF-8


@clinical
@require_safe
def listed(request: StaffRequest) -> HttpResponse:
    """The notes by name and date; what they say is on their own pages."""
    page = Paginator(adverse.seen_by(request.user), 25).get_page(request.GET.get("page"))
    return render(request, "aftercare/desk_adverse_list.html", {"page": page, "zone": Practice.objects.the().zone})


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def after_alert(request: StaffRequest, code: UUID) -> HttpResponse:
    """A note that an alert gave cause for."""
    flag = alerts.find(request.user, code)
    booking = Booking.objects.filter(code=flag.response.request.about, client=flag.client).first()
    return _write(request, flag.client, booking, flag)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def after_session(request: StaffRequest, code: UUID) -> HttpResponse:
    """A note about one session."""
    session = access.find_for_desk(request.user, code)
    return _write(request, session.client, session.booking, None)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def event(request: StaffRequest, code: UUID) -> HttpResponse:
    """One note, and what was added to it; each reading is noted in the audit trail."""
    found, now = get_object_or_404(adverse.seen_by(request.user), code=code), clock.now()
    form = AddForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        adverse.add(event=found, text=form.cleaned_data["text"], by=request.user, now=now)
        messages.success(request, "Added below the note.")
        return redirect("desk-adverse-event", code)
    audit.record(actor=request.user, verb="viewed", about=found, client=found.client, fields=["note"], now=now)
    context = {"event": found, "note": adverse.read(found), "form": form, "zone": Practice.objects.the().zone}
    return render(request, "aftercare/desk_adverse_event.html", context)


@owner_only
@require_POST
def export(request: StaffRequest) -> HttpResponse:
    """All notes as a file, for the insurer or a register."""
    now, practice = clock.now(), Practice.objects.the()
    audit.record(actor=request.user, verb="exported", about=practice, client=None, fields=["adverse events"], now=now)
    lines = adverse.lines(adverse.seen_by(request.user))
    response = HttpResponse([BOM, *lines], content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="adverse-events.csv"'
    return response


def _write(request: StaffRequest, client: Client, booking: Booking | None, flag: Flag | None) -> HttpResponse:
    now, zone = clock.now(), Practice.objects.the().zone
    began = booking.starts_at.astimezone(zone).date() if booking and booking.starts_at <= now else None
    data, today = request.POST if request.method == "POST" else None, now.astimezone(zone).date()
    form = AdverseEventForm(data, session_on=began, today=today)
    if form.is_bound and form.is_valid():
        made = adverse.write(client=client, booking=booking, flag=flag, note=form.to_note(), by=request.user, now=now)
        messages.success(request, "The note is kept.")
        return redirect("desk-adverse-event", made.code)
    context = {"client": client, "booking": booking, "flag": flag, "form": form, "zone": zone}
    return render(request, "aftercare/desk_adverse_write.html", context)
