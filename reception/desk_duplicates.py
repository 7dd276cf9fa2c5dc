"""Clients who may be one person, and the page that makes them one."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.door import Refused
from clinic.people import clock, twins
from clinic.people.access import StaffRequest, owner_only
from clinic.people.merging import tell_apart
from clinic.people.models import Client, Merge
from clinic.people.refusing import InOurWords
from clinic.people.widgets import Radios
from reception.merging import belongings, merge
from reception.parting import lately, part

MOST_SHOWN = 20


class MergeForm(InOurWords, forms.Form):
    """Which of the two stays, and that somebody knows what it does."""

    stays = forms.ChoiceField(
        label="Which one stays?",
        help_text="The name and address of this one are kept. Everything of the other moves to it.",
        widget=Radios(),
        error_messages={"required": "Choose which one stays.", "invalid_choice": "Choose one of the two."},
    )
    sure = forms.BooleanField(
        label="I have checked that this is one person.",
        error_messages={"required": "Tick the box if you have checked that this is one person."},
    )

    def __init__(self, data: object = None, *, pair: tuple[Client, Client]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        named = [(str(each.code), f"{each.name}, {each.email or each.phone or 'no address'}") for each in pair]
        self.fields["stays"].choices = named  # type: ignore[attr-defined]


@require_safe
@owner_only
def duplicates(request: StaffRequest) -> HttpResponse:
    """Pairs with one address and two names, or one name and the same number or birth date."""
    found = Client.objects.select_related("possible_duplicate_of")
    pairs = [(each, twins.why(each, each.possible_duplicate_of)) for each in found.maybe_twins()]  # type: ignore[arg-type]
    context = {"pairs": pairs, "apart": found.told_apart()[:MOST_SHOWN], "merged": lately(clock.now())[:MOST_SHOWN]}
    return render(request, "reception/desk_duplicates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def duplicate(request: StaffRequest, code: UUID) -> HttpResponse:
    """Both beside each other; choose which stays."""
    second = get_object_or_404(Client.objects.maybe_twins(), code=code)
    first = get_object_or_404(Client, code=second.possible_duplicate_of_id)
    form = MergeForm(request.POST or None, pair=(first, second))
    if form.is_valid():
        kept, gone = (first, second) if form.cleaned_data["stays"] == str(first.code) else (second, first)
        try:
            merge(kept=kept, gone=gone, actor=request.user, now=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "They are one client now. Possible duplicates has a button to take it back.")
            return redirect("desk-client", kept.code)
    context = {"form": form, "pair": (first, second), "belongings": belongings(first, second)}
    return render(request, "reception/desk_duplicate.html", context)


@require_POST
@owner_only
def take_apart(request: StaffRequest, code: UUID) -> HttpResponse:
    """Two clients again, as they were before they were made one."""
    try:
        back = part(merge=get_object_or_404(Merge, code=code), actor=request.user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{back.name} is there again, and everything is as it was before.")
    return redirect("desk-duplicates")


@require_POST
@owner_only
def two_people(request: StaffRequest, code: UUID) -> HttpResponse:
    """They are two people; or they may be one after all, and stand in the list again."""
    client, is_apart = get_object_or_404(Client, code=code), request.POST.get("do") != "restore"
    tell_apart(client, is_apart=is_apart, actor=request.user, now=clock.now())
    told = "is not marked any more. You can take it back below" if is_apart else "is in the list again"
    messages.success(request, f"{client.name} {told}.")
    return redirect("desk-duplicates")
