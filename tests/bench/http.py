"""The endpoint and the page of times through gunicorn, beside bare views behind the same middlewares."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median

from tests.bench.measuring import Row, interleaved, p, ratio
from tests.bench.running import served
from tests.bench.wire import Wire

CASES = ("W1-30", "W1-365", "W2-50")
AIMS = {"slots W1-30": 3.5, "slots W2-50": 35, "nothing written since": 2, "times page": 3}
A_BUTTON = 47  # bytes of one row of the bare page
CLIENTS = 8


def run(seconds: float) -> list[Row]:
    return [row for case in CASES for row in _of_case(case, seconds)]


def _of_case(case: str, seconds: float) -> list[Row]:
    with served(case) as one:
        wire = Wire(one.port)
        times = "/book/times/?service=hour"
        rows = len(wire.get(times).body) // A_BUTTON
        addresses = {
            "bare": "/bench/bare",
            "limit": f"/bench/limit?case={case}",
            f"slots {case}": "/bench/slots?service=hour",
            "nothing written since": "/api/v1/slots?service=hour",
            "bare page": f"/bench/template?rows={rows}",
            "times page": times,
        }
        refused = [name for name, address in addresses.items() if wire.get(address).status != 200]
        assert not refused, refused
        taken = interleaved({name: partial(wire.get, at) for name, at in addresses.items()}, seconds=seconds)
        return [_row(case, name, addresses[name], taken, one.port) for name in addresses]


def _row(case: str, name: str, address: str, taken: dict[str, list[float]], port: int) -> Row:
    beside = "bare page" if name == "times page" else "bare"
    return {
        "case": case,
        "what": name,
        "p50 ms": median(taken[name]),
        "p99 ms": p(taken[name], 0.99),
        "beside bare": ratio(taken[name], taken[beside]),
        "beside limit": ratio(taken[name], taken["limit"]),
        f"per second, {CLIENTS} at once": _rate(address, port),
        "aim": AIMS.get(name, ""),
    }


def _rate(address: str, port: int, seconds: float = 1.0) -> int:
    until = time.perf_counter() + seconds

    def ask(_: int) -> int:
        wire, count = Wire(port), 0
        while time.perf_counter() < until:
            wire.get(address)
            count += 1
        return count

    with ThreadPoolExecutor(CLIENTS) as crowd:
        return int(sum(crowd.map(ask, range(CLIENTS))) / seconds)
