"""Is mail flowing: the night shift's heartbeat and the oldest letter that should have left, told everywhere alike."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Count, Min

from clinic.outbox.models import Message
from clinic.people import clock
from clinic.people.models import Heartbeat

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=5)
TICK, SENT, CLOCKS = "tick", "sent", "clocks differ"


class State(models.TextChoices):
    """Each with what to do about it."""

    FLOWING = "flowing", ""
    CATCHING_UP = "catching up", "They leave at a steady pace, the most awaited first. There is nothing to do."
    STOPPED = "stopped", "Nothing is lost: letters wait. Ask whoever looks after this machine to start worker and beat."
    STUCK = "stuck", "Nothing is lost: letters wait. The mail server does not take them; ask whoever looks after it."
    CLOCKS_DIFFER = (
        "clocks differ",
        "Nothing is lost: letters wait. The clocks here and at the database differ. Ask for both to be set right.",
    )


@dataclass(frozen=True)
class MailHealth:
    """`last_tick` and `since` are real time; `waiting` letters should have left, the oldest `overdue` ago."""

    state: State
    since: datetime | None
    last_tick: datetime | None
    waiting: int
    overdue: timedelta | None
    sent: int  # in the present or last run of the worker

    @property
    def is_flowing(self) -> bool:
        return self.state in {State.FLOWING, State.CATCHING_UP}

    @property
    def what_to_do(self) -> str:
        return str(self.state.label)


def beat(name: str, count: int = 0) -> None:
    """Note that this part of the night shift is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.real_now(), "count": count})


def in_progress(sent: int) -> None:
    """Note how far a long run of the worker has come."""
    beat(TICK, sent)


def done(sent: int) -> None:
    """Note that a run of the worker is over."""
    beat(TICK, sent)
    if sent:
        beat(SENT, sent)


def is_silent(*, for_longer_than: timedelta) -> bool:
    """Whether nobody has looked for due letters for so long."""
    return not Heartbeat.objects.filter(name=TICK, at__gt=clock.real_now() - for_longer_than).exists()


def clocks_agree() -> bool:
    """Whether it is safe to send: with one of two clocks wrong, letters would leave at the wrong time."""
    if not clock.disagrees_with_database():
        return True
    log.error("The clocks of this machine and of the database differ. No letter leaves until they agree.")
    beat(CLOCKS)
    return False


def mail_health(*, now: datetime) -> MailHealth:
    """Seen from the practice's time `now`."""
    beats = {each.name: each for each in Heartbeat.objects.filter(name__in=[TICK, SENT, CLOCKS])}
    late = (
        Message.objects.unsent().due(now).awake(clock.real_now()).aggregate(oldest=Min("due_at"), count=Count("code"))
    )
    tick, real_now = beats.get(TICK), clock.real_now()
    overdue = now - late["oldest"] if late["oldest"] else None
    state = _state({name: real_now - each.at for name, each in beats.items()}, overdue)
    since = real_now - overdue if state == State.STUCK and overdue else tick.at if tick else None
    return MailHealth(state, since, tick.at if tick else None, late["count"], overdue, tick.count if tick else 0)


def _state(ages: dict[str, timedelta], overdue: timedelta | None) -> State:
    """From the ages of the heartbeats and of the oldest letter that should have left."""
    never = timedelta.max
    if ages.get(CLOCKS, never) < min(PATIENCE, ages.get(TICK, never)):
        return State.CLOCKS_DIFFER
    if ages.get(TICK, never) >= PATIENCE:
        return State.STOPPED
    if overdue is None or overdue < PATIENCE:
        return State.FLOWING
    return State.CATCHING_UP if ages.get(SENT, never) < PATIENCE else State.STUCK
