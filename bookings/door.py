"""The one door to the calendar: the lock, the retry, and a plain answer when the time is taken."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, transaction

from bookings.guards import OVERLAP
from clinic.people.locks import Busy, lock_practice
from clinic.people.models import Practice

TRIES = 3
PATIENCE = 1.0  # seconds; whoever has waited for a lock for longer is told, not kept waiting again
P = ParamSpec("P")
R = TypeVar("R")


class Refused(Exception):
    """Something that may not happen now; the text says why, fit to show to whoever asked."""


class SlotTaken(Refused):
    """Somebody else has this time, or it may no longer be booked."""

    def __init__(self, words: str = "That time has just been taken.") -> None:
        super().__init__(words)


def through_the_door(service: Callable[Concatenate[Practice, P], R]) -> Callable[P, R]:
    """Run a service that changes the calendar: one transaction, the practice's lock first, then the work.

    Deadlocks are tried again. A lock that takes too long raises Busy: its page is a 503 that says what to do.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        began = time.monotonic()
        for attempt in range(1, TRIES + 1):
            try:
                return _once(service, *args, **kwargs)
            except (Busy, OperationalError) as error:
                # Inside somebody else's transaction a statement that failed cannot be tried again here.
                is_late = time.monotonic() - began > PATIENCE
                if attempt == TRIES or is_late or transaction.get_connection().in_atomic_block:
                    raise Busy from error
                time.sleep(random.uniform(0.02, 0.1) * attempt)  # noqa: S311 - it only spreads the retries
        raise Busy

    return run


def _once(service: Callable[Concatenate[Practice, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        with transaction.atomic():
            return service(lock_practice(), *args, **kwargs)
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise SlotTaken from error
        raise
