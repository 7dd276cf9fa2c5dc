"""The practitioner's pages about paper: print it, type in its code, its answers, and that it was signed by hand."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.people import audit, clock, profile
from clinic.people.access import StaffRequest, clinical
from clinic.people.models import Practice
from intake import consents, journey, meaning, on_paper, pages, paper_codes, services
from intake.access import find_for_desk
from intake.consents import Paper
from intake.forms import YouForm
from intake.meaning import local_date
from intake.models import Request
from intake.paper_forms import AgreedForm, CodeOnPaper, PaperForm, PaperSignForm
from intake.printing import paper_context
from intake.versions import Wording

OVER = "These questions were sent already, or their session was cancelled. Nothing was changed."
OTHER_WORDING = "The client began this form on screen with other words than those on this paper. Print it anew."


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: StaffRequest) -> HttpResponse:
    """Where the code of a paper is typed in, and where blank forms are printed."""
    form = CodeOnPaper(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = paper_codes.read(form.cleaned_data["code"])
        if code and on_paper.find(request.user, code.words):
            return redirect("desk-paper-answers", code.words)
        form.add_error("code", "No form has this code. Look again at each letter.")
    return render(request, "intake/desk_paper.html", {"form": form, "blank": on_paper.printable()})


@clinical
@require_safe
def print_blank(request: StaffRequest, slug: str) -> HttpResponse:
    """A questionnaire for nobody yet."""
    if slug not in on_paper.printable():
        raise Http404
    today = clock.now().date()
    context = paper_context([on_paper.blank(slug, today=today)], country=Practice.objects.the().country)
    return render(request, "intake/desk_paper_print.html", context)


@clinical
@require_safe
def print_asked(request: StaffRequest, code: UUID) -> HttpResponse:
    """Everything that one client is asked before a session; no answer is on it."""
    asked = find_for_desk(request.user, code)
    context = paper_context(on_paper.sheets(asked, now=clock.now()), asked=asked, country=asked.client.country)
    return render(request, "intake/desk_paper_print.html", context)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: StaffRequest, code: UUID) -> HttpResponse:
    """First of all: the client agreed by hand that the answers may be kept."""
    asked, now = find_for_desk(request.user, code), clock.now()
    form = AgreedForm(request.POST if request.method == "POST" else None, today=local_date(asked.client, now))
    if request.method == "POST" and form.is_valid():
        try:
            on_paper.agree(asked=asked, paper=Paper(form.cleaned_data["signed_on"], request.user), now=now)
        except services.NotOpen:
            messages.info(request, OVER)
        return redirect("desk-intake-paper", asked.code)
    return render(request, "intake/desk_paper_agree.html", {"asked": asked, "form": form})


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def of_client(request: StaffRequest, code: UUID) -> HttpResponse:
    """How far the paper of one client is typed in; at the end the touch map and the signature."""
    asked, now = find_for_desk(request.user, code), clock.now()
    if not asked.is_open:
        messages.info(request, OVER)
        return redirect("desk-intake", asked.code)
    if not consents.may_keep_answers(asked.client):
        return redirect("desk-intake-paper-agree", asked.code)
    data = request.POST if request.method == "POST" else None
    form = PaperSignForm(data, areas=journey.areas(), today=local_date(asked.client, now))
    if data is not None and form.is_valid() and _signed(request, asked, form):
        return redirect("desk-intake", asked.code)
    parts = pages.parts(asked, now=now)
    rows = list(zip(parts, on_paper.sheets(asked, now=now), strict=True))
    is_ready = all(part.state == pages.DONE for part in parts)
    context = {"asked": asked, "rows": rows, "form": form, "is_ready": is_ready, "outline": consents.OUTLINE}
    return render(request, "intake/desk_paper_client.html", context)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def about(request: StaffRequest, code: UUID) -> HttpResponse:
    """The page about the client, from paper."""
    asked, now = find_for_desk(request.user, code), clock.now()
    known, today = profile.read(asked.client), local_date(asked.client, now)
    form = YouForm(request.POST if request.method == "POST" else None, profile=known, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_profile(asked=asked, changes=form.changes(), now=now)
        except services.NotOpen:
            messages.info(request, OVER)
        return redirect("desk-intake-paper", asked.code)
    audit.record(actor=request.user, verb="viewed", about=asked, client=asked.client, fields=["profile"], now=now)
    return render(request, "intake/desk_paper_about.html", {"asked": asked, "form": form})


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: StaffRequest, typed: str) -> HttpResponse:
    """The answers of one form, all on one page; for a blank form first whose it is."""
    found, now = on_paper.find(request.user, typed), clock.now()
    if found is None:
        raise Http404
    if found.asked is None:
        whose = {"title": found.wording.definition.title, "rows": _whose(request, found.wording)}
        return render(request, "intake/desk_paper_whose.html", whose)
    asked = found.asked
    if not asked.is_open or not consents.may_keep_answers(asked.client):
        return redirect("desk-intake-paper", asked.code)
    form = _form(request, asked, found.wording)
    if request.method == "POST" and form.is_valid() and _typed_in(request, asked, form):
        return redirect("desk-intake-paper", asked.code)
    fields = ["answers"]
    audit.record(actor=request.user, verb="viewed", about=asked, client=asked.client, fields=fields, now=now)
    context = {"asked": asked, "form": form, "title": found.wording.definition.title}
    return render(request, "intake/desk_paper_answers.html", context)


def _form(request: StaffRequest, asked: Request, wording: Wording) -> PaperForm:
    now, data = clock.now(), request.POST if request.method == "POST" else None
    reading = meaning.opened(asked, now=now, slugs=[wording.slug])[wording.slug]
    context = meaning.context(reading.document, meaning.around(asked.client, now=now))
    zone = ZoneInfo(asked.client.timezone)
    return PaperForm(data, wording=wording, answers=reading.answers, context=context, zone=zone)


def _typed_in(request: StaffRequest, asked: Request, form: PaperForm) -> bool:
    try:
        pressing = on_paper.type_in(
            asked=asked, wording=form.wording, answers=form.answers(), by=request.user, now=clock.now()
        )
    except on_paper.OtherWording:
        form.add_error(None, OTHER_WORDING)
        return False
    except services.NotOpen:
        messages.info(request, OVER)
        return True
    if pressing:
        messages.warning(request, f"An answer of this form cannot wait. Call {asked.client.first_name} now.")
    return True


def _signed(request: StaffRequest, asked: Request, form: PaperSignForm) -> bool:
    signed, now = Paper(form.cleaned_data["signed_on"], request.user), clock.now()
    try:
        on_paper.sign(asked=asked, touch=form.touch(), signature=form.signature(), paper=signed, now=now)
    except services.Unfinished:
        form.add_error(None, "Some answers are still needed. Ask the client, and type them in first.")
        return False
    except services.NotOpen:
        messages.info(request, OVER)
        return True
    messages.success(request, f"Typed in. {asked.client.first_name} signed it on paper.")
    return True


def _whose(request: StaffRequest, wording: Wording) -> list[tuple[Request, str]]:
    """The requests that a blank form may belong to, each with the code that it then has."""
    theirs = on_paper.waiting_for(request.user, wording.slug)
    return [(asked, paper_codes.code_of(asked.code, wording.digest).words) for asked in theirs]
