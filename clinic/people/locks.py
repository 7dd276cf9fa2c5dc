"""The practice's one lock: whoever changes the calendar takes it first, so nobody waits in a circle."""

from __future__ import annotations

from django.db import OperationalError, connection, transaction

from clinic.people.models import Practice

WAIT = "3s"


class Busy(Exception):
    """The calendar was locked for too long; the page for it says what to do (503)."""


def lock_practice() -> Practice:
    """The practice's row, locked to the end of the transaction; raises Busy after three seconds.

    On SQLite the transaction itself is the lock (`transaction_mode=IMMEDIATE`).
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Take the practice's lock inside atomic().")
    Practice.objects.the()
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
        return Practice.objects.select_for_update(no_key=True).get(number=1)
    except OperationalError as error:
        raise Busy from error
