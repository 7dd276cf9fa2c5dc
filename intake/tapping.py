"""A page that saves itself while it is filled in: which save this is, and what the browser gets back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.people.receipts import FIELD
from intake import care, journey
from intake.pages import Tapped
from intake.services import Order


def order(request: HttpRequest) -> Order | None:
    """Which save of which rendering this is; None where the page did not say."""
    form, number = request.POST.get(FIELD, ""), request.headers.get("X-Autosave", "0")
    is_said = 0 < len(form) <= 40 and number.isascii() and number.isdecimal() and len(number) < 7
    return Order(form, int(number)) if is_said else None


def answer(request: HttpRequest, tapped: Tapped, *, country: str, is_checkin: bool = False) -> HttpResponse:
    """The card for what cannot wait, or nothing; 422 where not all that was typed is kept."""
    if not tapped.pressing:
        return HttpResponse(status=204 if tapped.is_kept else 422)
    cards = journey.shown(care.cards(tapped.pressing, is_checkin=is_checkin), country=country)
    return render(request, "intake/care_beside.html", {"cards": cards}, status=200 if tapped.is_kept else 422)
