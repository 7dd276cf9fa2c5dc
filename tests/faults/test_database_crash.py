"""PostgreSQL crashes while people book: what was answered is stored, and who got no answer sends her form again."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock

import pytest
from pytest_django import DjangoDbBlocker

from bookings.models import Booking
from tests.faults import stage as stages
from tests.faults.crowd import LOST, Answer, Person, until_wrong
from tests.faults.figures import FULL, note
from tests.faults.postgres import Server, own_server
from tests.faults.stage import PEOPLE, SESSION, Stage
from tests.serving import SERVER, site

pytestmark = [pytest.mark.processes, pytest.mark.postgres]
CRASHES = 5 if FULL else 1
BETWEEN = 2.0 if FULL else 1.0  # seconds of load before and after each
WORKERS = 4
GIVES_UP = 60  # seconds; nobody presses again for longer
# A commit is answered before it is on the disk, and little else writes there: the server's own guard, taken away.
CARELESS = [
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET wal_writer_delay = '10s'",
    "ALTER SYSTEM SET bgwriter_lru_maxpages = 0",
    "ALTER SYSTEM SET full_page_writes = off",
    "SELECT pg_reload_conf()",
]


@dataclass
class Load:
    """People who book one session after the other and press again until they are answered."""

    stage: Stage
    booked: list[tuple[Person, Answer]] = field(default_factory=list)
    seen: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    again: int = 0  # bookings that were answered at a second try or later
    is_over: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.lock = Lock()
        self.free = free_times(self.stage)

    def work(self, person: Person) -> None:
        while not self.is_over.is_set():
            with self.lock:
                address, start = next(self.free)
            person.new_form()
            answer, _ = self.insist(partial(person.post, address, start=start))
            if answer.is_held:
                person.new_form()
                answer, tries = self.insist(partial(person.book, answer))
                self.again += tries > 1
            if answer.is_booked:
                self.booked.append((person, answer))
            else:
                self.wrong.append(f"{answer.status} {answer.body[-400:]}")

    def insist(self, post: Callable[[], Answer]) -> tuple[Answer, int]:
        """The first answer that is neither lost nor the page for a busy calendar, and how many tries it took."""
        deadline, tries = time.monotonic() + GIVES_UP, 0
        while True:
            answer, tries = post(), tries + 1
            self.seen[answer.status] += 1
            if not (answer.status == LOST or answer.is_busy) or time.monotonic() > deadline:
                return answer, tries
            time.sleep(0.1)


@pytest.mark.skipif(not SERVER.startswith("postgres"), reason="only PostgreSQL is a server that can crash alone")
def test_what_was_answered_outlives_a_crash(django_db_blocker: DjangoDbBlocker) -> None:
    with own_server() as server, practice_on(server, django_db_blocker) as stage:
        load, stored, unsaid = crashed(stage, server, CRASHES)
        own = sum(is_own(person, done) for person, done in load.booked)
        server.say(*CARELESS)
        careless, left, _ = until_wrong(
            lambda: crashed(stage, server, 1), lambda found: found[1] < len(found[0].booked), tries=8
        )

    note(
        f"{CRASHES} crashes of PostgreSQL under load",
        promised="answered = stored, letters 0 missing 0 extra, only 503 pages",
        measured=f"{len(load.booked)} answered, {stored} stored, {unsaid[0]} missing {unsaid[1]} extra, {load.again} "
        f"asked again, {load.seen[503]} x 503, {load.seen[500]} x 500",
        control=f"commits answered before the disk has them: {len(careless.booked)} answered, {left} stored",
    )
    assert (load.wrong, load.seen[500]) == ([], 0)
    assert stored == own == len(load.booked) > 0
    assert unsaid == (0, 0)
    assert load.seen[503] > 0  # the crash was felt
    assert left < len(careless.booked)


@contextmanager
def practice_on(server: Server, blocker: DjangoDbBlocker) -> Iterator[Stage]:
    with blocker.unblock(), site(night_shift=False, database=server.address) as one:
        stage = Stage(one)
        with stage.inside():
            stages.furnish()
        yield stage


def crashed(stage: Stage, server: Server, crashes: int) -> tuple[Load, int, tuple[int, int]]:
    """What people were told, how much of it is stored, and the letters that are missing or too many."""
    load = Load(stage)
    with ThreadPoolExecutor(WORKERS) as crowd:
        work = [crowd.submit(load.work, person) for person in stage.people(WORKERS)]
        for _ in range(crashes):
            time.sleep(BETWEEN)
            server.crash()
            server.start()
        time.sleep(BETWEEN)
        load.is_over.set()
        for each in work:
            each.result()
    codes = [done.to.rstrip("/").rpartition("/")[2] for _, done in load.booked]
    with stage.inside():
        stored = Booking.objects.of_clients().filter(code__in=codes, status=Booking.Status.BOOKED).count()
        return load, stored, stages.unsaid(codes)


def is_own(person: Person, done: Answer) -> bool:
    return done.is_booked and person.details["email"] in person.open(done.to).body


def free_times(stage: Stage) -> Iterator[tuple[str, str]]:
    """The address to press at, and the start."""
    while True:
        place = next(stage.places)
        for number in range(3):
            for who in PEOPLE:
                yield stages.times(who), stages.as_pressed(place + number * SESSION)
