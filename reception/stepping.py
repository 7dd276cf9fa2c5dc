"""Moving the demo's time forward, from one due letter to the next, sending each on its way."""

from __future__ import annotations

from datetime import datetime

from bookings import offers
from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.outbox.services import sweep
from clinic.people import clock

MOST_STEPS = 500  # a visitor who asks for a year still gets an answer


def move_to(target: datetime) -> int:
    """Step to `target`, stopping wherever a letter is due; how many letters left."""
    sent = 0
    for _ in range(MOST_STEPS):
        _look_round()
        sent += drain(now=clock.now())
        due = next_due(clock.now())
        if due is None or due > target:
            break
        clock.move_to(due)
    clock.move_to(target)
    _look_round()
    return sent + drain(now=clock.now())


def _look_round() -> None:
    """What the night shift would have done by now: freed times are offered, and letters planned again."""
    offers.review(now=clock.now())
    sweep(now=clock.now())


def next_due(now: datetime) -> datetime | None:
    """When the next letter is due."""
    waiting = Message.objects.filter(status=Message.Status.QUEUED, due_at__gt=now)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()
