"""A client's pages after a session: notes for this session, and stopping the letters."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from aftercare import access, saying, services
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


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The page to stop letters after sessions, and to have them again; opening it changes nothing."""
    now = clock.now()
    link = access.by_link(token, purpose=Link.Purpose.STOP, now=now)
    if request.method == "POST":
        act = services.allow_letters if request.POST.get("act") == "allow" else services.stop_letters
        act(client=link.client, now=now)
        return redirect("stop", token=token)
    return _stop_page(request, link, token)


@csrf_exempt  # RFC 8058: the mail program posts without cookies; the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the letter's header: a post stops the letters and answers 200; opening it shows the page."""
    now = clock.now()
    link = access.by_link(token, purpose=Link.Purpose.STOP, now=now)
    if request.method == "POST":
        services.stop_letters(client=link.client, now=now)
        link.client.refresh_from_db()
    return _stop_page(request, link, token)


def _stop_page(request: HttpRequest, link: Link, token: str) -> HttpResponse:
    is_stopped = link.client.wants_aftercare is False
    return render(request, "aftercare/stop.html", {"is_stopped": is_stopped, "token": token})
