"""The pages of those who wait for a time: join the list, see the place, say yes or no, leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import access, waitlist
from bookings.door import Refused
from bookings.models import Offer, WaitlistEntry
from bookings.wish_forms import PARTS, WEEKDAYS, WishForm
from clinic.people import clock
from clinic.people.models import Practice, Practitioner
from clinic.people.receipts import once_per_form


@require_http_methods(["GET", "HEAD", "POST"])
@once_per_form
def join(request: HttpRequest) -> HttpResponse:
    """Which times would suit, and whom to write to."""
    now, practice = clock.now(), Practice.objects.the()
    offered = list(access.services_online())
    if not offered:
        return redirect("booking-new")  # it says whom to ask
    chosen = [each for each in offered if each.slug == request.GET.get("service")] or offered
    form = WishForm(
        request.POST if request.method == "POST" else None,
        services=chosen,
        people=Practitioner.objects.filter(offerings__service__in=chosen, is_active=True).distinct(),
        today=now.astimezone(practice.zone).date(),
        initial={"practitioner": request.GET.get("practitioner", "")},
    )
    if form.is_bound and form.is_valid():
        entry = waitlist.join(**form.cleaned_data, now=now)
        return redirect("waitlist-entry", access.mint_entry_link(entry, now=now))
    return render(request, "bookings/waitlist_join.html", {"form": form, "services": chosen})


@require_safe
def entry(request: HttpRequest, token: str) -> HttpResponse:
    """The place on the list, and the time that is kept, if there is one."""
    now = clock.now()
    found = access.entry_by_link(token, now=now)
    return render(request, "bookings/waitlist_entry.html", {**facts(found, now), "token": token})


@require_POST
@once_per_form
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Yes: book the time that is kept."""
    now = clock.now()
    try:
        waitlist.accept(entry=access.entry_by_link(token, now=now), now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("waitlist-entry", token)
    # The booking's own link goes by mail only: this list may have been joined in somebody else's name.
    messages.success(request, "You are booked. We are sending you an email with everything in it.")
    return redirect("waitlist-entry", token)


@require_POST
@once_per_form
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """No: the time goes on, the place stays."""
    return _do(request, token, waitlist.decline, "Thank you for telling us. You keep your place on the list.")


@require_POST
@once_per_form
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Off the list."""
    return _do(request, token, waitlist.leave, "You have left the waiting list.")


def facts(found: WaitlistEntry, now: datetime) -> dict[str, Any]:
    """What a page shows of one place on the list."""
    kept = found.offers.open().filter(until__gt=now).select_related("booking__practitioner").first()
    last = found.offers.select_related("booking").filter(starts_at__gt=now).last()
    lapsed = last if last and (last.state == Offer.State.LAPSED or last.is_over(now)) else None
    return {
        "entry": found,
        "wish": wish_words(found),
        "offer": kept if found.state == WaitlistEntry.State.WAITING else None,
        "lapsed": lapsed,
        "lapsed_zone": lapsed.booking.tz if lapsed and lapsed.booking else found.client.zone,
    }


def wish_words(found: WaitlistEntry) -> list[tuple[str, str]]:
    """What somebody waits for, in the words that she chose it by."""
    parts = dict(PARTS)
    return [
        ("With", found.practitioner.name if found.practitioner else "Anyone, first free"),
        ("Days", ", ".join(WEEKDAYS[each] for each in found.weekdays) or "Any day"),
        ("Times", ", ".join(parts[each].split(",")[0] for each in parts if each in found.parts) or "Any time"),
    ]


def _do(request: HttpRequest, token: str, act: Callable[..., WaitlistEntry], words: str) -> HttpResponse:
    now = clock.now()
    act(entry=access.entry_by_link(token, now=now), now=now)
    messages.success(request, words)
    return redirect("waitlist-entry", token)
