"""The database itself refuses overlaps, on both vendors, however a row is written."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, transaction

from bookings import guards
from bookings.models import Booking, Room
from tests import cast, make

pytestmark = pytest.mark.django_db
TEN = cast.NOW + timedelta(days=7, hours=1)


def other(start: datetime = TEN, **fields: Any) -> Booking:
    made = make.booking(cast.ben(), starts_at=start + timedelta(days=30), **fields)
    made.set_start(start, made.service)
    return made


def is_refused(booking: Booking) -> bool:
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as error:
        return guards.OVERLAP in str(error)
    return False


@pytest.mark.parametrize("minutes", [-89, 0, 45, 89])
def test_a_time_that_meets_another_with_its_buffers_is_refused(minutes: int) -> None:
    make.booking(starts_at=TEN)

    assert is_refused(other(TEN + timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-90, 90])
def test_a_time_that_only_touches_is_accepted(minutes: int) -> None:
    make.booking(starts_at=TEN)

    assert not is_refused(other(TEN + timedelta(minutes=minutes)))


@pytest.mark.parametrize("status", ["held", "booked", "arrived", "completed"])
def test_every_state_that_takes_time_is_covered(status: str) -> None:
    make.booking(starts_at=TEN, status=status)

    assert is_refused(other())


@pytest.mark.parametrize("status", ["cancelled", "missed"])
def test_cancelled_and_missed_free_the_time(status: str) -> None:
    make.booking(starts_at=TEN, status=status)

    assert not is_refused(other())


def test_a_cancelled_booking_cannot_come_back_over_another() -> None:
    cancelled = make.booking(starts_at=TEN, status="cancelled")
    make.booking(cast.ben(), starts_at=TEN)
    cancelled.status = Booking.Status.BOOKED

    assert is_refused(cancelled)


def test_other_practitioners_have_their_own_time_but_share_rooms() -> None:
    garden = Room.objects.create(slug="garden", name="Garden room")
    make.booking(starts_at=TEN, room=garden)

    assert not is_refused(other(practitioner=cast.dov()))
    assert is_refused(other(TEN + timedelta(minutes=30), practitioner=cast.dov(), room=garden))


def test_update_and_bulk_create_are_refused_as_well() -> None:
    make.booking(starts_at=TEN)
    later = make.booking(cast.ben(), starts_at=TEN + timedelta(days=1))
    copy = Booking(
        **{field.attname: getattr(later, field.attname) for field in Booking._meta.fields if not field.primary_key}
    )
    copy.set_start(TEN, later.service)

    with pytest.raises(IntegrityError, match=guards.OVERLAP), transaction.atomic():
        Booking.objects.filter(code=later.code).update(busy_from=TEN)
    with pytest.raises(IntegrityError, match=guards.OVERLAP), transaction.atomic():
        Booking.objects.bulk_create([copy])


@pytest.mark.django_db(transaction=True)
def test_nothing_starts_without_the_guard_and_migrate_puts_it_back() -> None:
    guards.remove()
    try:
        assert len(guards.missing(connection)) == (4 if connection.vendor == "sqlite" else 2)
        with pytest.raises(SystemCheckError, match="guard against double bookings"):
            call_command("check", databases=["default"])
    finally:
        call_command("migrate", skip_checks=True, verbosity=0)

    assert guards.missing(connection) == []
    call_command("check", databases=["default"])


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_two_bookings_share_a_time() -> None:
    """The negative control: it is the guard that refuses, and nothing else."""
    guards.remove()
    try:
        make.booking(starts_at=TEN)
        assert not is_refused(other())
    finally:
        Booking.objects.all().delete()
        guards.install()


def test_the_web_process_refuses_to_start_without_the_guard(tmp_path: Path) -> None:
    file = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"CREATE TABLE {guards.TABLE} (code text)")  # the table is there, its triggers are not
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{file}", "DJANGO_SETTINGS_MODULE": "clinic.settings"}
    door = [sys.executable, "-c", "import clinic.wsgi"]

    done = subprocess.run(door, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "The guard against double bookings is not complete" in done.stderr

    with closing(sqlite3.connect(file)) as database:
        database.execute(f"DROP TABLE {guards.TABLE}")
    assert subprocess.run(door, env=environment, check=False).returncode == 0
