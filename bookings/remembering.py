"""Answers that are kept for as long as nothing at all was written: to ask whether it was costs least."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime

from django.db import connection

from bookings import reading
from bookings.zones import minute, minute_at_or_after

KEPT_AT_MOST = 200  # answers; the longest take some 50 kB
_kept: dict[Hashable, tuple[str, str]] = {}


def remembered(question: Hashable, *, now: datetime, answer: Callable[[], str]) -> str:
    """The answer, worked out anew where anything was written since, or where the time that has passed may change it.

    For answers that depend on what is stored and on whole minutes, and on nothing else but when holds run out.
    """
    if connection.in_atomic_block:  # it sees what it wrote itself, and others do not
        return answer()
    stamp = reading.stamp(now)
    asked = (question, minute(now), minute_at_or_after(now), stamp.by)
    seen, before = _kept.get(asked, ("", ""))
    if seen == stamp.seen:
        return before
    found = answer()
    if stamp.is_steady:
        if len(_kept) >= KEPT_AT_MOST:
            _kept.clear()
        _kept[asked] = stamp.seen, found
    return found
