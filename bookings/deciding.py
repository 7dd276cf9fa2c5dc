"""The step between a change of hours and its saving: what becomes of the sessions that it leaves outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from bookings.keeping_hours import Decisions, Done, Undecided
from bookings.models import Change
from clinic.people import clock
from clinic.people.access import StaffRequest

PREFIX = "decide-"
Act = Callable[[Decisions, datetime], Done]


def settle(request: StaffRequest, act: Act, *, back: str, told: str, where: str = "in that time") -> HttpResponse:
    """Do it; or ask first, with everything that was typed carried along."""
    try:
        done = act(decisions(request.POST), clock.now())
    except Undecided as undecided:
        context = {"bookings": undecided.bookings, "posted": _typed(request.POST), "back": back, "where": where}
        return render(request, "bookings/desk_decide.html", {**context, "prefix": PREFIX}, status=409)
    told_of(request, told, done.change)
    return redirect("desk-outside" if done.to_move else back)


def told_of(request: StaffRequest, told: str, change: Change | None) -> None:
    """Say what was done, with the button that takes it back beside it."""
    address = reverse("desk-take-back", args=[change.code]) if change else ""
    messages.success(request, told, extra_tags=address)


def decisions(posted: QueryDict) -> dict[UUID, str]:
    """What was chosen for each session; anything else that is posted is not a decision."""
    found = {}
    for name, value in posted.items():
        if name.startswith(PREFIX):
            try:
                found[UUID(name.removeprefix(PREFIX))] = str(value)
            except ValueError:
                continue
    return found


def _typed(posted: QueryDict) -> list[tuple[str, str]]:
    keep = [name for name in posted if name != "csrfmiddlewaretoken" and not name.startswith(PREFIX)]
    return [(name, value) for name in keep for value in posted.getlist(name)]
