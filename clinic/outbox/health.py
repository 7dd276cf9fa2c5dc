"""Is mail flowing: the night shift's heartbeat and the oldest letter that should have left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.outbox.models import Message
from clinic.people import clock
from clinic.people.models import Heartbeat

PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True)
class MailHealth:
    """`last_tick` in real time; `overdue` is how long the oldest due letter has waited."""

    last_tick: datetime | None
    overdue: timedelta | None
    is_flowing: bool


def beat(name: str) -> None:
    """Note that this part of the night shift is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.real_now()})


def mail_health(*, now: datetime) -> MailHealth:
    """Seen from the practice's time `now`."""
    tick = Heartbeat.objects.filter(name="tick").values_list("at", flat=True).first()
    oldest = Message.objects.unsent().due(now).order_by("due_at").values_list("due_at", flat=True).first()
    alive = tick is not None and clock.real_now() - tick < PATIENCE
    overdue = now - oldest if oldest else None
    return MailHealth(tick, overdue, is_flowing=alive and (overdue is None or overdue < PATIENCE))
