"""The desk's pages to word every letter and paragraph: read by all who treat, changed by the owner."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.outbox import rewording
from clinic.outbox.models import Wording
from clinic.outbox.phrases import WordingProblem
from clinic.outbox.plainness import warnings
from clinic.outbox.rewording import Place
from clinic.outbox.wordings import Spoken
from clinic.people import audit, clock, languages
from clinic.people.access import StaffRequest, clinical, owner_only
from clinic.people.models import Practice, User
from reception import translating, trying, word_book
from reception.placeholders import meanings
from reception.wording_forms import WordingForm

CHANGED = "Somebody saved another version in the meantime: see the history. Yours stands below; Save again to keep it."


@clinical
@require_safe
def wordings(request: StaffRequest) -> HttpResponse:
    """Every letter and paragraph, and which of them the practice says in its own words; or how far in a language."""
    language = request.GET.get("language", "")
    if language and language not in dict(languages.choices()):
        raise Http404
    context = {
        "shelves": word_book.shelves_in(language) if language else word_book.shelves(),
        "is_owner": request.user.role == User.Role.OWNER,
        "language": language,
        "begun": translating.begun(),
        "practice_language": Practice.objects.the().language,
    }
    return render(request, "reception/desk_wordings.html", context)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: StaffRequest, name: str) -> HttpResponse:
    """One wording: read it, look at it with a booking; the owner saves it, or sends it to her own address."""
    place, now = _place(request, name), clock.now()
    newest = place.versions.first()
    form = WordingForm(
        request.POST or None,
        place=place,
        said=word_book.said(place),
        base=newest.number if newest else 0,
        bookings=trying.bookings_to_try(request.user, place, now=now),
    )
    act = request.POST.get("act", "")
    if act and request.user.role != User.Role.OWNER:
        raise Http404
    if form.is_valid() and act == "save" and _save(request, form):
        return redirect(_address(place))
    if form.is_valid() and act == "test":
        _send_test(request, form)
    return _page(request, form)


@owner_only
@require_POST
def restore(request: StaffRequest, name: str) -> HttpResponse:
    """An older version again, or what ships."""
    place, now = _place(request, name), clock.now()
    number, base = (_number(request.POST.get(each, "")) for each in ("number", "base"))
    try:
        rewording.restore(place=place, number=number, base=base, by=request.user, now=now)
    except rewording.NotSaid as refusal:
        messages.error(request, f"That version does not fit any more. {refusal}")
    except rewording.Changed:
        messages.error(request, "Somebody saved another version in the meantime. Look at it first.")
    else:
        messages.success(request, "It is said like that again, in every letter that has not been sent.")
    return redirect(_address(place))


def _page(request: StaffRequest, form: WordingForm) -> HttpResponse:
    place, ships, practice = form.place, word_book.titled(form.place.name), Practice.objects.the()
    is_typed = form.is_bound and form.is_valid()
    words = form.said if is_typed else word_book.said(place)
    context = {
        "form": form,
        "place": place,
        "ships": ships,
        "is_owner": request.user.role == User.Role.OWNER,
        "meanings": meanings(ships.known, () if place.for_code else ships.required),
        "tried": None if form.is_bound and not is_typed else _tried(request, form, words),
        "warnings": warnings(words.text),
        "history": word_book.history(place),
        "beside": word_book.beside(place),
        "gaps": translating.Tongue(place.language).gaps(place.name) if place.language and ships.kind else [],
        "whose": word_book.whose(place.for_code),
        "zone": practice.zone,
        "practice_language": practice.language,
        "all_languages": languages.choices(),
        "query": _query(place),
    }
    return render(request, "reception/desk_wording.html", context)


def _tried(request: StaffRequest, form: WordingForm, words: Spoken) -> trying.Tried | None:
    """With a real booking this shows what was chosen for a client: that look is noted."""
    now = clock.now()
    booking = form.chosen if form.is_bound else next(iter(form.bookings), None)
    try:
        tried = trying.try_out(form.place, words, booking, now=now)
    except WordingProblem:  # saved before what ships came to know other placeholders
        return None
    if booking is not None:
        who, whose = request.user, booking.client
        audit.record(actor=who, verb="viewed", about=booking, client=whose, fields=["letters"], now=now)
    return tried


def _save(request: StaffRequest, form: WordingForm) -> bool:
    base, now = form.cleaned_data["base"], clock.now()
    try:
        made = rewording.reword(place=form.place, words=form.said, base=base, by=request.user, now=now)
    except rewording.Changed:
        newest = form.place.versions.first()
        form.take_base(newest.number if newest else 0)
        form.add_error(None, CHANGED)
        return False
    messages.success(request, _kept(made) if made else "Nothing was different.")
    return True


def _kept(made: Wording) -> str:
    if made.for_code and made.is_default:
        return "Taken out. Letters that have not been sent go without it."
    return "Saved. Every letter that has not been sent says it."


def _send_test(request: StaffRequest, form: WordingForm) -> None:
    now = clock.now()
    tried = trying.try_out(form.place, form.said, form.chosen, now=now)
    trying.send_to(request.user, tried, code=uuid4(), now=now)
    messages.success(request, f"A test is on its way to {request.user.email}. Nothing is saved yet.")


def _place(request: StaffRequest, name: str) -> Place:
    place = word_book.place(name, request.GET.get("language", ""), request.GET.get("for", ""))
    if place is None:
        raise Http404
    return place


def _address(place: Place) -> str:
    return reverse("desk-wording", args=[place.name]) + _query(place)


def _query(place: Place) -> str:
    asked = {key: value for key, value in (("language", place.language), ("for", place.for_code)) if value}
    return f"?{urlencode(asked)}" if asked else ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else -1
