"""The page where a practitioner makes and takes back her calendar feed, and the feed itself."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import feeds
from bookings.roles import hours_of
from clinic.people import clock
from clinic.people.access import StaffRequest, clinical
from clinic.people.refusing import InOurWords
from clinic.people.widgets import Radios


class FeedForm(InOurWords, forms.Form):
    """How much of a name leaves the house."""

    shows = forms.ChoiceField(
        label="What should your calendar show?",
        help_text="Calendars copy themselves to phones and to other firms’ machines.",
        choices=[("initials", "Initials only"), ("names", "Full names")],
        initial="initials",
        widget=Radios(),
        error_messages={"required": "Choose what to show.", "invalid_choice": "Choose from the list."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def feed(request: StaffRequest, slug: str) -> HttpResponse:
    """Make an address. It is shown this once, since only its hash is kept."""
    person, address = hours_of(request.user, slug), ""
    form = FeedForm(request.POST or None)
    if form.is_valid():
        names = form.cleaned_data["shows"] == "names"
        token = feeds.make(practitioner=person, shows_names=names, actor=request.user, now=clock.now())
        address = settings.SITE_URL + reverse("feed", args=[token])
    stopped = feeds.lately_stopped(person, clock.now())
    context = {"person": person, "live": feeds.live(person), "stopped": stopped, "form": form, "address": address}
    return render(request, "bookings/desk_feed.html", context)


@require_POST
@clinical
def revoke(request: StaffRequest, slug: str) -> HttpResponse:
    """Take the address back."""
    person = hours_of(request.user, slug)
    feeds.revoke(practitioner=person, actor=request.user, now=clock.now())
    messages.success(request, "The address does not work any more. You can put it back below.")
    return redirect("desk-feed", slug)


@require_POST
@clinical
def put_back(request: StaffRequest, slug: str, code: UUID) -> HttpResponse:
    """Let an address that was stopped lately work again."""
    person, now = hours_of(request.user, slug), clock.now()
    stopped = next((each for each in feeds.lately_stopped(person, now) if each.code == code), None)
    if stopped is None:
        messages.error(request, "That address can no longer be put back. Make a new one.")
    else:
        feeds.put_back(feed=stopped, actor=request.user, now=now)
        messages.success(request, "The address works again.")
    return redirect("desk-feed", slug)


@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """The feed: whoever has the address reads it."""
    response = HttpResponse(
        feeds.written(feeds.follow(token), now=clock.now()), content_type="text/calendar; charset=utf-8"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
