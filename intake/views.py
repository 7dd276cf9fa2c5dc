"""Clients' pages before a session: start, about you, the list, questions, care cards, touch, check, sign."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from clinic.people import clock, profile
from clinic.people.models import Link, Practice
from intake import (
    asking,
    choices,
    consents,
    earlier,
    journey,
    meaning,
    pages,
    services,
    signing,
    strength,
    tapping,
)
from intake.access import asked_by_link
from intake.forms import KeepForm, SignForm, StrengthForm, TouchForm, YouForm
from intake.meaning import local_date
from intake.models import Request
from intake.regions import REGIONS

View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """The token in the address opens the questions of one booking; anything else is a 404."""

    @wraps(view)
    def followed(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = asked_by_link(token, purpose=Link.Purpose.INTAKE, now=clock.now())
        if asked.cancelled_at:
            return render(request, "intake/over.html", {"asked": asked}, status=410)
        return view(request, asked, token, *args, **kwargs)

    return followed


def answering(view: View) -> View:
    """A page that answers: it needs the consent to keep answers, and ends when they are sent."""

    @by_link
    @wraps(view)
    def checked(request: HttpRequest, asked: Request, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if asked.sent_at:
            return redirect("intake-done", token)
        if not asked.may_keep:  # type: ignore[attr-defined]  # the query for the link says so
            return redirect("intake-start", token)
        try:
            return view(request, asked, token, *args, **kwargs)
        except services.NotOpen:  # sent, cancelled or taken back a moment ago, in another tab
            return redirect("intake-start", token)
        except services.Unfinished:
            return redirect("intake-check", token)

    return checked


@by_link
def start(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """Who reads the answers, that nobody watches, and the one-line consent before the first question."""
    if asked.sent_at:
        return redirect("intake-done", token)
    has_agreed = consents.may_keep_answers(asked.client)
    form = KeepForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (has_agreed or form.is_valid()):
        consents.keep_answers(asked=asked, now=clock.now())
        return redirect(journey.first_page(asked, token))
    minutes = sum(part.definition.minutes or 0 for part in pages.parts(asked, now=clock.now()))
    context = {"asked": asked, "token": token, "form": form, "has_agreed": has_agreed, "minutes": minutes + 2}
    return render(request, "intake/start.html", context)


@answering
def you(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """The profile page."""
    known, today = profile.read(asked.client), local_date(asked.client, clock.now())
    form = YouForm(request.POST if request.method == "POST" else None, profile=known, today=today)
    if request.method == "POST" and form.is_valid():
        services.save_profile(asked=asked, changes=form.changes(), now=clock.now())
        return redirect(journey.back(request, token) or "intake-tasks", token)
    return render(request, "intake/you.html", {"asked": asked, "token": token, "form": form})


@answering
def tasks(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """The list of what is asked, and how far each part is."""
    now = clock.now()
    has_earlier = bool(earlier.parts_to_fill(asked, now=now))
    context = {"asked": asked, "token": token, "list": journey.tasks(asked, now=now), "has_earlier": has_earlier}
    return render(request, "intake/tasks.html", context)


@answering
def resume(request: HttpRequest, asked: Request, token: str, part: int) -> HttpResponse:
    """Go on where this part was left."""
    found = next((each for each in pages.parts(asked, now=clock.now()) if each.number == part), None)
    if found is None:
        raise Http404
    return redirect("intake-page", token, part, found.resume)


@answering
def page(request: HttpRequest, asked: Request, token: str, part: int, number: int) -> HttpResponse:
    """One page of questions; Continue saves it."""
    now = clock.now()
    sheet = _sheet(request, asked, part, number)
    if request.method == "POST" and sheet.form.is_valid():
        saved = pages.save(sheet, now=now, order=tapping.order(request))
        onward = journey.onward(request, token, part, pages.after(sheet, saved))
        if strength.places(sheet.items[0], saved.reading) and "later" not in request.POST and not saved.to_show:
            return redirect(journey.with_return(request, reverse("intake-strength", args=[token, part, number])))
        return redirect(journey.through_care(token, onward) if saved.to_show else onward)
    if request.method == "POST" and (address := _so_far(request, token, sheet)):
        return redirect(address)
    context = {"asked": asked, "token": token, "part": part, "sheet": sheet, "form": sheet.form}
    context["outline"] = profile.read(asked.client).get("outline") or "middle" if sheet.is_body_map else ""
    return render(request, "intake/page.html", {**context, "back": journey.before(request, token, part, sheet)})


@answering
def how_strong(request: HttpRequest, asked: Request, token: str, part: int, number: int) -> HttpResponse:
    """After a body map: how strong it is at each place that was ticked."""
    slug = pages.part(asked, part)
    reading = meaning.opened(asked, now=clock.now(), slugs=[slug])[slug] if slug else None
    item = journey.item_on(reading, number) if reading else None
    places = strength.places(item, reading) if item and reading else []
    if reading is None or item is None or not places:
        raise Http404
    words, known = {place: REGIONS[place] for place in places}, strength.of(reading, item.link_id)
    form = StrengthForm(request.POST if request.method == "POST" else None, places=words, known=known)
    if request.method == "POST" and form.is_valid():
        strength.save(asked=asked, slug=slug or "", link_id=item.link_id, strengths=form.cleaned_data, now=clock.now())
        return redirect(journey.onward(request, token, part, journey.page_after(reading, number)))
    context = {"asked": asked, "token": token, "part": part, "number": number, "form": form}
    return render(request, "intake/strength.html", context)


@require_POST
@answering
def autosave(request: HttpRequest, asked: Request, token: str, part: int, number: int) -> HttpResponse:
    """Keep what is typed so far, while it is typed; what cannot wait brings its card at once."""
    try:
        tapped = pages.autosave(_sheet(request, asked, part, number), now=clock.now(), order=tapping.order(request))
    except services.Overtaken:
        return HttpResponse(status=409)
    return tapping.answer(request, tapped, country=Practice.objects.the().country)


@answering
def care_cards(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """What the answers call for, at once, with whom to call; then carry on, or leave."""
    if request.method == "POST":
        choice = "leave" if "leave" in request.POST else "carry_on"
        services.acknowledge(asked=asked, choice=choice, now=clock.now())
        return redirect("intake-later", token) if choice == "leave" else redirect(journey.after_care(request, token))
    cards = journey.unread_cards(asked, country=Practice.objects.the().country)
    if not cards:
        return redirect(journey.after_care(request, token))
    return render(request, "intake/care.html", {"asked": asked, "token": token, "cards": cards})


@answering
def touch(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """Where touch is all right, place by place; or ask about every place, in one press."""
    areas = journey.areas()
    form = TouchForm(
        request.POST if request.method == "POST" else None, areas=areas, answers=consents.touch_map(asked.client)
    )
    if request.method == "POST" and ("ask" in request.POST or form.is_valid()):
        answers = dict.fromkeys(areas, "ask") if "ask" in request.POST else form.cleaned_data
        consents.set_touch_map(asked=asked, answers=answers, now=clock.now())
        return redirect(journey.back(request, token) or "intake-tasks", token)
    return render(request, "intake/touch.html", {"asked": asked, "token": token, "form": form})


@answering
def check(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """Everything in the client's own words, with a way to change each answer."""
    parts = pages.parts(asked, now=clock.now())
    context = {"asked": asked, "token": token, "sections": journey.sections(asked, parts)}
    return render(request, "intake/check.html", {**context, "is_ready": pages.is_ready(asked, parts)})


@answering
def sign(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """The statements, the choices, the typed name; then everything is sent."""
    if not pages.is_ready(asked, pages.parts(asked, now=clock.now())):
        return redirect("intake-check", token)
    form = SignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        signing.sign(asked=asked, **form.signature(), now=clock.now())
        return redirect("intake-done", token)
    context = {"asked": asked, "token": token, "form": form, "outline": consents.OUTLINE}
    return render(request, "intake/sign.html", context)


@by_link
def later(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """The answers are saved; how to come back."""
    return render(request, "intake/later.html", {"asked": asked, "token": token})


@by_link
def done(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """What happens next."""
    if asked.sent_at is None:
        return redirect("intake-start", token)
    context = {"asked": asked, "token": token, "has_question": bool(asking.unanswered(asked))}
    context["may_change"] = choices.may_reopen(asked, now=clock.now())
    return render(request, "intake/done.html", context)


def _so_far(request: HttpRequest, token: str, sheet: pages.Sheet) -> str:
    """A page that is not right keeps what is; where its cards or "later" lead, or empty: put it right first."""
    to_show = pages.save_so_far(sheet, now=clock.now(), order=tapping.order(request))
    onward = reverse("intake-later", args=[token]) if "later" in request.POST else request.path
    if to_show:
        return journey.through_care(token, onward)
    return "" if onward == request.path else onward


def _sheet(request: HttpRequest, asked: Request, part: int, number: int) -> pages.Sheet:
    slug = pages.part(asked, part)
    data = request.POST if request.method == "POST" else None
    sheet = pages.sheet(asked, slug, number, now=clock.now(), data=data) if slug else None
    if sheet is None:
        raise Http404
    return sheet
