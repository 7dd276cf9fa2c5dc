"""Redis stopped, hung, emptied, restarted, and away from the start while people book; two beats and four workers."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django import DjangoDbBlocker

from clinic.bootstrap.processes import Running, stop
from tests import mailbox as mailboxes
from tests.faults import stage as stages
from tests.faults.crowd import until_wrong
from tests.faults.figures import FULL, note
from tests.faults.office import Office, wait_until
from tests.faults.stage import Stage, furnish
from tests.mailbox import free_port
from tests.serving import ROOT, Site, site

pytestmark = [pytest.mark.processes, pytest.mark.full]
LETTERS, RESTARTS = (2000, 10) if FULL else (100, 2)
PATIENCE = 240  # seconds; a busy machine needs them, no other does
MAIL_WITHIN = 30  # seconds, with Redis or without


class Redis:
    """A server of the tests' own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "apt-get install redis-server"
        command = [program, "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    def flush(self) -> None:
        self._say("FLUSHALL")

    def queued(self) -> int:
        """How many tasks wait."""
        return int(self._say("LLEN", "celery"))

    def _say(self, *words: str) -> str:
        command = ["redis-cli", "-p", str(self.port), *words]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.stop()


@pytest.fixture(scope="module")
def post(redis: Redis, django_db_blocker: DjangoDbBlocker) -> Iterator[Office]:
    """A practice whose ticks come over that Redis."""
    with django_db_blocker.unblock(), mailboxes.running() as (box, port):
        told = {"REDIS_URL": f"redis://127.0.0.1:{redis.port}/0", "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        with site(night_shift=False, **told) as running:
            office = Office(Stage(running), box, port)
            with office.stage.inside():
                furnish()
            yield office


@contextmanager
def night_shift(one: Site, *, beats: int, workers: int, without: str = "") -> Iterator[None]:
    """Celery as the product runs it; `without` names a guard that is taken away."""
    beat, worker = (
        ["clinic.beat", "beat", "--pidfile", ""],
        ["tests.faults.night", "worker", "-P", "threads", "-c", "2"],
    )
    names = {f"beat{n}": [*beat, "--schedule", str(one.folder / f"beat{n}")] for n in range(beats)}
    names |= {f"worker{n}": [*worker, "-n", f"w{n}@%h"] for n in range(workers)}
    running = [
        Running(
            name,
            [sys.executable, "-m", "celery", "-A", *words],
            {**one.environment, "WITHOUT": without},
            one.folder / "log" / f"{name}.log",
            ROOT,
        )
        for name, words in names.items()
    ]
    try:
        yield
    except BaseException:
        for each in running:
            print(f"--- {each.name}\n{each.last_words(40)}")  # pytest shows it with the failure
        raise
    finally:
        stop(running)


def test_redis_in_every_bad_state(post: Office, redis: Redis) -> None:
    with night_shift(post.stage.site, beats=1, workers=1):
        usual = book(post, "Usual")
        assert wait_until(lambda: confirmed(post, "Usual"), seconds=PATIENCE)
        with redis.stopped():
            stopped = book(post, "Stopped")
            without = seconds_until_confirmed(post, "Stopped")
        redis.process.send_signal(signal.SIGSTOP)
        hung, blocked = book(post, "Hung"), seconds_to_publish(post.stage.site)
        redis.process.send_signal(signal.SIGCONT)
        resumed = [seconds_until_confirmed(post, "Hung")]
        book(post, "Flushed")
        redis.flush()
        resumed.append(seconds_until_confirmed(post, "Flushed"))
        for number in range(RESTARTS):
            with redis.stopped():
                book(post, f"Restarted{number}")
            time.sleep(1)
        resumed.append(seconds_until_confirmed(post, f"Restarted{RESTARTS - 1}"))
        lost = sum(not confirmed(post, f"Restarted{number}") for number in range(RESTARTS))
    note(
        f"Redis stopped, hung, emptied, restarted {RESTARTS} times while booking",
        promised="every booking succeeds, nothing lost, the worker resumes alone within 60 s",
        measured=f"bookings {usual:.1f}, {stopped:.1f}, {hung:.1f} s (usual, stopped, hung), mail without Redis in "
        f"{without:.0f} s, back in at most {max(resumed):.0f} s, {lost} lost, {repeats(post)} repeats",
        control=f"publishing a task to the hung one: {blocked}; a worker that waits for its ticks sends nothing in "
        f"{MAIL_WITHIN} s: {waits_for_ever(post, redis)}",
    )
    assert without < MAIL_WITHIN
    assert max(stopped, hung) < 5
    assert max(resumed) < 60
    assert (lost, repeats(post)) == (0, 0)


def waits_for_ever(post: Office, redis: Redis) -> bool:
    """Whether a confirmation does not leave where no worker goes on without ticks."""
    with night_shift(post.stage.site, beats=1, workers=1, without="waiting"):
        book(post, "Ready")
        assert wait_until(lambda: confirmed(post, "Ready"), seconds=PATIENCE)
        with redis.stopped():
            book(post, "Waiting")
            return not wait_until(lambda: confirmed(post, "Waiting"), seconds=MAIL_WITHIN)


def test_a_worker_that_starts_while_redis_is_away(post: Office, redis: Redis) -> None:
    """As after a power cut from which Redis does not come back."""
    with redis.stopped(), night_shift(post.stage.site, beats=1, workers=1):
        book(post, "Alone")
        taken = seconds_until_confirmed(post, "Alone")
    with redis.stopped(), night_shift(post.stage.site, beats=1, workers=1, without="waiting"):
        book(post, "Idle")
        idles = not wait_until(lambda: confirmed(post, "Idle"), seconds=MAIL_WITHIN)
    note(
        "worker and beat start while Redis is away",
        promised="letters leave all the same",
        measured=f"the first after {taken:.0f} s, starting included",
        control=f"a worker that waits for its ticks sends nothing in {MAIL_WITHIN} s: {idles}",
    )
    assert idles


def test_redis_is_emptied_amid_a_long_queue(post: Office, redis: Redis) -> None:
    post.fill(LETTERS)
    with night_shift(post.stage.site, beats=1, workers=2):
        for part in (4, 2):
            assert wait_until(lambda part=part: post.arrived() >= LETTERS // part)  # type: ignore[misc]
            redis.flush()
        assert wait_until(lambda: post.arrived() == LETTERS)
        assert wait_until(lambda: post.unsaid() == (0, 0), seconds=PATIENCE)
    repeats = post.repeats()
    as_tasks = published(post.stage.site, LETTERS, redis)
    redis.flush()
    note(
        f"Redis emptied twice amid {LETTERS} letters",
        promised="0 lost, 0 repeats",
        measured=f"{LETTERS - post.arrived()} lost, {repeats} repeats, {post.unsaid()} missing, extra",
        control=f"as tasks in Redis: {as_tasks - redis.queued()} of {as_tasks} lost",
    )
    assert repeats == 0
    assert (as_tasks, redis.queued()) == (LETTERS, 0)


def test_two_beats_and_four_workers(post: Office) -> None:
    taken = sent_by_many(post, LETTERS)
    repeats, unsaid, lost = post.repeats(), post.unsaid(), LETTERS - post.arrived()
    few = LETTERS // 10
    without = until_wrong(lambda: greedy(post, few), lambda found: found > 0)
    note(
        f"two beats and four workers, {LETTERS} letters",
        promised="0 lost, 0 repeats",
        measured=f"{lost} lost, {repeats} repeats in {taken:.0f} s, {unsaid} missing, extra",
        control=f"looking first, taking then: {without} repeats of {few}",
    )
    assert (lost, repeats, unsaid) == (0, 0, (0, 0))
    assert without > 0


def sent_by_many(post: Office, letters: int) -> float:
    post.fill(letters)
    began = time.monotonic()
    with night_shift(post.stage.site, beats=2, workers=4):
        assert wait_until(lambda: post.arrived() == letters)
        taken = time.monotonic() - began
        assert wait_until(lambda: post.unsaid() == (0, 0), seconds=PATIENCE)  # plans again once a minute
    return taken


def greedy(post: Office, letters: int) -> int:
    post.fill(letters)
    with night_shift(post.stage.site, beats=2, workers=4, without="greedy"):
        assert wait_until(lambda: post.arrived() == letters)
    return post.repeats()


def book(post: Office, name: str) -> float:
    """Seconds that a client waits for the two posts of a booking."""
    [person] = post.stage.people(1)
    person.details["email"] = f"{name.lower()}@example.org"
    began = time.monotonic()
    held = person.post(stages.times(), start=stages.as_pressed(next(post.stage.places)))
    person.new_form()
    answer = person.post(held.to, **person.details)
    assert answer.is_booked, answer
    return time.monotonic() - began


def confirmed(post: Office, name: str) -> bool:
    return any(f"{name.lower()}@example.org" in str(mail["To"]) for mail in list(post.box.mails))


def seconds_until_confirmed(post: Office, name: str) -> float:
    began = time.monotonic()
    assert wait_until(lambda: confirmed(post, name), seconds=PATIENCE), name
    return time.monotonic() - began


def repeats(post: Office) -> int:
    ids = [mail["Message-ID"] for mail in list(post.box.mails)]
    return len(ids) - len(set(ids))


def published(one: Site, count: int, redis: Redis) -> int:
    """How many tasks wait in Redis once each letter has been put there as one, which the product does not do."""
    code = "import django; django.setup(); from clinic.celery import app\n"
    code += f"for _ in range({count}): app.send_task('clinic.outbox.tasks.tick', expires=600)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=one.environment, check=True)
    return redis.queued()


def seconds_to_publish(one: Site) -> str:
    """What a view that published a task would do to its visitor."""
    code = "import django; django.setup(); from clinic.celery import app; print('began', flush=True); "
    code += "app.send_task('clinic.outbox.tasks.tick'); print('published')"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=ROOT, env=one.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as it:
        assert it.stdout is not None
        it.stdout.readline()
        began = time.monotonic()
        try:
            it.wait(timeout=20)
        except subprocess.TimeoutExpired:
            it.kill()
            return "still blocked after 20 s"
        return f"{time.monotonic() - began:.0f} s, then an error"
