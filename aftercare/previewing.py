"""The exact letters that a record will cause, each with the reason for every paragraph, before any of them leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aftercare import letters, own_steps, own_words, planning, saying
from aftercare.access import Session
from aftercare.models import PlanChange
from aftercare.planning import KINDS
from aftercare.record import Record
from clinic.outbox.draining import copy_of
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS as REGISTRY
from clinic.outbox.registry import Planned, Stop
from clinic.outbox.rendering import OwnWords

OVER = (Message.Status.MISSED, Message.Status.FAILED, Message.Status.WITHHELD)


@dataclass(frozen=True)
class Why:
    """One chosen paragraph: its words, the reason, and whether the mail holds it or only the page behind the link."""

    text: str
    because: str
    is_in_mail: bool


@dataclass(frozen=True)
class Preview:
    """One letter as it would leave now, and what became of it so far."""

    kind: str
    title: str
    due_at: datetime
    reason: str
    subject: str
    text: str
    whys: tuple[Why, ...]
    state: str
    outcome: str
    change: str  # skip, hold, send, or nothing
    is_planned: bool
    has_own_words: bool = False

    @property
    def state_in_words(self) -> str:
        return Message.Status(self.state).label if self.state else ""

    @property
    def may_change(self) -> bool:
        return self.is_planned and self.state in ("", Message.Status.QUEUED, Message.Status.WITHHELD)


@dataclass(frozen=True)
class ByHand:
    """A letter that only a person sends, as it would read now; `stop` says why it cannot be sent."""

    kind: str
    title: str
    subject: str
    text: str
    stop: str
    sent_at: datetime | None


def by_hand(session: Session, record: Record | None, kinds: Iterable[str], *, now: datetime) -> list[ByHand]:
    told = saying.tell(session, record, now=now)
    return [_by_hand(kind, told, now) for kind in kinds]


def _by_hand(kind: str, told: saying.Told, now: datetime) -> ByHand:
    mail, sent_at = letters.render(kind, told, saying.shown, now=now), planning.sent_by_hand(told.session, kind)
    if isinstance(mail, Stop):
        return ByHand(kind, title(kind), "", "", mail.reason, sent_at)
    return ByHand(kind, title(kind), mail.subject, mail.text, "", sent_at)


def previews(session: Session, record: Record | None, *, now: datetime) -> list[Preview]:
    """All letters of a session in order; `record` may be a draft, read as if it were signed."""
    told = saying.tell(session, record, now=now)
    rows = {(row.kind, row.occasion): row for row in Message.objects.about(session.booking.code).filter(kind__in=KINDS)}
    changes = {change.kind: change for change in PlanChange.objects.filter(booking=session.booking)}
    planned = {(each.kind, each.occasion): each for each in letters.plan(session.booking.code, now)}
    own, titles = own_steps.names(), own_steps.titles()
    over = [row for key, row in rows.items() if row.sent_at or (key not in planned and row.status in OVER)]
    past = [_kept(row, own) for row in over]
    coming = [
        _coming(each, told, rows.get(key), changes.get(each.kind), now)
        for key, each in planned.items()
        if key not in rows or not rows[key].sent_at
    ]
    coming = [replace(each, title=titles.get(each.kind, each.title)) for each in coming]
    return sorted([*past, *coming], key=lambda each: each.due_at)


def _kept(row: Message, own: Mapping[str, str]) -> Preview:
    """What became of a letter; one that left is shown exactly as it was."""
    copy = copy_of(row) or {"subject": "", "text": ""}
    return Preview(
        kind=row.kind,
        title=own_steps.name_of(row.occasion, own) or REGISTRY[row.kind].title,
        due_at=row.sent_at or row.due_at,
        reason=row.reason,
        subject=copy["subject"],
        text=copy["text"],
        whys=(),
        state=row.status,
        outcome=row.outcome,
        change="",
        is_planned=False,
    )


def _coming(
    planned: Planned, told: saying.Told, row: Message | None, change: PlanChange | None, now: datetime
) -> Preview:
    own = own_words.read(told.session, change) if change else OwnWords()
    mail = letters.render(planned.kind, told, saying.shown, now=now, own=own)
    subject, text = ("", mail.reason) if isinstance(mail, Stop) else (mail.subject, mail.text)
    return Preview(
        kind=planned.kind,
        title=REGISTRY[planned.kind].title,
        due_at=planned.due_at,
        reason=planned.reason,
        subject=subject,
        text=text,
        whys=tuple(whys(planned.kind, told)),
        state=row.status if row else "",
        outcome=row.outcome if row else "",
        change=change.change if change else "",
        is_planned=True,
        has_own_words=own != OwnWords(),
    )


def whys(kind: str, told: saying.Told) -> Iterable[Why]:
    in_mail, on_page = saying.chosen(kind, told), saying.kept_for_the_page(kind, told)
    for choice, text in zip(in_mail, saying.in_words(in_mail, told, saying.heard_in(kind, told)), strict=True):
        yield Why(text, choice.because, is_in_mail=True)
    for choice, text in zip(on_page, saying.on_page(on_page, told), strict=True):
        yield Why(text, choice.because, is_in_mail=False)


def title(kind: str) -> str:
    return own_steps.titles().get(kind) or REGISTRY[kind].title
