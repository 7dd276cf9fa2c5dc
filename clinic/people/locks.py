"""The practice's one lock: whoever changes the calendar takes it first, so nobody waits in a circle."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import CharField, Func, QuerySet, Value

from clinic.people.models import Practice

# PostgreSQL counts this for each of two waits, in the queue for the row and then for who has it: three seconds in all.
WAIT = "1500ms"
TRIES = 3
PATIENCE = 1.0  # seconds; whoever has waited for a lock for longer is told, not kept waiting again
TURN = Lock()
LONG = 0.2  # seconds
R = TypeVar("R")


class Busy(Exception):
    """The calendar was locked for too long; the page for it says what to do (503)."""


def lock_practice() -> Practice:
    """The practice's row, locked to the end of the transaction; raises Busy after three seconds at most.

    On SQLite the transaction itself is the lock (`transaction_mode=IMMEDIATE`).
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Take the practice's lock inside atomic().")
    try:
        found = _the_row().first()
    except OperationalError as error:
        raise Busy from error
    if found is None:  # nobody has named it yet
        Practice.objects.the()
        return lock_practice()
    return found


def patiently(work: Callable[[], R]) -> R:
    """Do a whole transaction; deadlocks are tried again, a lock that takes too long raises Busy."""
    began = time.monotonic()
    for attempt in range(1, TRIES + 1):
        try:
            with _in_turn():
                return work()
        except (Busy, OperationalError) as error:
            # Inside somebody else's transaction a statement that failed cannot be tried again here.
            is_late = time.monotonic() - began > PATIENCE
            if attempt == TRIES or is_late or transaction.get_connection().in_atomic_block:
                raise Busy from error
            time.sleep(random.uniform(0.02, 0.1) * attempt)  # noqa: S311 - it only spreads the retries
    raise Busy


@contextmanager
def _in_turn() -> Iterator[None]:
    """SQLite's writers ask again and again, with longer and longer naps; those of one process queue up instead.

    Not inside a transaction: it may have SQLite's lock already, for which whoever is in turn waits.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    wait, began = connection.settings_dict["OPTIONS"].get("timeout", 5), time.monotonic()
    if not TURN.acquire(timeout=wait):
        raise Busy
    waited = time.monotonic() - began
    try:
        if waited > LONG:
            _ask_for(max(wait - waited, LONG))
        yield
    finally:
        if waited > LONG:
            _ask_for(wait)
        TURN.release()


def _ask_for(seconds: float) -> None:
    """How long SQLite is asked for its lock: whoever stood in the queue has waited already."""
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _the_row() -> QuerySet[Practice]:
    """In one statement: how long to wait (PostgreSQL sets it as it finds the row, before it asks for the lock)."""
    locked = Practice.objects.select_for_update(no_key=True).filter(number=1)
    if connection.vendor != "postgresql":
        return locked
    setting = (Value("lock_timeout"), Value(WAIT), Value("true"))  # the last: only for this transaction
    patience = Func(
        *setting, function="set_config", template="%(function)s(%(expressions)s::boolean)", output_field=CharField()
    )
    return locked.annotate(waits=patience)
