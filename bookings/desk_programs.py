"""The desk's pages for other programs: the bookings as a file, and the owner's keys for the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import exporting, keys
from bookings.models import ApiKey
from clinic.people import audit, clock
from clinic.people.access import StaffRequest, owner_only, whole_practice
from clinic.people.models import Practice
from clinic.people.refusing import InOurWords

BOM = "\ufeff"  # so that spreadsheets read it as UTF-8


class KeyForm(InOurWords, forms.Form):
    """Which program a key is for."""

    name = forms.CharField(
        label="Which program is it for?",
        help_text="Such as the name of your website",
        max_length=keys.NAME_LENGTH,
        error_messages={"required": "Enter the name of the program."},
    )


@require_safe
@whole_practice
def export(request: StaffRequest) -> HttpResponse:
    """The button for the file, and what is in it."""
    return render(request, "bookings/desk_export.html")


@require_POST
@whole_practice
def export_file(request: StaffRequest) -> HttpResponse:
    """All bookings as CSV; notes only for those who may see clinical content."""
    practice = Practice.objects.the()
    audit.record(actor=request.user, verb="exported", about=practice, client=None, fields=["bookings"], now=clock.now())
    lines = exporting.lines(exporting.found(), has_notes=request.user.is_clinical)
    response = HttpResponse([BOM, *lines], content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="bookings.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def api_keys(request: StaffRequest) -> HttpResponse:
    """The keys in use; a new one is shown this once."""
    form, secret = KeyForm(request.POST if request.method == "POST" else None), ""
    if form.is_bound and form.is_valid():
        try:
            secret, form = keys.make(name=form.cleaned_data["name"], now=clock.real_now()), KeyForm()
        except (keys.NameTaken, ValueError) as problem:
            form.add_error("name", str(problem))
    live, stopped = ApiKey.objects.filter(revoked_at=None), keys.lately_stopped(clock.real_now())
    context: dict[str, Any] = {"form": form, "secret": secret, "keys": live, "stopped": stopped}
    return render(request, "bookings/desk_api_keys.html", {**context, "zone": Practice.objects.the().zone})


@require_POST
@owner_only
def api_key_revoke(request: StaffRequest, code: UUID) -> HttpResponse:
    """Stop one key at once."""
    if keys.revoke(code=code, now=clock.real_now()):
        messages.success(request, "The key works no more. You can put it back below.")
    return redirect("desk-api-keys")


@require_POST
@owner_only
def api_key_put_back(request: StaffRequest, code: UUID) -> HttpResponse:
    """Let a key work again."""
    try:
        if key := keys.put_back(code=code, now=clock.real_now()):
            messages.success(request, f"The key of {key.name} works again.")
    except keys.NameTaken as taken:
        messages.error(request, str(taken))
    return redirect("desk-api-keys")
