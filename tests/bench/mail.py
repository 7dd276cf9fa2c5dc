"""Letters a second by the drain with all its guarantees on, beside smtplib with one reused connection, in turns."""

from __future__ import annotations

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from statistics import median
from typing import Any
from uuid import uuid4

from bookings.plan import TOMORROW
from tests.bench.measuring import Row
from tests.bench.posting import HTML, NOTE, SUBJECT, TEXT
from tests.serving import ROOT, Site, site

LETTERS, ROUNDS, SENDERS, AIM = 300, 3, 4, 0.8
Rates = list[float]


def run(seconds: float) -> list[Row]:
    """`seconds` sets how many letters each round sends: some three hundred at its default."""
    count = max(40, int(LETTERS * seconds / 3))
    with ExitStack() as until:
        port = until.enter_context(_sink())
        one = until.enter_context(site(night_shift=False, EMAIL_URL=f"smtp://127.0.0.1:{port}", LETTERS_PER_MINUTE="0"))
        crowd = [until.enter_context(_process(one)) for _ in range(SENDERS)]
        assert [each.stdout.readline().strip() for each in crowd] == ["ready"] * SENDERS
        rates: dict[str, Rates] = {}
        for _ in range(ROUNDS):
            for name, rate in _round(crowd, port, count).items():
                rates.setdefault(name, []).append(rate)
        asked = {kind: float(_tell(crowd[:1], "statements", kind)[0]) for kind in (NOTE, TOMORROW)}
    return [_row(name, rates, asked) for name in rates]


def _round(crowd: Sequence[Any], port: int, count: int) -> dict[str, float]:
    found = {
        "smtplib, one connection": _smtplib(port, count),
        "Django's send()": _rate(crowd[:1], count // 2, "django", str(count // 2)),
    }
    for kind, name in ((NOTE, "a note"), (TOMORROW, "tomorrow")):
        for senders in (1, SENDERS):
            _tell(crowd[:1], "fill", kind, str(count))
            found[f"{name}, {senders} sender{'s' * (senders > 1)}"] = _rate(crowd[:senders], count, "send")
    return found


def _row(name: str, rates: dict[str, Rates], asked: dict[str, float]) -> Row:
    alone, send = rates["smtplib, one connection"], rates["Django's send()"]
    kind = {"a note": NOTE, "tomorrow": TOMORROW}.get(name.split(",", maxsplit=1)[0], "")
    return {
        "what": name,
        "a second": median(rates[name]),
        "beside smtplib": median(ours / its for ours, its in zip(rates[name], alone, strict=True)),
        "beside send()": median(ours / its for ours, its in zip(rates[name], send, strict=True)),
        "statements a letter": asked.get(kind, 0.0),
        "aim": AIM if kind else "",
    }


def _smtplib(port: int, count: int) -> float:
    """The limit: write each mail and hand it over, one connection for all, and remember nothing."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        began = time.perf_counter()
        for _ in range(count):
            server.send_message(_mail())
        return count / (time.perf_counter() - began)


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = SUBJECT, "hello@example.org", f"{uuid4().hex}@example.org"
    mail["Message-ID"], mail["Auto-Submitted"] = f"<{uuid4().hex}@example.org>", "auto-generated"
    mail.set_content(TEXT)
    mail.add_alternative(HTML, subtype="html")
    return mail


def _rate(crowd: Sequence[Any], count: int, *words: str) -> float:
    """How many letters a second these processes send together."""
    began = time.perf_counter()
    sent = sum(int(each) for each in _tell(crowd, *words))
    taken = time.perf_counter() - began
    assert sent == count, f"{sent} of {count} letters left"
    return count / taken


def _tell(crowd: Sequence[Any], *words: str) -> list[str]:
    """What each of them answers, once all have been told."""
    for each in crowd:
        print(*words, file=each.stdin, flush=True)
    return [each.stdout.readline().strip() for each in crowd]


@contextmanager
def _process(one: Site) -> Iterator[Any]:
    command = [sys.executable, "-m", "tests.bench.posting"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=one.environment, stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@contextmanager
def _sink() -> Iterator[int]:
    command, pipe = [sys.executable, "-m", "tests.bench.sink"], subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()
