"""What web, worker and beat keep in memory after some work, and what computing a year of free starts takes."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from clinic.people.models import Practice
from tests.bench import processes, workloads
from tests.bench.measuring import Row
from tests.bench.slots import load
from tests.bench.wire import Wire
from tests.serving import site

MOST, MOST_FOR_A_YEAR = 350, 1  # MB
PAGES = ("/", "/services/", "/book/times/?service=first", "/api/v1/services", "/api/v1/slots?service=first", "/readyz")
ROUNDS, CLIENTS = 25, 8


def run(seconds: float) -> list[Row]:
    """In this process, on a database of its own, for the year; then a whole site beside it."""
    rows = [_year()]
    with site(API_READS_PER_MINUTE="0") as one:
        with ThreadPoolExecutor(CLIENTS) as crowd:
            list(crowd.map(lambda _: _visit(one.port), range(CLIENTS)))
        sizes = {each.name: processes.memory_mb(each) for each in one.running}
    rows += [_row(name, resident, own, "") for name, (resident, own) in sizes.items()]
    return [*rows, _row("all of them", sum(r for r, _ in sizes.values()), sum(p for _, p in sizes.values()), MOST)]


def _visit(port: int) -> None:
    wire = Wire(port)
    for _ in range(ROUNDS):
        for page in PAGES:
            assert wire.get(page).status in (200, 302), page


def _year() -> Row:
    """The most that was taken at once to read and compute a year, beyond what was there before."""
    workload = workloads.BY_NAME["W1-365"]
    service, practice = workloads.store(workload), Practice.objects.the()
    for _ in range(2):  # the offsets of each day are remembered once for all
        load(workload, service, practice).free_starts()
    connection.queries_log.clear()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    load(workload, service, practice).free_starts()
    most = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return _row("a year of free starts", most / 1e6, most / 1e6, MOST_FOR_A_YEAR)


def _row(what: str, resident: float, own: float, most: float | str) -> Row:
    return {"what": what, "resident MB": resident, "shared counted once, MB": own, "aim MB": most}
