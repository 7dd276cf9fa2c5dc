"""Taking back what was changed in a calendar at the desk: one press, from the message or from a page's list."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from bookings import access, appointing, keeping_hours
from bookings.deciding import settle
from bookings.desk_appointing import told
from bookings.door import Refused
from bookings.keeping_hours import Decisions, Done
from bookings.models import Change
from bookings.roles import hours_of, may_book_for
from clinic.people import clock
from clinic.people.access import StaffRequest, desk
from clinic.people.models import User

Kind = Change.Kind


@require_POST
@desk
def take_back(request: StaffRequest, code: UUID) -> HttpResponse:
    """As it was before; where sessions would lie outside, it is asked first what becomes of each."""
    change = _change_for(request.user, code)
    if change.kind == Kind.MOVE:
        return _move_back(request, change)
    page = {Kind.HOURS: "desk-hours", Kind.DATE: "desk-time-off", Kind.TIME_OFF: "desk-time-off"}[Kind(change.kind)]
    back = reverse(page, args=[change.practitioner.slug])
    if request.user.role == User.Role.FRONT_DESK:
        back = reverse("desk-calendar")

    def act(decisions: Decisions, now: datetime) -> Done:
        done = keeping_hours.take_back(change=change, decisions=decisions, actor=request.user, now=now)
        return Done(done.to_move)  # to take this back in turn is offered in the page's list only

    try:
        return settle(request, act, back=back, told="Taken back. It is as it was before.")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)


def _move_back(request: StaffRequest, change: Change) -> HttpResponse:
    booking = access.find_for_desk(request.user, UUID(change.about))
    try:
        booking = appointing.move_back(change=change, actor=request.user, now=clock.now())
        when = date_format(booking.starts_at.astimezone(booking.tz), r"l j F \a\t G:i")
        messages.success(request, f"Moved back to {when}, with {booking.practitioner.name}. {told(booking.client)}")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk-booking", booking.code)


def _change_for(user: User, code: UUID) -> Change:
    """The change, if this user may change that calendar; else 404."""
    change = get_object_or_404(Change.objects.select_related("practitioner"), code=code)
    if change.kind in {Kind.HOURS, Kind.DATE}:
        hours_of(user, change.practitioner.slug)
    elif user.role != User.Role.OWNER and change.practitioner not in may_book_for(user):
        raise Http404
    return change
