"""The owner's pages that edit one question of a questionnaire, and walk through it as a client would."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.people import clock
from clinic.people.access import StaffRequest, owner_only
from intake import editing, owning, paging, relied
from intake.compiling import DefinitionProblems
from intake.definition import Definition, Item
from intake.desk_own import find
from intake.evaluation import Context, evaluate
from intake.models import OwnQuestionnaire
from intake.own_forms import ItemForm, NewItemForm
from intake.question_form import QuestionForm
from intake.shape import Problem

MOVES: dict[str, Callable[[Definition, str], Definition]] = {
    "up": lambda definition, link_id: editing.move(definition, link_id, -1),
    "down": lambda definition, link_id: editing.move(definition, link_id, 1),
    "remove": editing.remove,
}
NOTES = {"up": "Moved up", "down": "Moved down", "remove": "Removed"}


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: StaffRequest, code: UUID, place: int) -> HttpResponse:
    """One question; what would break is said and changes nothing."""
    own = find(code)
    definition, asked = _at(own, place)
    form = ItemForm(request.POST if request.method == "POST" else None, definition=definition, item=asked)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        problems = _keep(request, own, form.edited(), f"Changed: {form.cleaned_data['text']}")
        if not problems:
            return redirect("desk-questionnaire", own.code)
    is_relied_on = relied.is_relied_on(own.slug, asked.link_id)
    context = {"own": own, "asked": asked, "form": form, "problems": problems, "is_relied_on": is_relied_on}
    return render(request, "intake/desk_questionnaire_item.html", context)


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_item(request: StaffRequest, code: UUID) -> HttpResponse:
    """One more question."""
    own = find(code)
    definition = owning.draft_of(own)
    form = NewItemForm(request.POST if request.method == "POST" else None, definition=definition)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        made = form.item()
        problems = _keep(request, own, editing.add(definition, made), f"Added: {made.text}")
        if not problems:
            return redirect("desk-questionnaire", own.code)
    context = {"own": own, "asked": None, "form": form, "problems": problems}
    return render(request, "intake/desk_questionnaire_item.html", context)


@owner_only
@require_POST
def move(request: StaffRequest, code: UUID, place: int) -> HttpResponse:
    """Up, down, or away."""
    own = find(code)
    definition, asked = _at(own, place)
    does = request.POST.get("do", "")
    if does not in MOVES:
        raise Http404
    for problem in _keep(request, own, MOVES[does](definition, asked.link_id), f"{NOTES[does]}: {asked.words}"):
        messages.error(request, f"{problem.path}: {problem.reason}")
    return redirect("desk-questionnaire", own.code)


@owner_only
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: StaffRequest, code: UUID, number: int) -> HttpResponse:
    """A page as the client sees it; what is typed is kept for this preview only, and is nobody's answer."""
    own = find(code)
    definition, kept = owning.draft_of(own), f"preview-{code}"
    answers = dict(request.session.get(kept, {})) if number > 1 or request.method == "POST" else {}
    context = Context(today=clock.now().date())
    result = evaluate(definition, answers, context)
    pages = paging.split(definition)
    page = next((page for page in pages if page.number >= number and page.shown(result.enabled)), None)
    if page is None:
        return render(request, "intake/desk_questionnaire_preview.html", {"own": own, "definition": definition})
    data = request.POST if request.method == "POST" else None
    form = QuestionForm(data, items=page.shown(result.enabled), answers=answers, result=result)
    if request.method == "POST" and form.is_valid():
        request.session[kept] = {**answers, **form.answers()}
        again = "again" in request.POST
        return redirect("desk-questionnaire-preview", own.code, page.number + (0 if again else 1))
    shown = {
        "own": own,
        "definition": definition,
        "page": page,
        "form": form,
        "said": paging.said(pages, page.number, result.enabled, result.values),
    }
    shown |= {"heading": page.heading(form.items), "total": len(pages)}
    return render(request, "intake/desk_questionnaire_preview.html", shown)


def _at(own: OwnQuestionnaire, place: int) -> tuple[Definition, Item]:
    """The item at this place of what is being written; ids of foreign forms do not fit into an address."""
    definition = owning.draft_of(own)
    items = list(definition.by_id.values())
    if place >= len(items):
        raise Http404
    return definition, items[place]


def _keep(request: StaffRequest, own: OwnQuestionnaire, definition: Definition, note: str) -> list[Problem]:
    try:
        owning.change(own=own, definition=definition, note=note, by=request.user, now=clock.now())
    except DefinitionProblems as found:
        return found.problems
    return []
