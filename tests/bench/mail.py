"""Letters a second by the drain with all its guarantees on, beside smtplib with one reused connection, in turns.

The first rows are of a mail server that answers at once, the others of one that takes as long as real ones do.
"""

from __future__ import annotations

import json
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
from tests.bench.posting import NOTE
from tests.serving import ROOT, Site, site

LETTERS, ROUNDS, SENDERS, AIM = 300, 3, 4, 0.8
TAKES = 0.02  # seconds that a real server looks at a letter and stores it
ALONE, SEND = "smtplib, one connection", "Django's send()"
KINDS = {NOTE: "a note", TOMORROW: "tomorrow"}
Rates = list[float]
Parts = dict[str, str]


def run(seconds: float) -> list[Row]:
    """`seconds` sets how many letters each round sends: some three hundred at its default."""
    count = max(40, int(LETTERS * seconds / 3))
    with ExitStack() as until:
        port, sink = until.enter_context(_sink())
        one = until.enter_context(site(night_shift=False, EMAIL_URL=f"smtp://127.0.0.1:{port}", LETTERS_PER_MINUTE="0"))
        crowd = [until.enter_context(_process(one)) for _ in range(SENDERS)]
        assert [each.stdout.readline().strip() for each in crowd] == ["ready"] * SENDERS
        parts = {kind: json.loads(_tell(crowd[:1], "parts", kind)[0]) for kind in KINDS}
        asked = {kind: float(_tell(crowd[:1], "statements", kind)[0]) for kind in KINDS}
        rows = _table(crowd, port, count, parts, asked)
        print(TAKES, file=sink, flush=True)
        return rows + _table(crowd, port, count // 3, parts, asked, f"{TAKES * 1000:.0f} ms: ")


def _table(
    crowd: Sequence[Any], port: int, count: int, parts: dict[str, Parts], asked: dict[str, float], server: str = ""
) -> list[Row]:
    rates: dict[tuple[str, str], Rates] = {}
    for _ in range(ROUNDS):
        for kind in KINDS:
            for who, rate in _round(crowd, port, count, kind, parts[kind]).items():
                rates.setdefault((kind, who), []).append(rate)
    return [_row(f"{server}{KINDS[kind]}, {who}", rates, kind, who, asked) for kind, who in rates]


def _round(crowd: Sequence[Any], port: int, count: int, kind: str, parts: Parts) -> dict[str, float]:
    found = {ALONE: _smtplib(port, count, parts)}
    if kind == NOTE:
        found[SEND] = _rate(crowd[:1], count // 2, "django", str(count // 2))
    for senders in (1, SENDERS):
        _tell(crowd[:1], "fill", kind, str(count))
        found[f"{senders} sender{'s' * (senders > 1)}"] = _rate(crowd[:senders], count, "send")
    return found


def _row(what: str, rates: dict[tuple[str, str], Rates], kind: str, who: str, asked: dict[str, float]) -> Row:
    ours, is_ours = rates[kind, who], who not in {ALONE, SEND}
    return {
        "what": what,
        "a second": median(ours),
        "beside smtplib": _beside(ours, rates[kind, ALONE]),
        "beside send()": _beside(ours, rates[NOTE, SEND]),
        "statements a letter": asked[kind] if is_ours else 0.0,
        "aim": AIM if is_ours else "",
    }


def _beside(ours: Rates, theirs: Rates) -> float:
    return median(mine / its for mine, its in zip(ours, theirs, strict=True))


def _smtplib(port: int, count: int, parts: Parts) -> float:
    """The limit: write each mail and hand it over, one connection for all, and remember nothing."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        began = time.perf_counter()
        for _ in range(count):
            server.send_message(_mail(parts))
        return count / (time.perf_counter() - began)


def _mail(parts: Parts) -> EmailMessage:
    """The same parts as ours."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = parts["subject"], "hello@example.org", f"{uuid4().hex}@example.org"
    mail["Message-ID"], mail["Auto-Submitted"] = f"<{uuid4().hex}@example.org>", "auto-generated"
    mail.set_content(parts["text"])
    mail.add_alternative(parts["html"], subtype="html")
    if parts["file"]:
        mail.add_alternative(parts["file"], subtype="calendar", params={"method": "REQUEST"})
        mail.add_attachment(parts["file"].encode(), maintype="application", subtype="ics", filename="appointment.ics")
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
def _sink() -> Iterator[tuple[int, Any]]:
    """Its port, and where it is told how long to take."""
    command, pipe = [sys.executable, "-m", "tests.bench.sink"], subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline()), process.stdin
        process.stdin.close()
