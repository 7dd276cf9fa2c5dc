"""The desk's page of one client's letters: what they want, who said so, and an address that mail came back from."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinic.outbox import choosing, wishes
from clinic.outbox.forms import WishesForm
from clinic.people import clock
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
        "zone": Practice.objects.the().zone,
    }
    return render(request, "outbox/desk_letters_wanted.html", context)
