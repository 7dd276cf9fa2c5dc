"""The exact letters that a record will cause, each with the reason for every paragraph, before any of them leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aftercare import letters, saying
from aftercare.access import Session
from aftercare.blocks import Choice
from aftercare.models import PlanChange
from aftercare.record import Record
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Planned, Stop


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

    @property
    def may_change(self) -> bool:
        return self.state in ("", Message.Status.QUEUED, Message.Status.WITHHELD)


def previews(session: Session, record: Record | None, *, now: datetime) -> list[Preview]:
    """All planned letters in order; `record` may be a draft, read as if it were signed."""
    told = saying.tell(session, record, now=now)
    rows = {(row.kind, row.occasion): row for row in Message.objects.about(session.booking.code)}
    changes = {change.kind: change.change for change in PlanChange.objects.filter(booking=session.booking)}
    planned = sorted(letters.plan(session.booking.code, now), key=lambda each: each.due_at)
    return [_preview(each, told, rows.get((each.kind, each.occasion)), changes, now) for each in planned]


def _preview(
    planned: Planned, told: saying.Told, row: Message | None, changes: dict[str, str], now: datetime
) -> Preview:
    mail = letters.render(planned.kind, told, saying.shown, now=now)
    subject, text = ("", mail.reason) if isinstance(mail, Stop) else (mail.subject, mail.text)
    return Preview(
        kind=planned.kind,
        title=KINDS[planned.kind].title,
        due_at=planned.due_at,
        reason=planned.reason,
        subject=subject,
        text=text,
        whys=tuple(_whys(planned.kind, told)),
        state=row.status if row else "",
        outcome=row.outcome if row else "",
        change=changes.get(planned.kind, ""),
    )


def _whys(kind: str, told: saying.Told) -> Iterable[Why]:
    yield from (_why(choice, told, is_in_mail=True) for choice in saying.chosen(kind, told))
    yield from (_why(choice, told, is_in_mail=False) for choice in saying.kept_for_the_page(kind, told))


def _why(choice: Choice, told: saying.Told, *, is_in_mail: bool) -> Why:
    return Why(saying.fill(choice, told), choice.because, is_in_mail)
