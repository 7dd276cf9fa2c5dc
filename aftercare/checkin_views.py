"""The check-in by link, without a sign-in: opening a page changes nothing, each Continue saves."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from aftercare import checkins, services
from clinic.people import clock
from clinic.people.models import Link
from intake import journey, pages, tapping
from intake.access import asked_by_link
from intake.models import Request
from intake.services import NotOpen, Overtaken, Unfinished, acknowledge

View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """The token in the address opens one check-in; one that is sent, or whose session is off, says so."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def followed(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = asked_by_link(token, purpose=Link.Purpose.CHECKIN, now=clock.now())
        if asked.cancelled_at:
            return render(request, "410.html", status=410)
        if asked.sent_at:
            return redirect("checkin", token=token) if request.method == "POST" else _thanks(request, asked)
        try:
            return view(request, asked, token, *args, **kwargs)
        except NotOpen:  # sent in another window a moment ago
            return redirect("checkin", token=token)

    return followed


@by_link
def page(request: HttpRequest, asked: Request, token: str, number: int = 1) -> HttpResponse:
    """The scales first, then the quick taps."""
    now, order, sheet = clock.now(), tapping.order(request), _sheet(request, asked, number)
    is_right = request.method == "POST" and sheet.form.is_valid()
    if request.method == "POST" and not is_right and services.save_checkin_so_far(sheet=sheet, order=order, now=now):
        return redirect("checkin-care", token=token, number=number)
    if not is_right:
        return render(request, "aftercare/checkin.html", {"sheet": sheet, "form": sheet.form, "token": token})
    saved = services.save_checkin_page(sheet=sheet, order=order, now=now)
    following = pages.after(sheet, saved)
    if following is None:
        return _send(asked, token)
    return redirect("checkin-care" if saved.to_show else "checkin-page", token=token, number=following)


@require_POST
@by_link
def autosave(request: HttpRequest, asked: Request, token: str, number: int) -> HttpResponse:
    """Keep what is chosen so far; what cannot wait brings its card at once."""
    order, sheet = tapping.order(request), _sheet(request, asked, number)
    try:
        tapped = services.autosave_checkin(sheet=sheet, order=order, now=clock.now())
    except Overtaken:
        return HttpResponse(status=409)
    return tapping.answer(request, tapped, country=asked.client.country, is_checkin=True)


@by_link
def care(request: HttpRequest, asked: Request, token: str, number: int) -> HttpResponse:
    """What an answer calls for, at once; the rest of the check-in is still there, and may be left."""
    if request.method == "POST":
        acknowledge(asked=asked, choice="carry_on", now=clock.now())
        return redirect("checkin-page", token=token, number=number)
    cards = journey.unread_cards(asked, country=asked.client.country)
    if not cards:
        return redirect("checkin-page", token=token, number=number)
    return render(request, "aftercare/checkin_care.html", {"cards": cards, "asked": asked})


def _sheet(request: HttpRequest, asked: Request, number: int) -> pages.Sheet:
    """The page, with the client's own words in its questions; a field keeps the words it had when it was checked."""
    now, data = clock.now(), request.POST if request.method == "POST" else None
    sheet = pages.sheet(asked, asked.questionnaires[0], number, now=now, data=data, is_brief=True)
    if sheet is None:
        raise Http404
    checkins.quote_own_words(sheet, now=now)
    return sheet


def _send(asked: Request, token: str) -> HttpResponse:
    try:
        services.finish_checkin(asked=asked, now=clock.now())
    except Unfinished:
        return redirect("checkin-care", token=token, number=checkins.first_open_page(asked, now=clock.now()))
    return redirect("checkin", token=token)


def _thanks(request: HttpRequest, asked: Request) -> HttpResponse:
    """The fixed safe text, and the cards that the answers call for."""
    cards = journey.shown(checkins.cards(asked, now=clock.now()), country=asked.client.country)
    return render(request, "aftercare/checkin_thanks.html", {"cards": cards, "asked": asked})
