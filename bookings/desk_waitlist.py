"""The desk's list of those who wait for a time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from bookings import access, waitlist
from bookings.door import Refused
from bookings.models import Offer
from bookings.waiting import wish_words
from clinic.people import clock
from clinic.people.access import StaffRequest, desk

SHOWN = timedelta(days=14)  # for so long whoever left can be put back


@require_safe
@desk
def waiting(request: StaffRequest) -> HttpResponse:
    """Everyone in turn: what they wait for, since when, and what is offered to them now."""
    entries = list(access.waiting_for_desk(request.user))
    kept = Offer.objects.open().filter(entry__in=entries).select_related("booking")
    offers = {each.entry_id: each for each in kept}
    rows = [(each, wish_words(each), offers.get(each.code)) for each in entries]
    context = {"rows": rows, "left": access.left_for_desk(request.user, since=clock.now() - SHOWN)}
    return render(request, "bookings/desk_waitlist.html", context)


@require_POST
@desk
def remove(request: StaffRequest, code: UUID) -> HttpResponse:
    """Take somebody off the list, who asked for it or found a time in another way."""
    entry = access.waiting_for_desk(request.user).filter(code=code).first()
    if entry is None:
        raise Http404
    waitlist.leave(entry=entry, actor=request.user, now=clock.now())
    messages.success(request, f"{entry.client.name} is off the waiting list. You can put them back below.")
    return redirect("desk-waitlist")


@require_POST
@desk
def put_back(request: StaffRequest, code: UUID) -> HttpResponse:
    """Somebody waits after all, in the place that they had."""
    now = clock.now()
    entry = access.left_for_desk(request.user, since=now - SHOWN).filter(code=code).first()
    if entry is None:
        raise Http404
    try:
        waitlist.put_back(entry=entry, actor=request.user, now=now)
        messages.success(request, f"{entry.client.name} waits again, in the same place.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk-waitlist")
