"""What each part of a booking costs: the same request with one part after the other left out, in turns.

Milliseconds of this thread's own time, so that neither the database's work nor other programs' are counted; and
statements, the marks of the transaction included.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from bookings import api, keys
from bookings.zones import text
from clinic.people.models import Practice
from tests.bench import doors, workloads
from tests.bench.measuring import Row
from tests.bench.slots import load

assert doors.application  # it adds the bare views to the addresses
API, ROW = "/api/v1/bookings", "/bench/row"
GAP = 75  # minutes from one start to the next
ALL = "all of it"
Patches = Mapping[str, Callable[..., Any]]
LESS: dict[str, Patches] = {
    ALL: {},
    "without the receipt": {"bookings.api_booking.receipts.once": lambda **said: said["act"]()},
    "without questions and their letters": {"bookings.confirming.ask_many": lambda *_, **__: []},
    "without letters": {"bookings.confirming.queue_all": lambda *_, **__: None},
    "without who treats whom": {"bookings.confirming.note_care_of": lambda *_: None},
    "without letting lapsed holds go": {"bookings.services.sweep": lambda *_: None},
}


def run(seconds: float) -> list[Row]:
    workload = workloads.BY_NAME["W1-365"]
    service = workloads.store(workload)
    starts = _apart(load(workload, service, Practice.objects.the()).free_starts())
    said = {"authorization": f"Bearer {keys.make(name='bench', now=datetime.now(UTC))}"}
    taken: dict[str, list[tuple[float, int]]] = {}
    api.writes.most = 0
    for turn in range(max(4, min(12, int(seconds * 4)))):
        for what, patches in LESS.items():
            taken.setdefault(what, []).append(_post(API, next(starts), said, patches))
        later = datetime(2050, 1, 1, tzinfo=UTC) + timedelta(minutes=GAP) * turn
        taken.setdefault("one row, and nothing else", []).append(_post(ROW, later.isoformat(), said, {}))
    whole = median(cpu for cpu, _ in taken[ALL][1:])
    return [_row(what, some[1:], whole) for what, some in taken.items()]  # the first warms up


def _row(what: str, taken: list[tuple[float, int]], whole: float) -> Row:
    cpu = median(cpu for cpu, _ in taken)
    statements = median(count for _, count in taken)
    return {"what": what, "CPU ms": cpu, "of all of it": round(cpu / whole, 2), "statements": int(statements)}


def _post(address: str, start: str, said: dict[str, str], patches: Patches) -> tuple[float, int]:
    """(milliseconds, statements) of one booking; counted in a booking of its own would take twice as many starts."""
    client = {"name": "Cy Young", "email": "cy@example.org"}
    wish = {"service": "hour", "practitioner": "p01", "starts_at": start, "client": client}
    headers = {**said, "idempotency-key": uuid4().hex}
    with ExitStack() as until, CaptureQueriesContext(connection) as queries:
        for name, instead in patches.items():
            until.enter_context(patch(name, instead))
        browser, began = Browser(), time.thread_time()
        answer = browser.post(address, wish, content_type="application/json", headers=headers)
        took = time.thread_time() - began
    assert answer.status_code == 201, answer.content
    return took * 1000, len(queries)


def _apart(free: Mapping[int, object]) -> Iterator[str]:
    """Starts that do not stand in each other's way."""
    last = 0
    for start in free:
        if start >= last + GAP:
            last = start
            yield text(start)
