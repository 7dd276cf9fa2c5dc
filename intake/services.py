"""What may happen while questions are asked and answered: ask, call off, save a page, complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic.people import links, profile, twins
from clinic.people.models import Client, Link, Practitioner
from intake import consents, documents, flagging, letters, meaning, offered, showing, versions
from intake.access import LINK_LIVES, sent_before
from intake.definition import Answer
from intake.due import due, still_due
from intake.evaluation import Raised
from intake.meaning import Around, Reading
from intake.models import Request, Response, Score
from intake.reasons import CHECKIN, GENERAL, NEWS

FORMS_KNOWN = 5  # renderings whose saves are remembered
LAST = 1_000_000  # Continue: whatever else of that page arrives later is older


class NotOpen(Exception):
    """These questions were sent already, or their session was cancelled."""


class Unfinished(Exception):
    """Something that must be answered is not: `missing` maps each questionnaire to the link ids."""

    def __init__(self, missing: Mapping[str, Sequence[str]]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class Overtaken(Exception):
    """A save that was overtaken on its way by a later one of the same page."""


@dataclass(frozen=True)
class Order:
    """Which rendering of a page was posted, and which save of it this is: a late one takes nothing back."""

    form: str
    number: int

    def is_overtaken(self, document: Mapping[str, Any]) -> bool:
        known: dict[str, int] = document.get("saves", {})
        return known.get(self.form, 0) >= self.number

    def note(self, document: dict[str, Any], *, is_last: bool) -> None:
        others = {form: number for form, number in document.get("saves", {}).items() if form != self.form}
        newest = dict(list(others.items())[-FORMS_KNOWN:])
        document["saves"] = {**newest, self.form: LAST if is_last else self.number}


@dataclass(frozen=True)
class Saved:
    """What a save did: the reading after it, and the flags that the client is to be shown something for."""

    reading: Reading
    to_show: frozenset[str]


@transaction.atomic
def ask(
    *, client: Client, practitioner: Practitioner, about: UUID, needed_at: datetime, reasons: Sequence[str],
    now: datetime,
) -> Request:  # fmt: skip
    """Ask for the questionnaires of a booking; again on every move, which updates when they are needed.

    Reasons only ever add questionnaires: what is half answered is not taken away.
    """
    asked = _find_or_start(client, about, Request.Purpose.PRESESSION, now)
    kept = documents.read(asked)
    asked.needed_at = needed_at
    if asked.sent_at is None:
        kept["reasons"] = list(dict.fromkeys([*kept.get("reasons", []), *reasons]))
        asked.questionnaires = _to_ask(asked, kept["reasons"])
    documents.close(asked, kept)
    return _need(asked, practitioner, needed_at, now)


@transaction.atomic
def ask_checkin(
    *, client: Client, practitioner: Practitioner, about: UUID, needed_at: datetime, now: datetime
) -> Request:
    """Ask for the check-in after a session."""
    asked = _find_or_start(client, about, Request.Purpose.CHECKIN, now)
    asked.questionnaires = [CHECKIN]
    documents.close(asked, documents.read(asked))
    return _need(asked, practitioner, needed_at, now)


@transaction.atomic
def call_off(*, about: UUID, now: datetime) -> None:
    """The booking was cancelled: ask nothing more, keep what was answered."""
    for asked in Request.objects.select_for_update(no_key=True).filter(about=about, cancelled_at=None):
        asked.cancelled_at = now
        asked.save(update_fields=["cancelled_at"])
        letters.resync(asked, now=now)


@transaction.atomic
def save_page(
    *, asked: Request, slug: str, answers: Mapping[str, Answer], now: datetime, page: int = 0,
    is_continue: bool = True, is_seen: bool = True, known: Around | None = None,
    order: Order | None = None,
) -> Saved:  # fmt: skip
    """Merge one page's answers into the draft, under the lock of its request, so that two tabs are safe.

    An answer of None takes the earlier one back. Answers to questions that no longer apply stay in the draft.
    Continue also raises flags and notes which cards the client is shown; an autosave does so for what is urgent.
    Answers that somebody else types in (`is_seen` false) raise the same flags, and show the client no card.
    """
    locked = lock_open(asked)
    if slug not in locked.questionnaires:
        raise NotOpen
    known = known or meaning.around(locked.client, now=now)
    own, sent = meaning.drafts(locked, slug, known=known, now=now)
    before = own[slug]
    if order and not is_continue and order.is_overtaken(before.document):
        raise Overtaken
    document = _merged(before, answers, page if is_continue else 0)
    if order:
        order.note(document, is_last=is_continue)
    after = meaning.reading(before.response, before.definition, document, known)
    pressing = flagging.pressing({each.flag for each in after.raised})
    known_of = {*showing.called(locked), *(each.flag for each in before.raised)}
    if not is_continue and not pressing and not flagging.pressing(known_of):
        _store(locked, after, now)
        return Saved(after, frozenset())
    raised = meaning.everything(locked.client, {**own, slug: after}, after, now=now, known=known, sent=sent)
    if not is_continue:
        showing.note_beside(after.document, pressing, locked, now=now)
        _store_and_settle(locked, after, raised, known_of, now)
        return Saved(after, pressing)
    if not is_seen:
        _store_and_settle(locked, after, raised, known_of, now)
        return Saved(after, pressing)
    called_for = {each.flag for _, each in raised} | showing.support_for_all(after)
    to_show = showing.newly_called_for(locked, called_for)
    showing.note(after.document, to_show, locked, now=now)
    _store_and_settle(locked, after, raised, known_of, now)
    return Saved(after, to_show)


@transaction.atomic
def acknowledge(*, asked: Request, choice: str, now: datetime) -> None:
    """The client has read the cards; `choice` is carry_on or leave."""
    showing.mark_read(lock_open(asked), choice=choice, now=now)


@transaction.atomic
def save_profile(*, asked: Request, changes: Mapping[str, str | list[str] | None], now: datetime) -> None:
    """Keep the profile page: birth date, emergency contact, doctor, safe ways to reach them, comfort wishes."""
    locked = lock_open(asked)
    before = profile.read(locked.client).get("birth_date")
    profile.write(locked.client, dict(changes))
    if changes.get("birth_date") not in {None, before}:  # asked once: whoever said "two people" is not asked again
        twins.by_birth_date(locked.client)
    if changes.get("safe_email"):
        Client.objects.filter(code=locked.client_id).update(may_email=changes["safe_email"] == "yes")
    locked.saved_at = now
    locked.save(update_fields=["saved_at"])


@transaction.atomic
def send_checkin(*, asked: Request, now: datetime) -> Request:
    """The client sends the check-in; a second press changes nothing."""
    locked = lock(asked)
    if locked.sent_at:
        return locked
    if locked.purpose != Request.Purpose.CHECKIN or not locked.is_open:
        raise NotOpen
    complete(locked, meaning.readings(locked, now=now), now=now)
    return locked


def complete(locked: Request, readings: Mapping[str, Reading], *, now: datetime) -> None:
    """Close every response of a request: check, drop what is hidden, score, flag. The caller holds the lock."""
    missing = missing_answers(locked, readings)
    if missing:
        raise Unfinished(missing)
    for reading in readings.values():
        _close(reading, now)
    own = meaning.readings(locked, now=now)
    latest = own[next(reversed(own))]
    flagging.settle(locked, meaning.everything(locked.client, own, latest, now=now), is_complete=True, now=now)
    locked.sent_at = locked.saved_at = now
    locked.save(update_fields=["sent_at", "saved_at"])
    letters.resync(locked, now=now)
    _ask_less(locked)


def missing_answers(asked: Request, readings: Mapping[str, Reading]) -> dict[str, list[str]]:
    """What must still be answered, by questionnaire; a questionnaire that was never opened misses everything."""
    missing = {slug: list(readings[slug].result.errors) if slug in readings else ["*"] for slug in asked.questionnaires}
    return {slug: found for slug, found in missing.items() if found}


def lock(asked: Request) -> Request:
    """The request's row, locked to the end of the transaction: one save after the other."""
    rows = Request.objects.select_for_update(of=("self",), no_key=True).select_related("client")
    return rows.annotate(may_keep=consents.keeping_of("client")).get(code=asked.code)


def lock_open(asked: Request) -> Request:
    """The same; raises NotOpen when nothing may be answered any more, or the answers may not be kept."""
    locked = lock(asked)
    if not locked.is_open:
        raise NotOpen
    if locked.purpose == Request.Purpose.PRESESSION and not locked.may_keep:  # type: ignore[attr-defined]
        raise NotOpen
    return locked


def _find_or_start(client: Client, about: UUID, purpose: str, now: datetime) -> Request:
    known = Request.objects.select_for_update(of=("self",), no_key=True).select_related("client")
    asked = known.filter(about=about, purpose=purpose).first()
    return asked or Request(client=client, about=about, purpose=purpose, asked_at=now)


def _to_ask(asked: Request, reasons: Sequence[str]) -> list[str]:
    """What is due, and what was begun: that is not taken away."""
    ours, own = offered.wanted(reasons)
    sent, needed_at = sent_before(asked), asked.needed_at
    wanted = [*due(ours, sent, needed_at=needed_at), *still_due(own, sent, needed_at=needed_at)]
    begun = list(asked.responses.order_by("saved_at").values_list("slug", flat=True))
    if GENERAL in begun:
        wanted = [slug for slug in wanted if slug != NEWS]
    return list(dict.fromkeys([*(slug for slug in begun if slug not in wanted), *wanted]))


def _ask_less(sent: Request) -> None:
    """Later sessions that were booked already ask again only for what is still due, now that this was sent."""
    theirs = Request.objects.filter(client=sent.client, purpose=Request.Purpose.PRESESSION, cancelled_at=None)
    later = theirs.filter(sent_at=None, needed_at__gt=sent.needed_at).select_related("client")
    for asked in later.select_for_update(of=("self",), no_key=True):
        asked.questionnaires = _to_ask(asked, documents.read(asked).get("reasons", []))
        asked.save(update_fields=["questionnaires"])


def _need(asked: Request, practitioner: Practitioner, needed_at: datetime, now: datetime) -> Request:
    asked.practitioner, asked.needed_at, asked.cancelled_at = practitioner, needed_at, None
    asked.save()
    links.extend(about=asked.about, purpose=Link.Purpose.INTAKE, until=needed_at + LINK_LIVES)
    letters.resync(asked, now=now)
    return asked


def _merged(before: Reading, answers: Mapping[str, Answer], page: int) -> dict[str, Any]:
    """The draft with these answers in it; what is not asked here has no place to land."""
    asked_here = {link_id: answer for link_id, answer in answers.items() if _is_asked(before, link_id)}
    merged = {**before.answers, **asked_here}
    kept = {link_id: answer for link_id, answer in merged.items() if answer is not None}
    return {**before.document, "answers": kept, "reached": max(before.document["reached"], page)}


def _is_asked(reading: Reading, link_id: str) -> bool:
    item = reading.definition.by_id.get(link_id)
    return item is not None and item.is_asked and link_id in reading.result.enabled


def _store(locked: Request, reading: Reading, now: datetime) -> None:
    response = reading.response
    is_new = response._state.adding
    if is_new:
        response.version = versions.in_use(response.slug, now)
    documents.close(response, reading.document)
    response.saved_at = locked.saved_at = now
    response.save(update_fields=None if is_new else ["sealed", "saved_at"])
    locked.save(update_fields=["saved_at", "sealed"])
    purpose = Link.Purpose.CHECKIN if locked.purpose == Request.Purpose.CHECKIN else Link.Purpose.INTAKE
    if now > locked.needed_at:  # before that, links live longer anyhow
        links.extend(about=locked.about, purpose=purpose, until=now + LINK_LIVES)


def _store_and_settle(
    locked: Request, reading: Reading, raised: Sequence[tuple[Response, Raised]], known_of: set[str], now: datetime
) -> None:
    """Flags and letters are looked at only where something cannot wait, or could not a moment ago."""
    _store(locked, reading, now)
    if not flagging.pressing({*known_of, *(each.flag for _, each in raised)}, locked.purpose):
        return
    flagging.settle(locked, raised, is_complete=False, now=now)
    letters.resync(locked, now=now)


def _close(reading: Reading, now: datetime) -> None:
    """Drop the hidden answers, keep the scores, and let this response replace the older one."""
    response = reading.response
    documents.close(response, {**reading.document, "answers": reading.counted})
    response.status, response.completed_at, response.saved_at = Response.Status.COMPLETED, now, now
    response.save()
    for number, score in enumerate(reading.definition.scores):
        value = reading.result.scores.get(score.id)
        row = Score(client=response.client, response=response, number=number, scored_at=now)
        documents.close(row, {"id": score.id, "value": None if value is None else str(value)})
        row.save(force_insert=True)
    flagging.supersede(response, asked_again=reading.result.enabled)
