"""Somebody keeps the calendar locked for long: every visitor is told soon what to do, and later all is well again."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest

from tests.faults import stage as stages
from tests.faults.crowd import Answer, all_at_once
from tests.faults.figures import FULL, is_quiet, load, note
from tests.faults.stage import SESSION, Stage
from tests.serving import SERVER

pytestmark = pytest.mark.processes
KEPT = 30 if FULL else 5  # seconds
SOON = 4.0  # seconds until the page for a busy calendar
PEOPLE = 4


def test_a_locked_calendar_says_so_soon_and_recovers(guarded: Stage, bare: Stage) -> None:
    start, [visitor, *others] = next(guarded.places), guarded.people(PEOPLE)
    held = visitor.post(stages.times(), start=stages.as_pressed(start))
    posts = [partial(visitor.post, held.to, **visitor.details)]
    posts += [partial(each.post, stages.times(), start=stages.as_pressed(start + SESSION)) for each in others]
    is_measured = FULL and is_quiet()
    with locked(guarded):
        until, answers = time.monotonic() + KEPT - SOON, list[Answer]()
        while time.monotonic() < until or not answers:
            answers += all_at_once(posts, lambda post: post())
        looked = others[0].open(stages.times())
    after = [post() for post in posts]
    without = waits_for_the_lock(bare)

    slowest = max(each.seconds for each in answers)
    note(
        f"the calendar is locked for {KEPT} s",
        promised=f"a 503 page in {SOON:.0f} s, 0 x 500, free times still shown, then well again",
        measured=f"{sum(each.is_busy for each in answers)} of {len(answers)} told so, the slowest in {slowest:.1f} s "
        f"{load()}",
        control=f"without a limit {without.status} after {without.seconds:.1f} s",
    )
    assert all(each.is_busy for each in answers), {each.status for each in answers}
    assert slowest < SOON or not (is_measured and is_quiet())
    assert looked.status == 200
    assert [each.is_booked for each in after] == [True] + [False] * (PEOPLE - 1)
    assert [each.is_held for each in after[1:]].count(True) == 1
    assert without.seconds > SOON


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """What another program does that writes for long: the practice's row, the bookings, or the whole file."""
    connection = _connect(stage)
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


def _connect(stage: Stage) -> "sqlite3.Connection | psycopg.Connection":
    if not SERVER:
        file = sqlite3.connect(stage.site.folder / "db.sqlite3", isolation_level=None, check_same_thread=False)
        file.execute("BEGIN IMMEDIATE")
        return file
    server = psycopg.connect(stage.site.environment["DATABASE_URL"])
    server.execute("SELECT 1 FROM people_practice FOR UPDATE")
    server.execute("LOCK TABLE bookings_booking IN EXCLUSIVE MODE")
    return server


def waits_for_the_lock(stage: Stage) -> Answer:
    """The answer to one press while the lock is kept for a little longer than anybody should wait."""
    [person] = stage.people(1)
    start = stages.as_pressed(next(stage.places))
    with ThreadPoolExecutor(1) as other, locked(stage):
        answer = other.submit(person.post, stages.times(), start=start)
        time.sleep(SOON + 3)
    return answer.result()
