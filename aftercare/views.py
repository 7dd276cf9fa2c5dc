"""A client's page after a session: notes for this session."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftercare import access, saying
from aftercare.showing import passages
from clinic.people import clock
from clinic.people.models import Link


@require_safe
def notes(request: HttpRequest, token: str) -> HttpResponse:
    """What the letter may only point to: the paragraphs for this session, in full."""
    now = clock.now()
    link = access.by_link(token, purpose=Link.Purpose.NOTES, now=now)
    session = access.find(link.about)
    record = access.closed_record(session) if session and session.client == link.client else None
    if session is None or record is None:
        raise Http404
    told = saying.tell(session, record, now=now)
    found = [passage for text in saying.notes(told) for passage in passages(text)]
    return render(request, "aftercare/notes.html", {"session": session, "passages": found, "zone": session.zone})
