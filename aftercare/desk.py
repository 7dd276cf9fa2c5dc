"""The practitioner's pages about one session: its record, the letters that it will cause, closing, amending."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aftercare import access, looking_back, planning, previewing, services
from aftercare.access import Session
from aftercare.forms import AmendmentForm, RecordForm
from aftercare.models import SessionRecord
from aftercare.record import Record
from aftercare.showing import corrections, rows
from clinic.people import audit, clock, wording
from clinic.people.access import StaffRequest, clinical

CHANGED = "Somebody saved this record in another window. Below is what you typed; press Save again to keep it."
SIGNED = "Signed. The letters follow this record from now on."


@clinical
@require_http_methods(["GET", "POST"])
def record(request: StaffRequest, code: UUID) -> HttpResponse:
    session, now = access.find_for_desk(request.user, code), clock.now()
    row = access.record_row(session)
    stored = access.read(row) if row else Record()
    if row and row.is_closed:
        return _signed(request, session, stored)
    _note_view(request, session, row, "content" if row else "flags")
    limits = services.limits(session, now=now)
    version = row.version if row else 0
    form = RecordForm(request.POST or None, limits=limits, record=stored, version=version)
    if request.method == "POST" and form.is_valid() and _keep(request, session, form):
        page = "desk-record-letters" if "then" in request.POST else "desk-record"
        return redirect(page, code=code)
    return render(request, "aftercare/desk_record.html", _about(session) | {"form": form, "bars": limits.bars.values()})


def _keep(request: StaffRequest, session: Session, form: RecordForm) -> bool:
    """Save the typed record; what speaks against it stands beside the fields."""
    try:
        services.save_record(
            session=session,
            content=form.to_record(),
            version=form.cleaned_data["version"],
            by=request.user,
            now=clock.now(),
        )
    except services.Refused as refusal:
        form.blame(refusal.problems)
    except services.Changed as change:
        form.take_version(change.version)
        form.add_error(None, CHANGED)
    except services.Closed:
        form.add_error(None, "This record was signed in the meantime. Open it again to amend it.")
    else:
        messages.success(request, "The record is saved.")
    return form.is_valid()


def _signed(request: StaffRequest, session: Session, content: Record) -> HttpResponse:
    row = access.record_row(session)
    if row is None:
        return redirect("desk-record", code=session.booking.code)
    _note_view(request, session, row, "content")
    amendments = [
        _added(access.read_amendment(added)) | {"at": added.written_at, "by": added.written_by}
        for added in row.amendments.select_related("record__client", "written_by")
    ]
    about = _about(session) | {"record": row, "rows": rows(content), "amendments": amendments}
    return render(request, "aftercare/desk_record_signed.html", about)


def _added(words: dict[str, Any]) -> dict[str, Any]:
    """An amendment; what it puts right in rows of words."""
    corrected = words.get("corrected", {})
    return words | {"rows": corrections(Record().corrected(corrected), corrected)}


@clinical
@require_GET
def letters(request: StaffRequest, code: UUID) -> HttpResponse:
    """The exact letters that follow, with the reason for every paragraph."""
    session, now = access.find_for_desk(request.user, code), clock.now()
    row = access.record_row(session)
    content = access.as_it_stands(row) if row else None
    _note_view(request, session, row, "letters")
    about = _about(session) | {
        "record": row,
        "previews": previewing.previews(session, content, now=now),
        "why_none": _why_none(session),
        "by_hand": previewing.by_hand(session, content, services.by_hand(session, now=now), now=now),
        "asks_review": looking_back.asks_review(session.client),
    }
    return render(request, "aftercare/desk_letters.html", about)


@clinical
@require_POST
def change_letter(request: StaffRequest, code: UUID, kind: str) -> HttpResponse:
    """Skip, hold, release or send one letter."""
    session, now = access.find_for_desk(request.user, code), clock.now()
    act = request.POST.get("act", "")
    try:
        if act == "release":
            services.release(session=session, kind=kind, by=request.user, now=now)
        elif act == "send":
            _say_sent(request, session, services.send(session=session, kind=kind, by=request.user, now=now))
        else:
            services.keep_back(session=session, kind=kind, change=act, by=request.user, now=now)
    except services.NotNow as refusal:
        messages.error(request, str(refusal))
    return _back_to_letters(code)


def _say_sent(request: StaffRequest, session: Session, earlier: datetime | None) -> None:
    if earlier:
        messages.info(request, f"It was sent already on {wording.day_time(earlier, session.practice.zone)}.")
    else:
        messages.success(request, f"Sent to {session.client.first_name}.")


@clinical
@require_POST
def close(request: StaffRequest, code: UUID) -> HttpResponse:
    session, now = access.find_for_desk(request.user, code), clock.now()
    try:
        services.close_record(session=session, version=_version(request.POST), by=request.user, now=now)
    except services.Refused as refusal:
        for sentence in refusal.problems.values():
            messages.error(request, sentence)
        return redirect("desk-record", code=code)
    except services.Changed:
        messages.error(request, "The record was saved in another window. Look at it again before you sign.")
        return _back_to_letters(code)
    messages.success(request, SIGNED)
    return redirect("desk-record", code=code)


@clinical
@require_http_methods(["GET", "POST"])
def amend(request: StaffRequest, code: UUID) -> HttpResponse:
    session, now = access.find_for_desk(request.user, code), clock.now()
    form = AmendmentForm(
        request.POST or None, record=access.closed_record(session), limits=services.limits(session, now=now)
    )
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("text", "reason")}
        try:
            services.amend(session=session, by=request.user, now=now, corrected=form.corrected(), **words)
            return redirect("desk-record", code=code)
        except services.NotNow as refusal:
            form.add_error(None, str(refusal))
        except services.Refused as refusal:
            form.add_error(None, " ".join(refusal.problems.values()))
    return render(request, "aftercare/desk_amend.html", _about(session) | {"form": form})


def _note_view(request: StaffRequest, session: Session, row: SessionRecord | None, field: str) -> None:
    """Every read is noted, also of what the client's answers lock or choose before there is a record."""
    about = row or session.booking
    audit.record(actor=request.user, verb="viewed", about=about, client=session.client, fields=[field], now=clock.now())


def _about(session: Session) -> dict[str, object]:
    return {"session": session, "booking": session.booking, "client": session.client, "zone": session.practice.zone}


def _why_none(session: Session) -> str:
    stop = planning.stop(session)
    return stop.reason if stop else ""


def _version(posted: Mapping[str, str]) -> int:
    text = posted.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _back_to_letters(code: UUID) -> HttpResponseRedirect:
    return redirect("desk-record-letters", code=code)
