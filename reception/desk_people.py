"""The owner's pages about those who work here: who comes, who leaves, who may sign in."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import leaving
from bookings.deciding import settle
from bookings.door import Refused
from bookings.keeping_hours import Decisions, Done
from clinic.people import clock
from clinic.people.access import StaffRequest, owner_only
from clinic.people.models import Practitioner, User
from reception import staffing
from reception.people_forms import FrontDeskForm, NewPractitionerForm

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@owner_only
def people(request: StaffRequest) -> HttpResponse:
    """Everybody who treats or signs in, and who did."""
    everyone = Practitioner.objects.select_related("user")
    others = User.objects.filter(practitioner=None).order_by("-is_active", "name")
    context = {
        "here": [each for each in everyone if each.is_active],
        "gone": [each for each in everyone if not each.is_active],
        "others": others,
    }
    return render(request, "reception/desk_people.html", context)


@BOTH
@owner_only
def add_practitioner(request: StaffRequest) -> HttpResponse:
    """Somebody new who treats."""
    form = NewPractitionerForm(request.POST or None)
    if form.is_valid():
        try:
            made = staffing.add_practitioner(**form.cleaned_data, actor=request.user, now=clock.now())
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"{made.name} is added. Now say when {made.name} works.")
            return redirect("desk-hours", made.slug)
    return render(request, "reception/desk_person_add.html", {"form": form, "heading": "Add a practitioner"})


@BOTH
@owner_only
def add_front_desk(request: StaffRequest) -> HttpResponse:
    """Somebody new at the front desk."""
    form = FrontDeskForm(request.POST or None)
    if form.is_valid():
        try:
            staffing.add_front_desk(**form.cleaned_data, actor=request.user, now=clock.now())
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"{form.cleaned_data['name']} can sign in now. We have sent an email.")
            return redirect("desk-people")
    context = {"form": form, "heading": "Add somebody at the front desk"}
    return render(request, "reception/desk_person_add.html", context)


@require_POST
@owner_only
def sign_in(request: StaffRequest, number: int) -> HttpResponse:
    """Close a sign-in, open it again, or say once more how it works."""
    user, do, now = get_object_or_404(User, pk=number), request.POST.get("do"), clock.now()
    try:
        if do == "invite" and user.is_active:
            staffing.invite(user=user, actor=request.user, now=now)
            messages.success(request, f"We have written to {user.name}.")
        elif do in {"close", "open"}:
            staffing.may_sign_in(user=user, is_active=do == "open", actor=request.user, now=now)
            told = "can sign in again" if do == "open" else "can no longer sign in. You can open it again"
            messages.success(request, f"{user.name} {told}.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk-people")


@BOTH
@owner_only
def leave(request: StaffRequest, slug: str) -> HttpResponse:
    """What goes with somebody who leaves; then what becomes of each session that is booked."""
    person = get_object_or_404(Practitioner, slug=slug, is_active=True)
    if request.method != "POST":
        context = {"person": person, "goes": leaving.what_goes(person, clock.now())}
        return render(request, "reception/desk_person_leave.html", context)

    def act(decisions: Decisions, now: datetime) -> Done:
        return leaving.leave(practitioner=person, decisions=decisions, actor=request.user, now=now)

    told = f"{person.name} has left. You can undo it here."
    return settle(request, act, back=reverse("desk-people"), told=told, where=f"with {person.name}")


@require_POST
@owner_only
def come_back(request: StaffRequest, slug: str) -> HttpResponse:
    """She is here after all."""
    person = get_object_or_404(Practitioner, slug=slug, is_active=False)
    leaving.come_back(practitioner=person, actor=request.user, now=clock.now())
    messages.success(request, f"{person.name} is back. Clients can book again, within the hours.")
    return redirect("desk-people")
