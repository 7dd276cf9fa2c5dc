"""A door for gunicorn without the lock on the calendar: for the tests that show what the guards are for.

It also waits between looking at the calendar and writing into it, as a slow machine would.
"""

import time
from typing import Any

from django.db import IntegrityError

from tests.faults.unchecked import application  # first: it sets Django up

from bookings import calendar, door  # isort: skip
from bookings.guards import OVERLAP  # isort: skip
from clinic.people.models import Practice  # isort: skip

__all__ = ["application"]
PAUSE = 0.3  # seconds
look = calendar.load_round


def without_lock(service: Any, /, *args: Any, **kwargs: Any) -> Any:
    """What `door` does, less the transaction and the lock."""
    try:
        return service(Practice.objects.the(), *args, **kwargs)
    except IntegrityError as error:
        if OVERLAP in str(error):
            raise door.SlotTaken from error
        raise


def look_and_pause(*args: Any, **kwargs: Any) -> Any:
    seen = look(*args, **kwargs)
    time.sleep(PAUSE)
    return seen


door._once = without_lock
calendar.load_round = look_and_pause
