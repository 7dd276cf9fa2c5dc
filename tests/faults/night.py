"""The product's Celery, which also knows the plain letters of the fault tests: `celery -A tests.faults.night`.

WITHOUT in the environment names the guard of `sender` that is taken away.
"""

import os
from typing import Any

from celery.signals import worker_init

from clinic.celery import app

__all__ = ["app"]


@worker_init.connect
def know_notes(**signal: Any) -> None:
    """Once Django is ready, and before the first tick."""
    from clinic.outbox.registry import KINDS, Kind
    from tests.faults.sender import KIND, WITHOUT, write

    KINDS[KIND] = Kind(KIND, "A note", optional=False, write=write)
    WITHOUT.get(os.environ.get("WITHOUT", ""), lambda: None)()
