"""The demo's own pages: sign in with one press, move the clock, read the letters that arrived."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from clinic.people import clock
from clinic.people.models import User
from reception import inbox, stepping

View = Callable[..., HttpResponse]
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def demo_only(view: View) -> View:
    """A real installation has none of these pages."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """Who can be signed in as, and where the other demo pages are."""
    return render(request, "reception/demo.html", {"people": User.objects.order_by("role", "name")})


@demo_only
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """One press signs in as this person; the demo holds nobody's real data."""
    user = get_object_or_404(User, email=request.POST.get("email", ""))
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("today")


@demo_only
@require_safe
def demo_clock(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    return render(request, "reception/demo_clock.html", {"now": now, "next_due": stepping.next_due(now)})


@demo_only
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Move the practice's time by a step, or to the next letter."""
    now = clock.now()
    target = _target(request.POST.get("step", ""), now)
    sent = stepping.move_to(target)
    letters = "1 letter left" if sent == 1 else f"{sent} letters left"
    messages.success(request, f"The time was moved. {letters}.")
    return redirect("demo-clock")


@demo_only
@require_safe
def demo_inbox(request: HttpRequest) -> HttpResponse:
    found = inbox.letters(settings.MAIL_FOLDER)
    wanted = request.GET.get("to", "")
    shown = [letter for letter in found if not wanted or letter.to == wanted]
    page = Paginator(shown, 25).get_page(request.GET.get("page"))
    people = sorted({letter.to for letter in found})
    query = urlencode({"to": wanted}) + "&"
    context = {"page": page, "people": people, "wanted": wanted, "query": query}
    return render(request, "reception/demo_inbox.html", context)


@demo_only
@require_safe
def demo_letter(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "reception/demo_letter.html", {"letter": _letter(key)})


@demo_only
@require_safe
def demo_letter_html(request: HttpRequest, key: str) -> HttpResponse:
    """The letter as a mail program shows it; it carries its own style, and may do nothing else."""
    response = HttpResponse(_letter(key).html)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return response


def _letter(key: str) -> inbox.Letter:
    for letter in inbox.letters(settings.MAIL_FOLDER):
        if letter.key == key:
            return letter
    raise Http404


def _target(step: str, now: datetime) -> datetime:
    if step in STEPS:
        return now + STEPS[step]
    return stepping.next_due(now) or now
