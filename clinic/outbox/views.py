"""A client's page of letters: stop one kind or all with a press, choose among them, take it back."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clinic.outbox import choosing, tongues, wishes
from clinic.outbox.forms import LanguageForm, WishesForm
from clinic.people import clock, links
from clinic.people.models import Link, Practice

MAY_CHOOSE = (Link.Purpose.STOP, Link.Purpose.BOOKING)


@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest, token: str) -> HttpResponse:
    """Every optional kind with its switch; opening the page changes nothing."""
    now = clock.now()
    link = _follow(token, now)
    if request.method != "POST":
        return _page(request, link, token)
    return _page(request, link, token, before=_act(request, link, now))


@csrf_exempt  # RFC 8058: the mail program posts without cookies; the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the letter's header: a post stops its kind and answers 200; opening it shows the page."""
    now = clock.now()
    link = _follow(token, now)
    if request.method != "POST":
        return _page(request, link, token)
    return _page(request, link, token, before=_stop(link, now))


def _act(request: HttpRequest, link: Link, now: datetime) -> frozenset[str]:
    """What was pressed; returns the switches that were on before."""
    act = request.POST.get("act", "")
    if act == "stop":
        return _stop(link, now)
    if act == "language":
        return _speak(request, link, now)
    if act == "all":
        return choosing.stop_all(client=link.client, by=None, now=now)
    return choosing.choose(client=link.client, on=request.POST.getlist("on"), by=None, now=now)


def _speak(request: HttpRequest, link: Link, now: datetime) -> frozenset[str]:
    form = LanguageForm(request.POST, choices=tongues.offered(link.client), now="")
    if form.is_valid():
        tongues.choose_language(client=link.client, language=form.cleaned_data["language"], by=None, now=now)
    return wishes.on(link.client)


def _stop(link: Link, now: datetime) -> frozenset[str]:
    switch = wishes.kind_of(link.about)
    if switch is None:
        return choosing.stop_all(client=link.client, by=None, now=now)
    return choosing.stop(client=link.client, kind=switch.kind, by=None, now=now)


def _page(request: HttpRequest, link: Link, token: str, before: frozenset[str] | None = None) -> HttpResponse:
    on = wishes.on(link.client)
    switch = wishes.kind_of(link.about)
    tongue, spoken = link.client.language or Practice.objects.the().language, tongues.offered(link.client)
    context = {
        "languages": LanguageForm(choices=spoken, now=tongue) if len(spoken) > 1 else None,
        "token": token,
        "switch": switch,
        "is_on": switch is not None and switch.kind in on,
        "is_stopped": switch is not None and (before or frozenset()) - on == {switch.kind},
        "none": not on,
        "is_saved": before is not None,
        "undo": sorted(before) if before is not None and before != on else [],
        "form": WishesForm(on=on),
    }
    return render(request, "outbox/letters.html", context)


def _follow(token: str, now: datetime) -> Link:
    """The link of a letter, or of a booking: who may cancel that may choose letters too."""
    for purpose in MAY_CHOOSE:
        if link := links.follow(purpose=purpose, token=token, now=now):
            return link
    raise Http404
