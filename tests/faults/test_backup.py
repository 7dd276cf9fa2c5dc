"""A backup, taken while people book and restored into an empty place, holds every table and all that was answered."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from bookings import guards
from bookings.models import Booking
from clinic.bootstrap import servers
from clinic.outbox.models import Message
from tests.faults import stage as stages
from tests.faults.figures import FULL, note
from tests.faults.office import wait_until
from tests.faults.stage import Stage
from tests.serving import SERVER, Site

pytestmark = pytest.mark.processes
BEFORE = 40 if FULL else 4  # bookings that are answered before the backup begins
EMAIL = "backup@example.org"
# As docs/operating.md says it.
SQLITE = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))"


def test_a_backup_under_load_can_be_restored(guarded: Stage, tmp_path: Path) -> None:
    booked, is_over = list[str](), Event()
    with ThreadPoolExecutor(1) as crowd:
        work = crowd.submit(keep_booking, guarded, booked, is_over)
        try:
            assert wait_until(lambda: len(booked) >= BEFORE)
            answered, began = len(booked), time.monotonic()
            under_load = backup(guarded.site, tmp_path / "under-load")
            took, meanwhile = time.monotonic() - began, len(booked) - answered
        finally:
            is_over.set()
        work.result()
    with restored(guarded.site, under_load, tmp_path / "first") as copy, copy.inside():
        codes = [str(code) for code in Booking.objects.filter(client__email=EMAIL).values_list("code", flat=True)]
        stored, unsaid = len(set(booked[:answered]) & set(codes)), stages.unsaid(codes)
    with guarded.inside():
        whole = contents()
    began = time.monotonic()
    with restored(guarded.site, backup(guarded.site, tmp_path / "quiet"), tmp_path / "second") as copy, copy.inside():
        again, restoring, lacks = contents(), time.monotonic() - began, guards.missing(connection)
        last = Message.objects.order_by("created_at").last()
        assert last
        last.delete()
        damaged = {table for table, found in contents().items() if found != whole[table]}

    note(
        f"a backup while people book, {answered} answered before it",
        promised="all that was answered is in it, letters 0 missing 0 extra; every table equal",
        measured=f"{stored} there, {unsaid[0]} missing {unsaid[1]} extra, taken in {took:.1f} s with {meanwhile} more "
        f"bookings; {len(whole)} tables equal: {again == whole}, taken and restored in {restoring:.1f} s",
        control=f"one letter taken out of the copy: {', '.join(damaged)} differs",
    )
    assert (stored, unsaid) == (answered, (0, 0))
    assert (again, lacks) == (whole, [])
    assert damaged == {Message._meta.db_table}


def keep_booking(stage: Stage, booked: list[str], is_over: Event) -> None:
    """One session after the other, for as long as it takes."""
    [person] = stage.people(1)
    person.details = {"name": "Before Backup", "email": EMAIL}
    while not is_over.is_set():
        start = next(stage.places)
        for number in range(3):
            person.new_form()
            held = person.post(stages.times(), start=stages.as_pressed(start + number * stages.SESSION))
            person.new_form()
            done = person.book(held)
            assert done.is_booked, done
            booked.append(done.to.rstrip("/").rpartition("/")[2])


def backup(site: Site, file: Path) -> Path:
    """By the commands of docs/operating.md."""
    if not SERVER:
        subprocess.run([sys.executable, "-c", SQLITE, str(site.folder / "db.sqlite3"), str(file)], check=True)
        return file
    run("pg_dump", "--format", "custom", "--file", str(file), "--dbname", site.environment["DATABASE_URL"])
    return file


@contextmanager
def restored(site: Site, file: Path, folder: Path) -> Iterator[Stage]:
    """A place that was empty, with what the backup holds; nothing runs there."""
    folder.mkdir()
    if not SERVER:
        file.rename(folder / "db.sqlite3")
        yield Stage(Site(0, folder, {**site.environment, "DATA_DIR": str(folder)}))
        return
    name = f"restored_{uuid4().hex[:12]}"
    address = urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        try:
            run("pg_restore", "--dbname", address, str(file))
            yield Stage(Site(0, folder, {**site.environment, "DATABASE_URL": address}))
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def run(program: str, *words: str) -> None:
    programs = servers.postgres_programs()
    if programs is None or not (programs / program).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no {program}; type: apt-get install postgresql")
    subprocess.run([str(programs / program), *words], check=True)


def contents() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash of them all."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found
