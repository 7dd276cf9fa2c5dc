"""The owner's page about when letters go."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bookings import arranging
from clinic.people import clock
from clinic.people.access import StaffRequest, owner_only
from clinic.people.models import Practice
from reception.step_forms import StepsForm


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def timing(request: StaffRequest) -> HttpResponse:
    """How long before and after a session each letter goes; what has left stays as it was."""
    practice = Practice.objects.the()
    form = StepsForm(request.POST or None, now=practice.steps)
    if form.is_valid():
        values: dict[str, object] = {"letter_steps": form.stored()}
        arranging.save_practice(values=values, actor=request.user, now=clock.now())
        messages.success(request, "Saved. Letters to come take their new times within a minute.")
        return redirect("desk-letter-steps")
    return render(request, "reception/desk_letter_steps.html", {"form": form})
