"""What a letter and a record look like, for tests that read or fill them in."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from aftercare.record import LEAVE_CHECK, Record
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail, Stop

RECORD = Record(
    areas=("head", "sacrum"),
    touch_style="light_still",
    sensations=("heat",),
    after=("relaxed",),
    comfort=1,
    leave_check=tuple(LEAVE_CHECK),
    emotional_release="none",
    notes="quiet and warm",
)


def record(**changes: object) -> Record:
    """A record that may be closed, with these changes."""
    return replace(RECORD, **changes)  # type: ignore[arg-type]


def written(kind: str, about: UUID, now: datetime) -> Mail:
    """The letter as it would leave now."""
    mail = KINDS[kind].write(about, now)
    assert isinstance(mail, Mail), mail
    return mail


def stopped(kind: str, about: UUID, now: datetime) -> tuple[str, str]:
    """How and why this letter does not leave now."""
    stop = KINDS[kind].write(about, now)
    assert isinstance(stop, Stop), stop
    return stop.status, stop.reason


def queued(about: UUID) -> dict[str, datetime]:
    """The letters that wait to leave, and when they do."""
    rows = Message.objects.about(about).filter(status=Message.Status.QUEUED, kind__startswith="m")
    return {row.kind: row.due_at for row in rows if row.kind[:3] not in ("m00", "m01", "m02", "m03", "m04", "m05")}


def states(about: UUID) -> dict[str, str]:
    rows = Message.objects.about(about).filter(kind__regex=r"^m(07|1\d)")
    return {row.kind: row.status for row in rows}
