"""The real gunicorn with a workload in its database, for what is measured over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tests.serving import Site, site

DOOR = "tests.bench.doors"


def next_monday() -> str:
    """Bookings can only be made ahead of the real clock, so the workloads begin there."""
    today = datetime.now(UTC).date()
    return (today + timedelta(days=7 - today.weekday())).isoformat()


@contextmanager
def served(workload: str) -> Iterator[Site]:
    """A site with this workload as its only calendar, and without limits."""
    start = next_monday()
    extra = {"DEMO": "0", "API_READS_PER_MINUTE": "0", "API_WRITES_PER_MINUTE": "0", "BENCH_START": start}
    with site(wsgi=DOOR, night_shift=False, **extra) as one:
        one.manage("flush", "--no-input", "--verbosity", "0")  # the demo's own rows
        run(one, f"from tests.bench import workloads; workloads.store(workloads.BY_NAME[{workload!r}])")
        yield one


def run(one: Site, code: str) -> None:
    one.told(f"{code}; from django.db import connection; connection.cursor().execute('ANALYZE')")
