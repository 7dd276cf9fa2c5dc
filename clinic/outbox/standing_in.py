"""A worker to whom no tick comes any more does what the beat would start by itself: Redis carries ticks, no promise.

It may be that the broker or the beat is away, or that the worker's own line to the broker froze after a restart, as
Celery's sometimes does. Every task is safe to run twice, so several workers may stand in at once.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import Any

from celery.signals import worker_init
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils.module_loading import import_string

from clinic.outbox import health, tasks

log = logging.getLogger(__name__)

TICKS_MISSED = 3


def night_shift() -> None:
    """Everything that the beat would start but the sending of letters."""
    for each in settings.CELERY_BEAT_SCHEDULE.values():
        if each["task"] != tasks.tick.name:
            import_string(each["task"])()


@worker_init.connect
def begin(**signal: Any) -> None:
    """Watch from a thread of this worker's own, which ends with it; Redis may be away from the very start."""
    threading.Thread(target=_watch, name="standing in", daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(settings.TICK_SECONDS)
        close_old_connections()
        try:
            look_round()
        except DatabaseError:
            log.warning("The database is away; letters wait.")
        except Exception as error:  # noqa: BLE001 (whatever it was: nobody else would watch from now on)
            log.error("Standing in broke off (%s); it begins again.", type(error).__name__)  # noqa: TRY400 (no values)


def look_round() -> bool:
    """Do the work where nobody has done it for some ticks; whether that was so."""
    if not health.is_silent(for_longer_than=TICKS_MISSED * timedelta(seconds=settings.TICK_SECONDS)):
        return False
    log.warning("No tick came for a while; this worker goes on without.")
    night_shift()
    tasks.tick()
    return True
