"""The owner's pages about the practice's own questionnaires: list, taking in, who is asked, versions."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.people import clock
from clinic.people.access import StaffRequest, owner_only
from intake import editing, fhir, owning
from intake.compiling import DefinitionProblems, shipped
from intake.definition import Definition
from intake.models import Edition, OwnQuestionnaire
from intake.own_forms import TakeInForm, WhoForm
from intake.shape import Problem

PUBLISHED = "Published. Who is asked from now on is asked this version."


@owner_only
@require_safe
def questionnaires(request: StaffRequest) -> HttpResponse:
    """The practice's own, and those that ship."""
    own = list(OwnQuestionnaire.objects.select_related("published"))
    known = {each.slug for each in own}
    theirs = [(slug, each) for slug, each in shipped().items() if slug not in known]
    return render(request, "intake/desk_questionnaires.html", {"own": own, "shipped": theirs})


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: StaffRequest) -> HttpResponse:
    """A file or pasted text; every problem is shown with its path, and what was pasted stays."""
    posted = request.method == "POST"
    form = TakeInForm(request.POST if posted else None, request.FILES if posted else None)
    problems: list[Problem] = []
    if posted and form.is_valid():
        try:
            own = owning.take_in(text=form.cleaned_data["both"], by=request.user, now=clock.now())
            return redirect("desk-questionnaire", own.code)
        except DefinitionProblems as found:
            problems = found.problems
    return render(request, "intake/desk_questionnaire_add.html", {"form": form, "problems": problems})


@owner_only
@require_POST
def copy(request: StaffRequest, slug: str) -> HttpResponse:
    """A shipped form as one's own."""
    if slug not in shipped():
        raise Http404
    own = owning.fork(slug=slug, by=request.user, now=clock.now())
    return redirect("desk-questionnaire", own.code)


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire(request: StaffRequest, code: UUID) -> HttpResponse:
    """One of them: its questions, who is asked, its versions; a post says who is asked."""
    own = find(code)
    chosen = {"is_always": own.is_always, "reasons": own.reasons, "chip": own.chip, "lasts_days": own.lasts_days}
    form = WhoForm(request.POST if request.method == "POST" else None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        owning.choose(own=own, by=request.user, now=clock.now(), **form.cleaned_data)
        return redirect("desk-questionnaire", own.code)
    definition = owning.draft_of(own)
    now_asked = Definition.from_json(own.published.definition) if own.published else None
    context = {
        "own": own, "form": form, "definition": definition, "items": list(enumerate(definition.by_id.values())),
        "differences": editing.differences(now_asked, definition) if own.draft else [],
        "editions": own.editions.select_related("published_by"),
    }  # fmt: skip
    return render(request, "intake/desk_questionnaire.html", context)


@owner_only
@require_POST
def act(request: StaffRequest, code: UUID) -> HttpResponse:
    """Publish, retire, or take back."""
    own, now, does = find(code), clock.now(), request.POST.get("do")
    if does == "publish":
        try:
            owning.publish(own=own, by=request.user, now=now)
            messages.success(request, PUBLISHED)
        except owning.NothingToPublish:
            messages.info(request, "There was nothing new to publish.")
    elif does in ("retire", "resume"):
        owning.retire(own=own, is_retired=does == "retire", by=request.user, now=now)
    return redirect("desk-questionnaire", own.code)


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: StaffRequest, code: UUID, number: int) -> HttpResponse:
    """An older version, as it was asked; a post takes it up again as the draft."""
    edition = get_object_or_404(
        Edition.objects.select_related("version", "published_by"), questionnaire=code, number=number
    )
    own = find(code)
    if request.method == "POST":
        owning.restore(edition=edition, by=request.user, now=clock.now())
        return redirect("desk-questionnaire", own.code)
    definition = Definition.from_json(edition.version.definition)
    context = {"own": own, "edition": edition, "definition": definition, "items": list(definition.by_id.values())}
    return render(request, "intake/desk_questionnaire_version.html", context)


@owner_only
@require_safe
def as_fhir(request: StaffRequest, code: UUID) -> HttpResponse:
    """The questionnaire for other systems."""
    text = fhir.as_text(fhir.questionnaire(owning.draft_of(find(code))))
    return HttpResponse(text, content_type="application/fhir+json; charset=utf-8")


def find(code: UUID) -> OwnQuestionnaire:
    """One of the practice's own; else 404."""
    return get_object_or_404(OwnQuestionnaire.objects.select_related("published"), code=code)
