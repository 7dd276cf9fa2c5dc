"""How often one address or key may ask in a minute; counted in the cache, which is a table that all processes share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from threading import Lock

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from ninja.errors import Throttled

from clinic.people import clock

WINDOW = 60  # seconds
KNOWN_AT_MOST = 10_000  # counters that one process remembers


@dataclass
class Counter:
    """One address in one minute: what the table says, and what this process has not yet written into it."""

    written: int = 0
    waiting: int = 0


@dataclass
class Limit:
    """So many requests a minute. Writing each count would cost more than most answers, so `step` of them are written
    at once: a process may let that many too many pass."""

    name: str
    most: int  # 0 means no limit
    step: int = 1
    counters: dict[str, Counter] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def check(self, who: str) -> None:
        """Count one request; raises Throttled, an answer of 429, when there were too many."""
        if not self.most:
            return
        now = clock.real_now()
        if self._count(who, now) > self.most:
            raise Throttled(wait=WINDOW - int(now.timestamp()) % WINDOW)

    def _count(self, who: str, now: datetime) -> int:
        # Hashed: an address is somebody's, and may hold letters that a cache does not take.
        key = f"{sha256(f'{self.name} {who}'.encode()).hexdigest()[:32]}:{int(now.timestamp()) // WINDOW}"
        with self.lock:
            if len(self.counters) > KNOWN_AT_MOST:
                self.counters.clear()
            counter = self.counters.setdefault(key, Counter())
            counter.waiting += 1
            due, total = counter.waiting, counter.written + counter.waiting
            if due < self.step:
                return total
            counter.waiting = 0
        written = _write(key, due)
        counter.written = written
        return max(written, total)


@transaction.atomic
def _write(key: str, count: int) -> int:
    cache.add(key, 0, timeout=2 * WINDOW)
    return cache.incr(key, count)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind the proxy of an https site, what the proxy added last."""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded if request.is_secure() and forwarded else request.META.get("REMOTE_ADDR", "")
