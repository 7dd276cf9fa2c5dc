"""The one door to the calendar: the lock, the retry, and a plain answer when the time is taken."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import IntegrityError, transaction

from bookings.guards import OVERLAP
from clinic.people.locks import lock_practice, patiently
from clinic.people.models import Practice

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
        return patiently(lambda: _once(service, *args, **kwargs))

    return run


def _once(service: Callable[Concatenate[Practice, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        with transaction.atomic():
            return service(lock_practice(), *args, **kwargs)
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise SlotTaken from error
        raise
