"""Bookings committed over HTTP by eight clients, beside rows that the database alone takes under the same refusal."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg

from tests.bench.measuring import Row, p
from tests.bench.running import run as run_in
from tests.bench.running import served
from tests.bench.wire import Wire
from tests.serving import SERVER, Site

CLIENTS, AIM, ROUNDS, INSERTS = 8, 0.10, 3, 150
SESSION = timedelta(minutes=75)
TABLE = "bench_sessions"
KEY = "bench"
POSTGRES = f"""CREATE TABLE {TABLE} (code uuid PRIMARY KEY, who int, begins timestamptz, ends timestamptz,
EXCLUDE USING gist (who WITH =, tstzrange(begins, ends) WITH &&))"""
SQLITE = f"""CREATE TABLE {TABLE} (code text PRIMARY KEY, who int, begins text, ends text);
CREATE INDEX bench_by_who ON {TABLE} (who, begins, ends);
CREATE TRIGGER bench_no_overlap BEFORE INSERT ON {TABLE} BEGIN SELECT RAISE(ABORT, 'overlap') WHERE EXISTS (
SELECT 1 FROM {TABLE} o WHERE o.who = NEW.who AND o.begins < NEW.ends AND NEW.begins < o.ends); END"""
Work = Callable[[int, int], list[float]]


def run(seconds: float) -> list[Row]:
    with served("W2-10") as one:
        secret = one.manage("api_key", KEY).strip()
        wishes = [_free(one, f"p{number + 1:02}") for number in range(CLIENTS)]
        _make_table(one)
        many = min(len(each) for each in wishes) // ROUNDS
        ours: list[tuple[float, list[float]]] = []
        alone: list[tuple[float, list[float]]] = []
        for turn in range(ROUNDS):
            alone.append(_together(lambda who, turn: _insert(one, who, turn), turn))
            ours.append(
                _together(lambda who, turn: _book(one, secret, who, wishes[who][turn * many : (turn + 1) * many]), turn)
            )
        run_in(one, "from bookings.models import Booking; assert Booking.objects.filter(visitor__gt='').exists()")
    return [_row("the database alone", alone, alone), _row("bookings over the API", ours, alone)]


def _row(what: str, runs: list[tuple[float, list[float]]], beside: list[tuple[float, list[float]]]) -> Row:
    taken = [each for _, some in runs for each in some]
    rate, alone = median([rate for rate, _ in runs]), median([rate for rate, _ in beside])
    return {
        "what": what,
        "clients": CLIENTS,
        "per second": rate,
        "p50 ms": median(taken),
        "p99 ms": p(taken, 0.99),
        "beside the database": round(rate / alone, 3),
        "aim": AIM,
    }


def _together(work: Work, turn: int) -> tuple[float, list[float]]:
    """(how many a second, milliseconds of each), with all clients at work."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as crowd:
        taken = [each for some in crowd.map(lambda who: work(who, turn), range(CLIENTS)) for each in some]
    return len(taken) / (time.perf_counter() - began), taken


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
    wire, taken = Wire(one.port), []
    client = {"name": f"Client {who}", "email": f"client{who}@example.org"}
    for start in starts:
        body = {"service": "hour", "practitioner": f"p{who + 1:02}", "starts_at": start, "client": client}
        said = {"Authorization": f"Bearer {secret}", "Idempotency_Key": uuid4().hex, "Content_Type": "application/json"}
        began = time.perf_counter()
        answer = wire.post("/api/v1/bookings", json.dumps(body), **said)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status == 201, answer
    return taken


def _connect(one: Site) -> Any:
    if SERVER:
        return psycopg.connect(one.environment["DATABASE_URL"], autocommit=True)
    connection = sqlite3.connect(one.folder / "db.sqlite3", timeout=20, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _make_table(one: Site) -> None:
    connection = _connect(one)
    if SERVER:
        connection.execute(POSTGRES)
    else:
        connection.executescript(SQLITE)
    connection.close()


def _insert(one: Site, who: int, turn: int) -> list[float]:
    connection, taken = _connect(one), []
    mark = "%s" if SERVER else "?"
    statement = f"INSERT INTO {TABLE} VALUES ({', '.join([mark] * 4)})"
    for number in range(INSERTS):
        begin = datetime(2030, 1, 1, tzinfo=UTC) + SESSION * (turn * INSERTS + number)
        row = [uuid4(), who, begin, begin + timedelta(hours=1)]
        began = time.perf_counter()
        connection.execute(statement, row if SERVER else [str(each) for each in row])
        taken.append((time.perf_counter() - began) * 1000)
    connection.close()
    return taken
