"""The practitioner's page to say one letter in other words to one client, or to add a sentence to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from aftercare import access, letters, own_words, planning, previewing, rewriting, saying
from aftercare.forms import RewritingForm
from aftercare.services import NotNow
from clinic.outbox.plainness import warnings
from clinic.outbox.registry import Stop
from clinic.outbox.rewording import NotSaid
from clinic.people import audit, clock
from clinic.people.access import StaffRequest, clinical


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def rewrite(request: StaffRequest, code: UUID, kind: str) -> HttpResponse:
    """Other words, or a sentence more; look at it before it is kept."""
    session, now = access.find_for_desk(request.user, code), clock.now()
    if kind not in planning.KINDS:
        raise Http404
    row = access.record_row(session)
    told = saying.tell(session, access.as_it_stands(row) if row else None, now=now)
    form = RewritingForm(request.POST or None, usual=rewriting.usual(kind, told), own=own_words.of(session, kind))
    act = request.POST.get("act", "")
    if act == "undo":
        rewriting.take_back(session=session, kind=kind, by=request.user, now=now)
        messages.success(request, "The letter goes in its usual words.")
        return redirect("desk-record-letters", code=code)
    if act == "save" and form.is_valid() and _keep(request, form, told, kind):
        return redirect("desk-record-letters", code=code)
    return _page(request, form, told, kind)


def _keep(request: StaffRequest, form: RewritingForm, told: saying.Told, kind: str) -> bool:
    try:
        rewriting.rewrite(session=told.session, kind=kind, words=form.words, by=request.user, now=clock.now())
    except NotSaid as refusal:
        form.blame(refusal.problems)
    except NotNow as refusal:
        form.add_error(None, str(refusal))
    else:
        messages.success(request, "This letter goes to this client in these words.")
        return True
    return False


def _page(request: StaffRequest, form: RewritingForm, told: saying.Told, kind: str) -> HttpResponse:
    session, now = told.session, clock.now()
    words = form.words if form.is_bound and form.is_valid() else form.own
    problems = rewriting.check(kind, session, words)
    if form.is_bound and form.is_valid():
        form.blame(problems)
    mail = None if problems else letters.render(kind, told, saying.shown, now=now, own=words)
    audit.record(
        actor=request.user, verb="viewed", about=session.booking, client=session.client, fields=["letters"], now=now
    )
    context = {
        "form": form,
        "kind": kind,
        "title": previewing.title(kind),
        "booking": session.booking,
        "client": session.client,
        "mail": None if isinstance(mail, Stop) else mail,
        "whys": list(previewing.whys(kind, told)),
        "kept": rewriting.kept(kind, told),
        "warnings": warnings(f"{words.text}\n\n{words.added}"),
        "is_general": not session.client.wants_email_detail,
        "has_own": form.own != form.none,
    }
    return render(request, "aftercare/desk_rewrite.html", context)
