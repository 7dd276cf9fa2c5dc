"""The desk's page of one booking, and what may be pressed there."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import access, changes, rights, services
from bookings.door import Refused
from bookings.forms import CANCEL_REASONS
from bookings.models import Booking, WaitlistEntry
from bookings.said import reason_of
from clinic.outbox.models import Message
from clinic.outbox.registry import title_and_reason
from clinic.people import clock
from clinic.people.access import StaffRequest, desk
from clinic.people.models import User
from clinic.people.sealing import CannotUnseal
from intake.access import form_state, waiting_for


@require_safe
@desk
def booking(request: StaffRequest, code: UUID) -> HttpResponse:
    """One booking: facts, form, letters, and the next thing to do."""
    found, now = access.find_for_desk(request.user, code), clock.now()
    letters = Message.objects.about(code)
    context = {
        "booking": found,
        "zone": found.tz,
        "is_past": found.starts_at <= now,
        "form_state": form_state([code])[code],
        "waiting": waiting_for([found.client_id]).get(found.client_id, []) if found.client_id else [],
        "letters": [_named(each, request.user) for each in letters],
        "may_undo": rights.may_restore(found, now),
        "moved": changes.lately_moved(found, now),
        "reason": _reason(found, request.user),
    }
    return render(request, "bookings/desk_booking.html", context)


@require_POST
@desk
def arrive(request: StaffRequest, code: UUID) -> HttpResponse:
    """The client is here."""
    return _do(request, code, lambda found: services.arrive(booking=found, actor=request.user, now=clock.now()))


@require_POST
@desk
def undo_arrive(request: StaffRequest, code: UUID) -> HttpResponse:
    return _do(request, code, lambda found: services.undo_arrive(booking=found, actor=request.user, now=clock.now()))


@require_POST
@desk
def missed(request: StaffRequest, code: UUID) -> HttpResponse:
    """The client did not come."""
    return _do(request, code, lambda found: services.mark_missed(booking=found, actor=request.user, now=clock.now()))


@require_POST
@desk
def undo_missed(request: StaffRequest, code: UUID) -> HttpResponse:
    return _do(request, code, lambda found: services.undo_missed(booking=found, actor=request.user, now=clock.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def cancel(request: StaffRequest, code: UUID) -> HttpResponse:
    """What cancelling would do; pressed there, the practice cancels and the client is told."""
    if request.method != "POST":
        return _before_cancelling(request, access.find_for_desk(request.user, code))
    by = Booking.By.PRACTICE
    return _do(request, code, lambda found: services.cancel(booking=found, by=by, actor=request.user, now=clock.now()))


@require_POST
@desk
def undo_cancel(request: StaffRequest, code: UUID) -> HttpResponse:
    return _do(request, code, lambda found: services.undo_cancel(booking=found, actor=request.user, now=clock.now()))


def _before_cancelling(request: StaffRequest, booking: Booking) -> HttpResponse:
    client, now = booking.client, clock.now()
    if booking.status != Booking.Status.BOOKED or booking.starts_at <= now or client is None:
        messages.error(request, services.NOT_NOW)
        return redirect("desk-booking", booking.code)
    waiting = WaitlistEntry.objects.waiting().filter(service=booking.service)
    context = {
        "booking": booking,
        "zone": booking.tz,
        "is_told": bool(client.email and client.may_email),
        "queued": Message.objects.about(booking.code).filter(status=Message.Status.QUEUED, client=client).count(),
        "waiting": waiting.exclude(client=client).count(),
    }
    return render(request, "bookings/desk_cancel.html", context)


def _reason(booking: Booking, user: User) -> str:
    """Why the client cancelled; it may be about health, so only for those who see that."""
    if not user.is_clinical:
        return ""
    try:
        return dict(CANCEL_REASONS).get(reason_of(booking), "")
    except CannotUnseal:  # the client's data was erased
        return ""


def _do(request: StaffRequest, code: UUID, act: Callable[[Booking], Booking]) -> HttpResponse:
    """Do one thing to a booking that this user may see, and go back to the page it was pressed on."""
    found = access.find_for_desk(request.user, code)
    try:
        act(found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    back = request.POST.get("next") or request.headers.get("Referer", "")
    is_address = back.startswith(("/", "http://", "https://"))  # anything else is no place to go back to
    if is_address and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("desk-booking", code)


def _named(letter: Message, user: User) -> tuple[str, str, Message]:
    """A letter's title and why it is as it is, as this user may know them."""
    why = letter.outcome or letter.reason
    return (*title_and_reason(letter.kind, why, for_clinician=user.is_clinical), letter)
