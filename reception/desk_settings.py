"""The index of everything that can be set, as far as this user may; and the calls to make for want of an address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from aftercare import own_steps
from bookings.practice_forms import stale
from bookings.roles import whose_hours
from clinic.outbox import phoning
from clinic.outbox.models import Message
from clinic.people import clock
from clinic.people.access import StaffRequest, desk
from clinic.people.models import Client, Practice, User
from reception import mailbox


@require_safe
@desk
def settings(request: StaffRequest) -> HttpResponse:
    """What there is to set, and what asks for attention."""
    the, now = Practice.objects.the(), clock.now()
    is_owner = request.user.role == User.Role.OWNER
    visible = Client.objects.visible_to(request.user).values("code")
    context = {
        "is_owner": is_owner,
        "people": whose_hours(request.user),
        "stale": stale(the.country, now.astimezone(the.zone).date()) if is_owner else [],
        "duplicates": Client.objects.maybe_twins().count() if is_owner else 0,
        "calls": phoning.to_phone(now=now).filter(client__in=visible).count(),
    }
    return render(request, "reception/desk_settings.html", context)


@require_safe
@desk
def to_phone(request: StaffRequest) -> HttpResponse:
    """Letters that did not arrive, each with what to do."""
    now = clock.now()
    visible = Client.objects.visible_to(request.user).values("code")
    titled = partial(_titled, request.user, own_steps.names())
    context = {
        "waiting": titled(phoning.to_phone(now=now).filter(client__in=visible)),
        "done": titled(phoning.phoned(now=now).filter(client__in=visible).select_related("seen_to_by")),
        "zone": Practice.objects.the().zone,
    }
    return render(request, "reception/desk_to_phone.html", context)


@require_POST
@desk
def phoned(request: StaffRequest, code: UUID) -> HttpResponse:
    """Somebody phoned, or saw that no call is needed; "undo" says that nobody did."""
    visible = Client.objects.visible_to(request.user).values("code")
    message = get_object_or_404(Message, phoning.NEEDS_A_PERSON, code=code, client__in=visible)
    is_done = "undo" not in request.POST
    phoning.mark(message=message, is_done=is_done, actor=request.user, now=clock.now())
    messages.success(request, "Noted." if is_done else "It is on the list again.")
    return redirect("desk-to-phone")


def _titled(user: User, own: Mapping[str, str], found: QuerySet[Message]) -> list[tuple[str, Message, str]]:
    """Each letter's title, as this user may know it, and what to do about it."""
    return [(mailbox.words(each, user, own)[0], each, phoning.what_to_do(each)) for each in found]
