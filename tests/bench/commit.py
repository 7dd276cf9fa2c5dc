"""Bookings committed over HTTP by eight clients, beside rows that the database alone takes under the same refusal.

Between the two, a view that writes one row under the practice's lock and nothing that follows from it: no search for
the client, no receipt, no re-check of the rules, no questions, no letters. It shows what HTTP and the lock take.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from tests.bench.measuring import Row, p
from tests.bench.processes import cpu_ms
from tests.bench.running import run as run_in
from tests.bench.running import served
from tests.bench.wire import Wire
from tests.serving import SERVER, Site

CLIENTS, AIM, ROUNDS, INSERTS = 8, 0.10, 3, 100
SESSION = timedelta(minutes=75)
TABLE = "bench_sessions"
KEY = "bench"
POSTGRES = f"""CREATE TABLE {TABLE} (code uuid PRIMARY KEY, who int, begins timestamptz, ends timestamptz,
EXCLUDE USING gist (who WITH =, tstzrange(begins, ends) WITH &&))"""
SQLITE = f"""CREATE TABLE {TABLE} (code text PRIMARY KEY, who int, begins text, ends text);
CREATE INDEX bench_by_who ON {TABLE} (who, begins, ends);
CREATE TRIGGER bench_no_overlap BEFORE INSERT ON {TABLE} BEGIN SELECT RAISE(ABORT, 'overlap') WHERE EXISTS (
SELECT 1 FROM {TABLE} o WHERE o.who = NEW.who AND o.begins < NEW.ends AND NEW.begins < o.ends); END"""
ALONE, BARE, OURS = "rows, the database alone", "a bare row over HTTP", "bookings over the API"
Work = Callable[[int, int], list[float]]


class Turn(NamedTuple):
    """How many a second, milliseconds of each, and what each took of the web processes' time."""

    rate: float
    taken: list[float]
    cpu: float


def run(seconds: float) -> list[Row]:
    with served("W2-10") as one:
        secret = one.manage("api_key", KEY).strip()
        wishes = [_free(one, f"p{number + 1:02}") for number in range(CLIENTS)]
        _make_table(one)
        many = (min(len(each) for each in wishes) - 1) // ROUNDS
        turns: dict[str, Work] = {
            ALONE: lambda who, turn: _insert(one, who, turn),
            BARE: lambda who, turn: _post_rows(one, who, turn, many),
            OURS: lambda who, turn: _book(one, secret, who, wishes[who][turn * many : (turn + 1) * many]),
        }
        done: dict[str, list[Turn]] = {what: [] for what in turns}
        for turn in range(ROUNDS):
            for what, work in turns.items():
                done[what].append(_together(one, work, turn))
        run_in(one, "from bookings.models import Booking; assert Booking.objects.filter(visitor__gt='').exists()")
        statements = _statements(one, secret, wishes[0][-1])
    return [_row(what, done, statements if what == OURS else "") for what in turns]


def _row(what: str, done: Mapping[str, Sequence[Turn]], statements: str) -> Row:
    taken = [each for turn in done[what] for each in turn.taken]
    rates = [turn.rate / alone.rate for turn, alone in zip(done[what], done[ALONE], strict=True)]
    return {
        "what": what,
        "clients": CLIENTS,
        "per second": median(turn.rate for turn in done[what]),
        "p50 ms": median(taken),
        "p99 ms": p(taken, 0.99),
        "web's CPU ms each": "" if what == ALONE else median(turn.cpu for turn in done[what]),
        "statements": statements,
        "beside the database": round(median(rates), 3),
        "aim": AIM if what == OURS else "",
    }


def _together(one: Site, work: Work, turn: int) -> Turn:
    """With all clients at work."""
    before, began = cpu_ms(one.running[0]), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as crowd:
        taken = [each for some in crowd.map(lambda who: work(who, turn), range(CLIENTS)) for each in some]
    rate = len(taken) / (time.perf_counter() - began)
    return Turn(rate, taken, (cpu_ms(one.running[0]) - before) / len(taken))


def _statements(one: Site, secret: str, start: str) -> str:
    """How many statements one booking takes, marks of the transaction included."""
    return one.told(f"from tests.bench.commit import count; print(count({secret!r}, {start!r}))")


def count(secret: str, start: str) -> int:
    """Book in this process, and count; run where the site's database is."""
    said = {"authorization": f"Bearer {secret}", "idempotency-key": uuid4().hex}
    with CaptureQueriesContext(connection) as queries:
        browser = Browser(HTTP_HOST="127.0.0.1")
        answer = browser.post("/api/v1/bookings", _wish(0, start), content_type="application/json", headers=said)
    assert answer.status_code == 201, answer.content
    return len(queries)


def _free(one: Site, practitioner: str) -> list[str]:
    """Free starts of one practitioner that do not stand in each other's way."""
    answer = Wire(one.port).get(f"/api/v1/slots?service=hour&practitioner={practitioner}")
    chosen: list[datetime] = []
    for each in json.loads(answer.body)["slots"]:
        start = datetime.fromisoformat(each["starts_at"])
        if not chosen or start >= chosen[-1] + SESSION:
            chosen.append(start)
    return [each.isoformat() for each in chosen]


def _book(one: Site, secret: str, who: int, starts: Sequence[str]) -> list[float]:
    return _post(one, secret, "/api/v1/bookings", [_wish(who, start) for start in starts])


def _post_rows(one: Site, who: int, turn: int, many: int) -> list[float]:
    """As many bare rows, years ahead of everything else."""
    first = datetime(2050, 1, 1, tzinfo=UTC) + SESSION * many * turn
    return _post(one, "", "/bench/row", [_wish(who, (first + SESSION * number).isoformat()) for number in range(many)])


def _wish(who: int, start: str) -> dict[str, Any]:
    client = {"name": f"Client {who}", "email": f"client{who}@example.org"}
    return {"service": "hour", "practitioner": f"p{who + 1:02}", "starts_at": start, "client": client}


def _post(one: Site, secret: str, address: str, wishes: Sequence[dict[str, Any]]) -> list[float]:
    wire, taken = Wire(one.port), []
    for wish in wishes:
        said = {"Authorization": f"Bearer {secret}", "Idempotency_Key": uuid4().hex, "Content_Type": "application/json"}
        began = time.perf_counter()
        answer = wire.post(address, json.dumps(wish), **said)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status == 201, answer
    return taken


def _connect(one: Site) -> Any:
    if SERVER:
        return psycopg.connect(one.environment["DATABASE_URL"], autocommit=True)
    file = sqlite3.connect(one.folder / "db.sqlite3", timeout=20, isolation_level=None)
    file.execute("PRAGMA synchronous=FULL")
    return file


def _make_table(one: Site) -> None:
    own = _connect(one)
    if SERVER:
        own.execute(POSTGRES)
    else:
        own.executescript(SQLITE)
    own.close()


def _insert(one: Site, who: int, turn: int) -> list[float]:
    own, taken = _connect(one), []
    mark = "%s" if SERVER else "?"
    statement = f"INSERT INTO {TABLE} VALUES ({', '.join([mark] * 4)})"
    for number in range(INSERTS):
        begin = datetime(2030, 1, 1, tzinfo=UTC) + SESSION * (turn * INSERTS + number)
        row = [uuid4(), who, begin, begin + timedelta(hours=1)]
        began = time.perf_counter()
        own.execute(statement, row if SERVER else [str(each) for each in row])
        taken.append((time.perf_counter() - began) * 1000)
    own.close()
    return taken
