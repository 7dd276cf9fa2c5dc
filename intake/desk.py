"""The practitioner's pages about intake: the list to read, one intake, and what is decided on it."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from clinic.people import audit, clock
from clinic.people.access import StaffRequest, clinical
from clinic.people.models import Client
from intake import asking, flagging, on_paper, opened, pdf, queue, reviewing
from intake.access import find_for_desk, to_come
from intake.as_pdf import lines
from intake.desk_forms import AskForm, ClearForm, DecideForm, ReviewForm
from intake.models import Flag, Request

DECIDED_ALREADY = "This was decided already. Nothing was changed."


@clinical
@require_safe
def intakes(request: StaffRequest) -> HttpResponse:
    """The list, urgent answers first."""
    shown = request.GET.get("show", "waiting")
    if shown not in queue.SHOWN:
        raise Http404
    rows = queue.rows(request.user, shown=shown, now=clock.now())
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    context = {"page": page, "shown": shown, "kinds": queue.SHOWN, "query": f"show={shown}&"}
    return render(request, "intake/desk_queue.html", context)


@clinical
@require_safe
def intake(request: StaffRequest, code: UUID) -> HttpResponse:
    """One intake on one page; each reading is noted in the audit trail."""
    return _page(request, find_for_desk(request.user, code))


@clinical
@require_safe
def as_pdf(request: StaffRequest, code: UUID) -> HttpResponse:
    """The same as a document to keep or to hand on; where it cannot be written, the page to print is offered."""
    asked, now = find_for_desk(request.user, code), clock.now()
    folders, more = map(Path, settings.PDF_FONTS), map(Path, settings.PDF_MORE_FONTS)
    try:
        found = pdf.write(
            lines(opened.read(asked, now=now)), foot=asked.client.name, fonts=[*folders], more=[*more], now=now
        )
    except pdf.CannotWrite as cannot:
        return render(request, "intake/desk_no_pdf.html", {"asked": asked, "letters": cannot.letters}, status=501)
    fields = ["answers", "scores", "flags", "touch", "profile"]
    audit.record(actor=request.user, verb="took as PDF", about=asked, client=asked.client, fields=fields, now=now)
    name = {"Content-Disposition": f'attachment; filename="intake-{asked.code.hex[:8]}.pdf"'}
    return HttpResponse(found, content_type="application/pdf", headers=name)


@clinical
@require_POST
def mark_read(request: StaffRequest, code: UUID) -> HttpResponse:
    """Sign off."""
    asked = find_for_desk(request.user, code)
    form = ReviewForm(request.POST, adaptations=_adaptations(opened.read(asked, now=clock.now())))
    if not form.is_valid():
        return _page(request, asked, form)
    try:
        reviewing.mark_read(asked=asked, by=request.user, now=clock.now(), **form.cleaned_data)
    except reviewing.NotSent:
        messages.info(request, "The client has not sent this yet, so there is nothing to sign off.")
        return redirect("desk-intake", asked.code)
    following = queue.following(request.user, than=asked, now=clock.now())
    words = f"Read by {request.user.name}: {asked.client.name}."
    messages.success(request, f"{words} This is the next one." if following else f"{words} Nothing else waits.")
    return redirect("desk-intake", following.code) if following else redirect("today")


@clinical
@require_POST
def ask(request: StaffRequest, code: UUID) -> HttpResponse:
    """Ask the client about what they sent."""
    asked = find_for_desk(request.user, code)
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form)
    asking.ask(asked=asked, text=form.cleaned_data["text"], by=request.user, now=clock.now())
    messages.success(request, f"{asked.client.first_name} gets a letter that you have a question.")
    return redirect("desk-intake", asked.code)


@clinical
@require_POST
def seen(request: StaffRequest, code: UUID) -> HttpResponse:
    """The answers to our questions were read."""
    asked = find_for_desk(request.user, code)
    asking.note_seen(asked=asked, by=request.user, now=clock.now())
    return redirect("desk-intake", asked.code)


@clinical
@require_POST
def decide(request: StaffRequest, code: UUID) -> HttpResponse:
    """How to go on after a contact flag."""
    flag = _flag(request, code, Flag.Severity.CONTACT)
    form = DecideForm(request.POST, flag=flag)
    if not form.is_valid():
        return _page(request, find_for_desk(request.user, flag.response.request_id), form, flag)
    try:
        flagging.decide(flag=flag, by=request.user, now=clock.now(), **form.cleaned_data)
    except flagging.NotWaiting:
        messages.info(request, DECIDED_ALREADY)
    return redirect("desk-intake", flag.response.request_id)


@clinical
@require_POST
def take(request: StaffRequest, code: UUID) -> HttpResponse:
    """I see to it: it still waits, and no second person is called."""
    flag = _flag(request, code, *Flag.WAITING_SEVERITIES)
    try:
        flagging.take(flag=flag, by=request.user, now=clock.now())
    except flagging.NotWaiting:
        messages.info(request, DECIDED_ALREADY)
    return redirect("desk-intake", flag.response.request_id)


@clinical
@require_POST
def clear(request: StaffRequest, code: UUID) -> HttpResponse:
    """The end of an urgent hold."""
    flag = _flag(request, code, Flag.Severity.URGENT)
    form = ClearForm(request.POST, flag=flag, is_booked=bool(to_come(flag.client, now=clock.now())))
    if not form.is_valid():
        return _page(request, find_for_desk(request.user, flag.response.request_id), form, flag)
    seen, note = form.cleaned_data["seen"], form.cleaned_data["note"]
    try:
        flagging.clear(flag=flag, seen=seen, note=note, by=request.user, now=clock.now())
    except flagging.NotWaiting:
        messages.info(request, DECIDED_ALREADY)
    return redirect("desk-intake", flag.response.request_id)


def _page(
    request: StaffRequest, asked: Request, bound: forms.Form | None = None, flag: Flag | None = None
) -> HttpResponse:
    now = clock.now()
    seen = opened.read(asked, now=now)
    fields = ["answers", "scores", "flags", "touch", "profile"]
    audit.record(actor=request.user, verb="viewed", about=asked, client=asked.client, fields=fields, now=now)
    ticks = ReviewForm(adaptations=_adaptations(seen), ticked=seen.ticked)
    review = bound if isinstance(bound, ReviewForm) else ticks
    ask_form = bound if isinstance(bound, AskForm) else AskForm()
    booked = to_come(asked.client, now=now)
    safety = [(each, bound if flag and each.row.code == flag.code else _form(each.row, booked)) for each in seen.safety]
    context = {
        "seen": seen,
        "asked": asked,
        "safety": safety,
        "booked": booked,
        "review_form": review,
        "ask_form": ask_form,
        "form": bound,
    }
    context["paper"] = on_paper.said(asked)
    context["waits"] = any(each.row.is_waiting for each, _ in safety)
    context["has_news"] = any(each.row.answered_at and not each.row.seen_at for each in seen.questions)
    return render(request, "intake/desk_intake.html", context)


def _form(flag: Flag, booked: list[Request]) -> forms.Form | None:
    if not flag.is_waiting:
        return None
    if flag.severity == Flag.Severity.URGENT:
        return ClearForm(flag=flag, is_booked=bool(booked))
    return DecideForm(flag=flag)


def _adaptations(seen: opened.Opened) -> list[tuple[str, str]]:
    found = [each.kind for each in seen.adaptations if each.row.severity == "precaution"]
    return [(kind.id, f"{kind.title}. {kind.practitioner or kind.why}".strip()) for kind in found]


def _flag(request: StaffRequest, code: UUID, *severities: str) -> Flag:
    visible = Flag.objects.filter(client__in=Client.objects.visible_to(request.user), severity__in=severities)
    flag = visible.select_related("client", "response__request").filter(code=code).first()
    if flag is None:
        raise Http404
    return flag
