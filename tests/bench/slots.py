"""Free starts: computing alone, and with reading the database, each beside the limit."""

from __future__ import annotations

from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import calendar
from bookings.calendar import Diary
from bookings.models import Service
from clinic.people.models import Practice, Practitioner
from tests.bench import limit, workloads
from tests.bench.measuring import Row, interleaved, ratio
from tests.bench.workloads import Workload

AIM = 1.5
MOST_QUERIES = 2


def run(seconds: float) -> list[Row]:
    return [_row(workload, seconds) for workload in workloads.ALL]


def load(workload: Workload, service: Service, practice: Practice) -> Diary:
    return calendar.load(
        service=service,
        practitioner=None,
        first=workload.start,
        last=workload.last,
        now=workload.now,
        practice=practice,
    )


def known_to_the_limit(workload: Workload) -> limit.Known:
    people = Practitioner.objects.order_by("slug").values_list("code", "slug")
    is_text = connection.vendor == "sqlite"  # codes as the hand-written statement gets them
    return limit.remember(workload, {code.hex if is_text else code: slug for code, slug in people})


def _row(workload: Workload, seconds: float) -> Row:
    service = workloads.store(workload)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    practice, known = Practice.objects.the(), known_to_the_limit(workload)
    diary, rows = load(workload, service, practice), limit.read(known)
    assert diary.free_starts() == limit.compute(known, rows), "the product and the limit do not agree"
    with CaptureQueriesContext(connection) as queries:
        load(workload, service, practice).free_starts()
    taken = interleaved(
        {
            "limit": lambda: limit.compute(known, rows),
            "ours": diary.free_starts,
            "limit with database": lambda: limit.free_starts(known),
            "ours with database": lambda: load(workload, service, practice).free_starts(),
        },
        seconds=seconds,
    )
    return {
        "case": workload.name,
        "starts": len(diary.free_starts()),
        "limit ms": median(taken["limit"]),
        "ours ms": median(taken["ours"]),
        "ratio": ratio(taken["ours"], taken["limit"]),
        "limit+db ms": median(taken["limit with database"]),
        "ours+db ms": median(taken["ours with database"]),
        "ratio+db": ratio(taken["ours with database"], taken["limit with database"]),
        "queries": len(queries),
        "aim": AIM,
    }
