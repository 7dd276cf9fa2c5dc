"""The desk's page of one client's letters: what they want, who said so, and an address that mail came back from."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.outbox import choosing, keeping, tongues, wishes
from clinic.outbox.forms import AddressForm, LanguageForm, WishesForm
from clinic.people import clock, languages
from clinic.people.access import StaffRequest, client_for, desk
from clinic.people.models import Practice


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def wanted(request: StaffRequest, code: UUID) -> HttpResponse:
    """Every optional kind with its switch, changed here when a client says so on the phone."""
    client, now = client_for(request.user, code), clock.now()
    form = WishesForm(request.POST if request.method == "POST" else None, on=wishes.on(client))
    if form.is_bound and form.is_valid():
        choosing.choose(client=client, on=form.cleaned_data["on"], by=request.user, now=now)
        messages.success(request, "Saved. It holds for every letter that has not left yet.")
        return redirect("desk-client-letters", code)
    context = {
        "client": client,
        "form": form,
        "last": choosing.last_choice(client),
        "suppressed_since": keeping.suppressed_since(client),
        "zone": Practice.objects.the().zone,
    }
    return render(request, "outbox/desk_letters_wanted.html", context)


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: StaffRequest, code: UUID) -> HttpResponse:
    """The language that letters are written in."""
    client, practice = client_for(request.user, code), Practice.objects.the()
    now = client.language or practice.language
    data = request.POST if request.method == "POST" else None
    form = LanguageForm(data, choices=languages.choices(), now=now, label="Write to them in")
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["language"]
        tongues.choose_language(client=client, language=chosen, by=request.user, now=clock.now())
        messages.success(request, f"Letters come in {languages.name(chosen)} where all of a letter is worded in it.")
        return redirect("desk-client", code)
    return render(request, "outbox/desk_language.html", {"client": client, "form": form})


@desk
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: StaffRequest, code: UUID) -> HttpResponse:
    """The address that letters go to, and the number to phone."""
    client = client_for(request.user, code)
    form = AddressForm(request.POST if request.method == "POST" else None, client=client)
    if form.is_bound and form.is_valid():
        freed = keeping.correct_address(client=client, by=request.user, now=clock.now(), **form.cleaned_data)
        messages.success(request, f"Saved. {_leaving(freed)}".strip())
        return redirect("desk-client", code)
    return render(request, "outbox/desk_address.html", {"client": client, "form": form})


@desk
@require_POST
def try_again(request: StaffRequest, code: UUID) -> HttpResponse:
    """Write to an address again that mail came back from."""
    freed = keeping.lift(client=client_for(request.user, code), by=request.user, now=clock.now())
    messages.success(request, f"We write to this address again. {_leaving(freed)}".strip())
    return redirect("desk-client", code)


def _leaving(count: int) -> str:
    return "" if not count else "1 letter leaves now." if count == 1 else f"{count} letters leave now."
