"""How scores changed over the courses of the practice's clients."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.people.access import StaffRequest, clinical
from clinic.people.models import Client
from intake.outcomes import FEWEST, outcomes


@clinical
@require_safe
def shown(request: StaffRequest) -> HttpResponse:
    """Counts and means over the clients that this user may see; nobody can be picked out."""
    found = outcomes(Client.objects.visible_to(request.user))
    return render(request, "reception/desk_outcomes.html", {"outcomes": found, "fewest": FEWEST})
