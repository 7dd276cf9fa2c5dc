"""Redis stopped, hung, emptied and restarted while people book; then two beats and four workers at once."""

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
from tests.faults.figures import FULL, note
from tests.faults.office import Office, wait_until
from tests.faults.stage import Stage, furnish
from tests.mailbox import free_port
from tests.serving import ROOT, Site, site

pytestmark = [pytest.mark.processes, pytest.mark.full]
LETTERS, RESTARTS = (2000, 10) if FULL else (100, 2)
PATIENCE = 90


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

    def flush(self) -> None:
        subprocess.run(["redis-cli", "-p", str(self.port), "FLUSHALL"], check=True, stdout=subprocess.DEVNULL)


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
def night_shift(one: Site, *, beats: int, workers: int) -> Iterator[None]:
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
            one.environment,
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
        redis.stop()
        stopped = book(post, "Stopped")
        without = seconds_until_confirmed(post, "Stopped")
        redis.start()
        redis.process.send_signal(signal.SIGSTOP)
        hung, blocked = book(post, "Hung"), seconds_to_publish(post.stage.site)
        redis.process.send_signal(signal.SIGCONT)
        resumed = [seconds_until_confirmed(post, "Hung")]
        book(post, "Flushed")
        redis.flush()
        resumed.append(seconds_until_confirmed(post, "Flushed"))
        for number in range(RESTARTS):
            redis.stop()
            book(post, f"Restarted{number}")
            redis.start()
            time.sleep(1)
        resumed.append(seconds_until_confirmed(post, f"Restarted{RESTARTS - 1}"))
        lost = sum(not confirmed(post, f"Restarted{number}") for number in range(RESTARTS))
    note(
        f"Redis stopped, hung, emptied, restarted {RESTARTS} times while booking",
        promised="every booking succeeds, nothing lost, the worker resumes alone within 60 s",
        measured=f"bookings {usual:.1f}, {stopped:.1f}, {hung:.1f} s (usual, stopped, hung), mail without Redis in "
        f"{without:.0f} s, back in at most {max(resumed):.0f} s, {lost} lost, {repeats(post)} repeats",
        control=f"publishing a task to the hung one: {blocked}",
    )
    assert without < 30
    assert max(stopped, hung) < 5
    assert max(resumed) < 60
    assert (lost, repeats(post)) == (0, 0)


def test_two_beats_and_four_workers(post: Office, redis: Redis) -> None:
    post.fill(LETTERS)
    with night_shift(post.stage.site, beats=2, workers=4):
        assert wait_until(lambda: post.arrived() == LETTERS)
        assert wait_until(lambda: post.unsaid() == (0, 0), seconds=PATIENCE)  # plans again once a minute
    note(
        f"two beats and four workers, {LETTERS} letters",
        promised="0 lost, 0 repeats",
        measured=f"{LETTERS - post.arrived()} lost, {post.repeats()} repeats, {post.unsaid()} missing, extra",
        control="as for four senders",
    )
    assert post.repeats() == 0


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
