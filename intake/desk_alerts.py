"""The practitioner's pages about alerts: the list by deadline, and one alert with what may be done about it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from clinic.people import audit, clock, profile
from clinic.people.access import StaffRequest, clinical
from clinic.people.models import Practice
from intake import alerts, care, facts, flagging, opened
from intake.access import to_come
from intake.desk_forms import ClearForm, CloseForm, PassOnForm
from intake.forms import SAFE_PHONE
from intake.models import Flag

CLOSED_ALREADY = "Somebody closed this in the meantime. Nothing was changed."


@clinical
@require_safe
def listed(request: StaffRequest) -> HttpResponse:
    """What waits for a person, the first deadline first."""
    is_mine = request.GET.get("whose") == "mine"
    found = alerts.rows(request.user, only_mine=is_mine)
    context = {
        "page": Paginator(found, 25).get_page(request.GET.get("page")),
        "is_mine": is_mine,
        "query": "whose=mine&" if is_mine else "",
        "zone": Practice.objects.the().zone,
        "now": clock.now(),
    }
    return render(request, "intake/desk_alerts.html", context)


@clinical
@require_safe
def alert(request: StaffRequest, code: UUID) -> HttpResponse:
    """One alert: what was answered, by when, whose it is. Each reading is noted in the audit trail."""
    return _page(request, alerts.find(request.user, code))


@clinical
@require_POST
def take(request: StaffRequest, code: UUID) -> HttpResponse:
    """I see to this."""
    try:
        flagging.take(flag=alerts.find(request.user, code), by=request.user, now=clock.now())
    except flagging.NotWaiting:
        messages.info(request, CLOSED_ALREADY)
    return redirect("desk-alert", code)


@clinical
@require_POST
def pass_on(request: StaffRequest, code: UUID) -> HttpResponse:
    """Somebody else sees to this."""
    flag = alerts.find(request.user, code)
    form = PassOnForm(request.POST, flag=flag)
    if not form.is_valid():
        return _page(request, flag, form)
    to = form.cleaned_data["to"]
    try:
        alerts.pass_on(flag=flag, to=to, by=request.user, now=clock.now())
    except flagging.NotWaiting:
        messages.info(request, CLOSED_ALREADY)
    else:
        messages.success(request, f"It is with {to.name} now, who gets a letter about it.")
    return redirect("desk-alert", code)


@clinical
@require_POST
def close(request: StaffRequest, code: UUID) -> HttpResponse:
    """The end of an alert, with a note."""
    flag = alerts.find(request.user, code)
    form = _close_form(flag, request.POST)
    if not form.is_valid():
        return _page(request, flag, form)
    try:
        if isinstance(form, ClearForm):
            seen, note = form.cleaned_data["seen"], form.cleaned_data["note"]
            flagging.clear(flag=flag, seen=seen, note=note, by=request.user, now=clock.now())
        else:
            alerts.close(flag=flag, by=request.user, now=clock.now(), **form.cleaned_data)
    except flagging.NotWaiting:
        messages.info(request, CLOSED_ALREADY)
        return redirect("desk-alert", code)
    messages.success(request, f"Closed: {flag.client.name}. The note is kept with the answer.")
    return redirect("desk-alerts")


def _close_form(flag: Flag, data: object = None) -> forms.Form:
    if flag.severity == Flag.Severity.URGENT:
        return ClearForm(data, flag=flag, is_booked=bool(to_come(flag.client, now=clock.now())))
    return CloseForm(data, flag=flag, others=alerts.others(flag).count())


def _page(request: StaffRequest, flag: Flag, bound: forms.Form | None = None) -> HttpResponse:
    now, asked = clock.now(), flag.response.request
    audit.record(
        actor=request.user, verb="viewed", about=flag, client=flag.client, fields=["answers", "flags"], now=now
    )
    found = opened.waiting(asked, now=now)
    known = profile.read(flag.client)
    is_private = bool(care.UNSAFE & facts.flags_of(flag.client))
    contact = filter(None, [known.get("emergency_name"), known.get("emergency_phone")])
    context = {
        "flag": next(each for each in found if each.row.code == flag.code),
        "others": [each for each in found if each.row.code != flag.code],
        "asked": asked,
        "by_phone": dict(SAFE_PHONE).get(known.get("safe_phone") or "", ""),
        "reach_notes": known.get("reach_notes") or "",
        "booked": to_come(flag.client, now=now),
        "may_write": flag.client.may_email and not is_private,
        "emergency_contact": "" if is_private else " ".join(contact),
        "zone": Practice.objects.the().zone,
        "now": now,
        "form": bound,
        "close_form": bound if isinstance(bound, ClearForm | CloseForm) else _close_form(flag),
        "pass_form": bound if isinstance(bound, PassOnForm) else PassOnForm(flag=flag),
    }
    return render(request, "intake/desk_alert.html", context)
