"""The one door: retried, mapped to plain answers, and never waited at for long."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client as Browser

from bookings.door import SlotTaken, through_the_door
from bookings.models import Room
from clinic.people.locks import Busy, lock_practice
from clinic.people.models import Practice
from tests import cast, make
from tests.make import TEN

everywhere = pytest.mark.django_db(transaction=True)


@through_the_door
def stumble(practice: Practice, *, errors: Iterator[Exception | None]) -> str:
    """A service that meets these errors, one at each try."""
    error = next(errors)
    if error:
        raise error
    return practice.name


@everywhere
def test_a_deadlock_is_tried_again() -> None:
    make.practice()

    assert stumble(errors=iter([OperationalError("deadlock detected"), None])) == "Stillpoint"


@everywhere
def test_after_three_tries_the_calendar_is_busy() -> None:
    with pytest.raises(Busy):
        stumble(errors=iter([OperationalError("deadlock detected")] * 3))


@everywhere
def test_an_overlap_is_a_taken_time_and_any_other_fault_is_not() -> None:
    make.booking(starts_at=TEN)

    @through_the_door
    def overlap(practice: Practice) -> None:
        make.booking(cast.ben(), starts_at=TEN)

    @through_the_door
    def twice(practice: Practice) -> None:
        Room.objects.create(slug="east", name="East")
        Room.objects.create(slug="east", name="East")

    with pytest.raises(SlotTaken):
        overlap()
    with pytest.raises(IntegrityError):
        twice()
    assert not Room.objects.exists()


@pytest.mark.postgres
@everywhere
def test_a_calendar_that_stays_locked_is_a_503_page_within_four_seconds() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no lock that can be given up after three seconds")
    make.practice()
    make.offers(cast.clara(), make.service())
    is_locked, may_go = threading.Event(), threading.Event()

    def keep_locked() -> None:
        with transaction.atomic():
            lock_practice()
            is_locked.set()
            may_go.wait(10)
        connection.close()

    thread = threading.Thread(target=keep_locked)
    thread.start()
    is_locked.wait(5)
    began = time.monotonic()
    try:
        response = Browser().post("/book/times/?service=first", {"start": "2027-02-08T10:00Z"})
    finally:
        may_go.set()
        thread.join()

    assert response.status_code == 503
    assert time.monotonic() - began < 4
