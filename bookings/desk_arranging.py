"""The owner's pages about the practice: rooms, services, practitioners, facts, policies, numbers to call in need."""

from __future__ import annotations

from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import arranging
from bookings.arranging_forms import PractitionerForm, RoomForm, ServiceForm
from bookings.door import Refused
from bookings.models import Room, Service
from bookings.practice_forms import HelpNumbersForm, PolicyForm, PracticeForm, stale
from bookings.roles import hours_of
from clinic.people import clock
from clinic.people.access import StaffRequest, clinical, owner_only
from clinic.people.models import Practice

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@owner_only
def services(request: StaffRequest) -> HttpResponse:
    """What can be booked, in the order that clients see."""
    found = Service.objects.prefetch_related("practitioners")
    context = {"active": found.filter(is_active=True), "retired": found.filter(is_active=False)}
    return render(request, "bookings/desk_services.html", context)


@BOTH
@owner_only
def service(request: StaffRequest, slug: str = "") -> HttpResponse:
    """Make a service, or change one."""
    now = clock.now()
    found = get_object_or_404(Service, slug=slug) if slug else Service()
    form = ServiceForm(request.POST or None, instance=found)
    if form.is_valid():
        offered_by = form.cleaned_data["offered_by"]
        arranging.save_service(service=form.instance, offered_by=offered_by, actor=request.user, now=now)
        messages.success(request, "Saved. What is booked already keeps its length.")
        return redirect("desk-services")
    count = arranging.booked_in(found, now) if slug else 0
    context = {"form": form, "service": found, "slug": slug, "count": count, "back": reverse("desk-services")}
    return render(request, "bookings/desk_service.html", context)


@require_POST
@owner_only
def service_change(request: StaffRequest, slug: str) -> HttpResponse:
    """Up, down, out of use, or back into it."""
    found, do, now = get_object_or_404(Service, slug=slug), request.POST.get("do"), clock.now()
    try:
        if do in {"up", "down"}:
            arranging.shift(service=found, by=-1 if do == "up" else 1, actor=request.user, now=now)
        elif do in {"retire", "restore"}:
            arranging.retire(row=found, is_active=do == "restore", actor=request.user, now=now)
            told = "back in use" if do == "restore" else "retired. You can take it back below"
            messages.success(request, f"{found.name} is {told}.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk-services")


@BOTH
@owner_only
def rooms(request: StaffRequest, slug: str = "") -> HttpResponse:
    """The rooms, and a form to make or rename one."""
    found = get_object_or_404(Room, slug=slug) if slug else Room()
    form = RoomForm(request.POST or None, instance=found)
    if form.is_valid():
        arranging.save_room(room=form.instance, actor=request.user, now=clock.now())
        messages.success(request, "Saved.")
        return redirect("desk-rooms")
    everyone = Room.objects.all()
    context = {"form": form, "slug": slug, "rooms": [each for each in everyone if each.slug != slug]}
    return render(request, "bookings/desk_rooms.html", context)


@require_POST
@owner_only
def room_change(request: StaffRequest, slug: str) -> HttpResponse:
    """Out of use, or back into it."""
    found, now = get_object_or_404(Room, slug=slug), clock.now()
    is_active = request.POST.get("do") == "restore"
    arranging.retire(row=found, is_active=is_active, actor=request.user, now=now)
    count = arranging.booked_in(found, now)
    stay = f" {count} sessions to come stay in it." if count and not is_active else ""
    messages.success(request, f"{found.name} is {'in use again' if is_active else 'out of use'}.{stay}")
    return redirect("desk-rooms")


@BOTH
@clinical
def practitioner(request: StaffRequest, slug: str) -> HttpResponse:
    """The basics of one practitioner: the owner's page, and her own."""
    person = hours_of(request.user, slug)
    form = PractitionerForm(request.POST or None, instance=person)
    if form.is_valid():
        offers = form.cleaned_data["offers"]
        arranging.save_practitioner(practitioner=form.instance, offers=offers, actor=request.user, now=clock.now())
        messages.success(request, "Saved.")
        return redirect("desk-practitioner", slug)
    return render(request, "bookings/desk_practitioner.html", {"form": form, "person": person, "slug": slug})


@BOTH
@owner_only
def practice(request: StaffRequest) -> HttpResponse:
    """Name, address, zone."""
    return _facts(request, PracticeForm(request.POST or None, instance=Practice.objects.the()), "The practice")


@BOTH
@owner_only
def policies(request: StaffRequest) -> HttpResponse:
    """Notice, window, cut-offs, quiet hours."""
    return _facts(request, PolicyForm(request.POST or None, instance=Practice.objects.the()), "Policies")


@BOTH
@owner_only
def help_numbers(request: StaffRequest) -> HttpResponse:
    """Numbers to call in need, each with the day when somebody last checked it."""
    the, now = Practice.objects.the(), clock.now()
    today = now.astimezone(the.zone).date()
    form = HelpNumbersForm(request.POST or None, country=the.country, today=today)
    if form.is_valid():
        arranging.save_help_numbers(country=the.country, numbers=form.numbers(), actor=request.user, now=now)
        messages.success(request, "Saved.")
        return redirect("desk-help-numbers")
    return render(request, "bookings/desk_help_numbers.html", {"form": form, "stale": stale(the.country, today)})


def _facts(request: StaffRequest, form: ModelForm[Practice], title: str) -> HttpResponse:
    if form.is_valid():
        arranging.save_practice(values=dict(form.cleaned_data), actor=request.user, now=clock.now())
        messages.success(request, "Saved.")
        return redirect(request.path)
    return render(request, "bookings/desk_practice.html", {"form": form, "heading": title})
