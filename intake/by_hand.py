"""The client's page that is printed: every question, to answer by hand and bring along."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clinic.people import clock
from intake import on_paper
from intake.models import Request
from intake.printing import paper_context
from intake.views import by_link


@require_safe
@by_link
def paper(request: HttpRequest, asked: Request, token: str) -> HttpResponse:
    """What is asked, with the codes that the practitioner types in; no answer is on it."""
    if asked.sent_at:
        return redirect("intake-done", token)
    sheets = on_paper.sheets(asked, now=clock.now())
    context = paper_context(sheets, asked=asked, country=asked.client.country)
    return render(request, "intake/paper.html", {**context, "token": token})
