"""The practice's time: the one place where the present moment comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil

from django.conf import settings
from django.db import connection

from clinic.people.models import DemoClock

AGREE = timedelta(minutes=5)  # how far the clocks of two machines may be apart


def real_now() -> datetime:
    """The machine's time, UTC; for leases, sign-in and limits, which the demo clock does not move."""
    return datetime.now(UTC)


def now() -> datetime:
    """The practice's time, UTC; in the demo a visitor may have moved it forward."""
    if not settings.DEMO:
        return real_now()
    seconds = DemoClock.objects.filter(number=1).values_list("seconds", flat=True).first()
    return real_now() + timedelta(seconds=seconds or 0)


def disagrees_with_database() -> bool:
    """Whether this machine's clock is far from that of the database's machine: then one of the two is wrong.

    SQLite has no clock of its own, so there is nothing to compare.
    """
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    return row is not None and abs(row[0] - real_now()) > AGREE


def move_to(moment: datetime) -> None:
    """Set the demo's time; only ever forward, as letters that left cannot come back."""
    ahead = ceil((moment - real_now()).total_seconds())  # never a fraction short of the moment
    clock, _ = DemoClock.objects.get_or_create(number=1)
    clock.seconds = max(clock.seconds, ahead)
    clock.save()
