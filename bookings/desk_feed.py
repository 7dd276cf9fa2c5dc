"""The page where a practitioner makes and takes back her calendar feed, and the feed itself."""

from __future__ import annotations

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
from clinic.people.widgets import Radios


class FeedForm(forms.Form):
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
    context = {"person": person, "live": feeds.live(person), "form": form, "address": address}
    return render(request, "bookings/desk_feed.html", context)


@require_POST
@clinical
def revoke(request: StaffRequest, slug: str) -> HttpResponse:
    """Take the address back."""
    person = hours_of(request.user, slug)
    feeds.revoke(practitioner=person, actor=request.user, now=clock.now())
    messages.success(request, "The address does not work any more.")
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
