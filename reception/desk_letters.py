"""The desk's pages about letters: the practice's mailbox, one letter, and what a person may do with them."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftercare import own_steps
from clinic.outbox import bounces, keeping, phoning
from clinic.outbox.draining import copy_of
from clinic.outbox.health import mail_health
from clinic.outbox.letters import ONCE_MORE
from clinic.outbox.models import Message
from clinic.outbox.registry import Stop
from clinic.people import audit, clock
from clinic.people.access import StaffRequest, client_for, clinical, desk
from clinic.people.models import Client, Practice
from clinic.people.redaction import without_tokens
from reception import mailbox


@desk
@require_safe
def letters(request: StaffRequest) -> HttpResponse:
    """What will be sent, what was, and what a person must see to; the text only for those who may read it."""
    view = mailbox.BY_SLUG.get(request.GET.get("show", ""), mailbox.VIEWS[0])
    words, client = request.GET.get("q", "").strip(), _client(request)
    page = Paginator(mailbox.letters(request.user, view, words, client), 50).get_page(request.GET.get("page"))
    counts = mailbox.counts(request.user, client)
    whose, own = {"client": client.code} if client else {}, own_steps.names()
    context = {
        "page": page,
        "rows": [
            (message, *mailbox.words(message, request.user, own), phoning.what_to_do(message)) for message in page
        ],
        "views": [(each, counts[each.slug]) for each in mailbox.VIEWS],
        "view": view,
        "words": words,
        "client": client,
        "query": urlencode({"show": view.slug, "q": words, **whose}) + "&",
        "mail": mail_health(now=clock.now()),
        "zone": Practice.objects.the().zone,
    }
    return render(request, "reception/desk_letters.html", context)


@clinical
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: StaffRequest, code: UUID) -> HttpResponse:
    """One letter: its life, the exact copy once it was written, and at a press how it would read now."""
    now, message = clock.now(), _find(request, code)
    audit.record(actor=request.user, verb="viewed", about=message, client=message.client, fields=["copy"], now=now)
    may_look = keeping.may_repeat(message) or message.status in Message.UNSENT
    context = {
        "message": message,
        "title": mailbox.words(message, request.user, own_steps.names())[0],
        "copy": copy_of(message),
        "may_look": may_look,
        "is_paused": message.status in Message.UNSENT and message.client and message.client.letters_paused_at,
        "reads": _reads(message) if may_look and request.method == "POST" else None,
        "may_send_again": message.status in keeping.AGAIN,
        "may_repeat": keeping.may_repeat(message),
        "repeats": list(keeping.repeats(message)),
        "first": message.about if message.kind == ONCE_MORE else None,
        "to_do": phoning.what_to_do(message),
        "events": bounces.notes_on(message),
        "zone": Practice.objects.the().zone,
    }
    return render(request, "reception/desk_letter.html", context)


@clinical
@require_POST
def send_again(request: StaffRequest, code: UUID) -> HttpResponse:
    """Try a letter again that failed or was held back; or send one once more that was sent."""
    message, now = _find(request, code), clock.now()
    try:
        if message.status in keeping.AGAIN:
            keeping.send_again(message=message, by=request.user, now=now)
        else:
            keeping.repeat(message=message, seen=_count(request.POST.get("seen", "")), by=request.user, now=now)
    except keeping.NotAgain as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The letter will be sent in a moment.")
    return redirect("desk-letter", code)


@clinical
@require_POST
def pause(request: StaffRequest, code: UUID) -> HttpResponse:
    """Keep back every letter to one client."""
    keeping.pause(client=client_for(request.user, code), by=request.user, now=clock.now())
    messages.success(request, "Letters to this client are paused. Nothing is sent until you let them go again.")
    return redirect("desk-client", code)


@clinical
@require_POST
def resume(request: StaffRequest, code: UUID) -> HttpResponse:
    """Let the letters to one client go again."""
    waiting = keeping.resume(client=client_for(request.user, code), by=request.user, now=clock.now())
    kept = f" {waiting} that waited will leave in a moment." if waiting else ""
    messages.success(request, f"Letters to this client go out again.{kept}")
    return redirect("desk-client", code)


def _reads(message: Message) -> dict[str, str]:
    """Subject and text as they would leave, links masked; or why it would not."""
    written = keeping.reads_now(message, now=clock.now())
    if isinstance(written, Stop):
        return {"stop": written.reason}
    return {"to": written.to, "subject": written.subject, "text": without_tokens(written.text)}


def _count(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _client(request: StaffRequest) -> Client | None:
    """Whose letters alone are wanted; 404 where this user may not see that client."""
    code = request.GET.get("client", "")
    try:
        return client_for(request.user, UUID(code)) if code else None
    except ValueError as nonsense:
        raise Http404 from nonsense


def _find(request: StaffRequest, code: UUID) -> Message:
    return get_object_or_404(Message, code=code, client__in=Client.objects.visible_to(request.user))
