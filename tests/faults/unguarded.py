"""A door for gunicorn without lock, transaction and receipts: it shows what the guards are for.

It also waits between looking and writing, as a slow machine would.
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.db import IntegrityError

from tests.faults.unchecked import application  # first: it sets Django up

from bookings import calendar, door  # isort: skip
from bookings.guards import OVERLAP  # isort: skip
from clinic.outbox.models import Message, MessageQuerySet  # isort: skip
from clinic.people import locks, matching, receipts  # isort: skip
from clinic.people.models import Practice  # isort: skip

__all__ = ["application"]
PAUSE = 0.3  # seconds
look, create, queue = calendar.load_round, matching.create_client, MessageQuerySet.bulk_create


def without_lock(service: Any, /, *args: Any, **kwargs: Any) -> Any:
    """What `door` does, less the transaction and the lock."""
    try:
        return service(Practice.objects.the(), *args, **kwargs)
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise door.SlotTaken from error
        raise


def without_receipt(*, act: Callable[[], Any], **said: Any) -> Any:
    return act()


def look_and_pause(*args: Any, **kwargs: Any) -> Any:
    seen = look(*args, **kwargs)
    time.sleep(PAUSE)
    return seen


def pause_and_create(**who: Any) -> Any:
    """Nobody of this name was found; by now somebody may be there."""
    time.sleep(PAUSE)
    return create(**who)


def pause_and_queue(letters: MessageQuerySet, *args: Any, **kwargs: Any) -> list[Message]:
    """The booking is written, and its letters are not yet."""
    time.sleep(PAUSE)
    return queue(letters, *args, **kwargs)


door._once = without_lock
locks._in_turn = nullcontext  # type: ignore[assignment]  # SQLite's writers of one process queue up there
receipts.once = without_receipt
calendar.load_round = look_and_pause
matching.create_client = pause_and_create
MessageQuerySet.bulk_create = pause_and_queue  # type: ignore[method-assign, assignment]
