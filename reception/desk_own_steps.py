"""The owner's pages about letters of the practice's own: when each goes, and a way to its words."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from aftercare import own_steps
from aftercare.models import OwnStep
from clinic.people import clock
from clinic.people.access import StaffRequest, owner_only
from reception.step_forms import OwnStepForm


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: StaffRequest, code: UUID | None = None) -> HttpResponse:
    """All of them, and a form for one."""
    step = get_object_or_404(OwnStep, code=code) if code else OwnStep()
    form = OwnStepForm(request.POST or None, instance=step)
    if form.is_valid():
        try:
            saved = own_steps.save(step=form.instance, by=request.user, now=clock.now())
        except own_steps.NotSo as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved. Now write what it says." if code is None else "Saved.")
            return redirect("desk-own-steps") if code else redirect("desk-wording", own_steps.kind_of(saved))
    steps = [(each, own_steps.kind_of(each)) for each in OwnStep.objects.select_related("service")]
    return render(request, "reception/desk_own_steps.html", {"form": form, "steps": steps, "code": code})


@owner_only
@require_POST
def remove(request: StaffRequest, code: UUID) -> HttpResponse:
    """Take one away."""
    step = get_object_or_404(OwnStep, code=code)
    own_steps.remove(step=step, by=request.user, now=clock.now())
    messages.success(request, f"“{step.name}” is gone. What was sent stays in the mailbox.")
    return redirect("desk-own-steps")
