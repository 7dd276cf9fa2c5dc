"""Flags: raised and withdrawn by answers, decided and cleared by people only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.people import audit
from clinic.people.models import Practice, User
from intake import care, documents, letters
from intake.evaluation import Raised
from intake.flags import FLAGS
from intake.models import Flag, Request, Response

DECISIONS = {
    "go_ahead": "Go ahead",
    "with_changes": "Go ahead with changes",
    "doctors_ok": "Ask for the doctor's OK",
    "move": "Move the session",
    "decline": "Decline kindly",
}
# After a check-in there is no session to decide on: what was done about the answer.
CLOSINGS = {
    "spoke": "We spoke",
    "wrote": "We wrote to each other",
    "elsewhere": "They see a doctor or another service",
    "nothing": "Nothing more to do",
}
URGENT_WITHIN = timedelta(hours=1)  # then a second person is told
SEEN = {"yes": "Yes", "no": "No", "not_needed": "Not needed"}


class NotWaiting(Exception):
    """The flag was decided already, or never needs a decision."""


def settle(
    asked: Request, raised: Iterable[tuple[Response, Raised]], *, is_complete: bool, now: datetime
) -> list[Flag]:
    """Make the flags of a request agree with its answers; returns those that are new.

    From an unfinished form only what cannot wait is raised. A flag whose answer was taken back is marked as
    withdrawn by the client and still waits for a person; nothing here ever closes one.
    """
    wanted: dict[str, tuple[Response, list[str]]] = {}
    for response, each in raised:
        if is_complete or cannot_wait(each.flag, asked.purpose):
            wanted.setdefault(each.flag, (response, []))[1].append(each.source)
    known = {documents.read(flag)["id"]: flag for flag in _flags_of(asked)}
    for flag_id, flag in known.items():
        _follow_answer(flag, is_raised=flag_id in wanted)
    return [
        _raise(response, flag_id, sources, asked=asked, now=now)
        for flag_id, (response, sources) in wanted.items()
        if flag_id not in known or documents.read(known[flag_id]).get("taken_back")
    ]


def cannot_wait(flag_id: str, purpose: str = Request.Purpose.PRESESSION) -> bool:
    """Whether a person must hear of it even if the form is never finished.

    At a check-in the card that the client sees promises a call, so whatever brings it is kept to.
    """
    is_promised = purpose == Request.Purpose.CHECKIN and FLAGS[flag_id].severity == Flag.Severity.CONTACT
    return is_promised or FLAGS[flag_id].severity == Flag.Severity.URGENT or flag_id in care.PRIVATE


def pressing(flag_ids: Collection[str], purpose: str = Request.Purpose.PRESESSION) -> frozenset[str]:
    """Those that cannot wait."""
    return frozenset(flag_id for flag_id in flag_ids if cannot_wait(flag_id, purpose))


def decisions(flag: Flag) -> dict[str, str]:
    """How a person may answer this flag."""
    return CLOSINGS if flag.response.request.purpose == Request.Purpose.CHECKIN else DECISIONS


def supersede(response: Response, *, asked_again: Collection[str]) -> None:
    """A newer form replaces what older ones raised, but for what still waits for a person.

    A form of another kind replaces only what it asked again: the flags whose answers it all has anew.
    """
    older = Flag.objects.filter(client=response.client).exclude(response=response).select_related("client", "response")
    older = older.exclude(state__in=[Flag.State.CLEARED, Flag.State.SUPERSEDED])
    older = older.exclude(state__in=Flag.WAITING_STATES, severity__in=Flag.WAITING_SEVERITIES)
    replaced = [
        flag.code for flag in older if flag.response.slug == response.slug or _came_from(flag) <= set(asked_again)
    ]
    Flag.objects.filter(code__in=replaced).update(state=Flag.State.SUPERSEDED)


def _came_from(flag: Flag) -> set[str]:
    """The questions behind a flag; what a rule or a score raised names none that is ever asked."""
    return {source.partition("=")[0] for source in documents.read(flag)["sources"]} or {""}


@transaction.atomic
def decide(*, flag: Flag, decision: str, reason: str, by: User, now: datetime) -> Flag:
    """A person says how to go on after a contact flag; the reason is kept with it."""
    if decision not in decisions(flag) or not reason.strip():
        raise ValueError("A decision needs to be one of those offered, and needs a reason.")
    return _close(flag, Flag.Severity.CONTACT, {"decision": decision, "reason": reason.strip()}, by=by, now=now)


@transaction.atomic
def clear(*, flag: Flag, seen: str, note: str, by: User, now: datetime) -> Flag:
    """A person ends the hold of an urgent flag, saying whether a health service has seen the client."""
    if seen not in SEEN or not note.strip():
        raise ValueError("Clearing needs an answer about the health service, and a note.")
    return _close(flag, Flag.Severity.URGENT, {"seen": seen, "reason": note.strip()}, by=by, now=now)


@transaction.atomic
def take(*, flag: Flag, by: User, now: datetime) -> Flag:
    """Somebody sees to it: it still waits, but nobody else is called. A second press changes nothing."""
    row = lock(flag)
    if not row.is_waiting:
        raise NotWaiting
    if row.taken_at is None:
        row.taken_at, row.taken_by = now, by
        row.save(update_fields=["taken_at", "taken_by"])
        audit.record(actor=by, verb="took", about=row, client=row.client, fields=["taken_by"], now=now)
        letters.resync(row.response.request, now=now)
    return row


def lock(flag: Flag) -> Flag:
    rows = Flag.objects.select_for_update(of=("self",), no_key=True).select_related("client", "response__request")
    return rows.get(code=flag.code)


def _close(flag: Flag, severity: str, words: dict[str, str], *, by: User, now: datetime) -> Flag:
    row = lock(flag)
    if row.severity != severity or not row.is_waiting:
        raise NotWaiting
    documents.close(row, {**documents.read(row), **words})
    row.state = Flag.State.CLEARED if severity == Flag.Severity.URGENT else Flag.State.DECIDED
    row.decided_at, row.decided_by = now, by
    row.save(update_fields=["sealed", "state", "decided_at", "decided_by"])
    audit.record(actor=by, verb="decided", about=row, client=row.client, fields=["state", *words], now=now)
    letters.resync(row.response.request, now=now)
    return row


def _flags_of(asked: Request) -> list[Flag]:
    found = Flag.objects.filter(response__request=asked).select_related("client")
    return list(found.order_by("raised_at").select_for_update(of=("self",), no_key=True))


def _follow_answer(flag: Flag, *, is_raised: bool) -> None:
    if not is_raised and flag.state == Flag.State.OPEN:
        flag.state = Flag.State.WITHDRAWN
    elif is_raised and flag.state == Flag.State.WITHDRAWN:
        flag.state = Flag.State.OPEN
    elif not is_raised and flag.decided_at:  # should the same answer come again, it is news
        documents.close(flag, {**documents.read(flag), "taken_back": True}).save(update_fields=["sealed"])
        return
    else:
        return
    flag.save(update_fields=["state"])


def _raise(response: Response, flag_id: str, sources: list[str], *, asked: Request, now: datetime) -> Flag:
    kind = FLAGS[flag_id]
    flag = Flag(
        client=asked.client,
        response=response,
        severity=kind.severity,
        raised_at=now,
        owner=asked.practitioner if kind.severity in Flag.WAITING_SEVERITIES else None,
        owned_at=now if kind.severity in Flag.WAITING_SEVERITIES else None,
        deadline_at=_deadline(flag_id, asked, now),
    )
    documents.close(flag, {"id": flag_id, "sources": sources})
    flag.save(force_insert=True)
    return flag


def _deadline(flag_id: str, asked: Request, now: datetime) -> datetime | None:
    """By when a person has looked: within the hour, today, before the session, or within a working day."""
    severity = FLAGS[flag_id].severity
    if severity == Flag.Severity.URGENT:
        return now + URGENT_WITHIN
    if severity != Flag.Severity.CONTACT:
        return None
    if flag_id in care.PRIVATE:
        return max(now, _this_evening(asked, now))
    is_before = asked.purpose == Request.Purpose.PRESESSION and asked.needed_at > now
    return asked.needed_at if is_before else _next_working_day(now)


def _this_evening(asked: Request, now: datetime) -> datetime:
    zone = ZoneInfo(asked.practitioner.timezone)
    return datetime.combine(now.astimezone(zone).date(), Practice.objects.the().quiet_from or time(20), zone)


def _next_working_day(now: datetime) -> datetime:
    """A rough guess; the floor that knows who works when puts the true one in its place."""
    days = {4: 3, 5: 2}.get(now.weekday(), 1)  # from Friday and Saturday to Monday
    return now + timedelta(days=days)
