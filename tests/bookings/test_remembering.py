"""Remembered free times: said again only while nothing was written and nothing ran out, whoever wrote."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from bookings import api, reading, remembering
from bookings.models import Booking, Service, WorkingHours
from bookings.services import cancel
from clinic.people.models import Practice
from tests import make
from tests.bench.wire import Wire
from tests.cast import NOW
from tests.make import TEN
from tests.serving import site

everywhere = pytest.mark.django_db(transaction=True)
ADDRESS = "/api/v1/slots?service=first&practitioner=clara&from=2027-02-08&to=2027-02-08"
CLOSES = "from bookings.models import WorkingHours\nWorkingHours.objects.filter(weekday={weekday}).delete()"
ASKED = 1  # statement: whether anything was written


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.reads, "most", 0)  # counting who asks would write
    monkeypatch.setattr(remembering, "_kept", {})


@pytest.fixture
def never_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the guard: the stamp stands still."""
    monkeypatch.setattr(reading, "stamp", lambda now: reading.Stamp("always", by=None, is_steady=True))


def starts() -> list[str]:
    return [each["starts_at"][11:16] for each in Browser().get(ADDRESS).json()["slots"]]


def statements() -> int:
    with CaptureQueriesContext(connection) as queries:
        starts()
    return len(queries)


@everywhere
def test_the_second_answer_is_remembered(first: Service) -> None:
    anew = statements()
    assert (anew > ASKED, statements(), statements()) == (True, ASKED, ASKED)
    assert "10:00" in starts()


@everywhere
def test_every_change_is_in_the_next_answer(first: Service, clock: time_machine.Traveller) -> None:
    assert "10:00" in starts()
    booking = make.booked(of=first, start=TEN)
    assert "10:00" not in starts()
    cancel(booking=booking, by=Booking.By.CLIENT, now=NOW)
    assert "10:00" in starts()
    WorkingHours.objects.update(opens=11 * 60)
    assert starts()[0] == "11:00"
    with connection.cursor() as by_hand:
        by_hand.execute("DELETE FROM bookings_workinghours WHERE closes > 0")
    assert starts() == []


@everywhere
@pytest.mark.usefixtures("never_the_same")
def test_without_the_guard_it_is_stale(first: Service) -> None:
    assert "10:00" in starts()
    make.booked(of=first, start=TEN)
    assert "10:00" in starts()


@everywhere
def test_a_hold_that_runs_out_frees_its_time_though_nothing_is_written(
    first: Service, clock: time_machine.Traveller
) -> None:
    make.booking(status=Booking.Status.HELD, starts_at=TEN, of=first, hold_until=NOW + timedelta(seconds=90))
    assert "10:00" not in starts()
    clock.move_to(NOW + timedelta(seconds=75))
    assert "10:00" not in starts()  # asked in the minute in which it ends
    clock.move_to(NOW + timedelta(seconds=90))
    assert "10:00" in starts()


@everywhere
def test_notice_takes_a_start_away_at_its_minute(first: Service, clock: time_machine.Traveller) -> None:
    notice = timedelta(hours=Practice.objects.the().minimum_notice_hours)
    clock.move_to(TEN - notice)
    assert starts()[0] == "10:00"
    clock.move_to(TEN - notice + timedelta(seconds=1))
    assert starts()[0] == "10:15"


@everywhere
def test_what_a_transaction_has_not_committed_is_not_remembered(first: Service) -> None:
    assert "10:00" in starts()
    with transaction.atomic():
        make.booked(of=first, start=TEN)
        assert "10:00" not in starts()
        transaction.set_rollback(True)
    assert "10:00" in starts()


@everywhere
def test_no_more_is_kept_than_it_should_be(first: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "KEPT_AT_MOST", 3)
    for day in range(1, 9):
        Browser().get(f"/api/v1/slots?service=first&from=2027-02-0{day}&to=2027-02-09")
        assert len(remembering._kept) <= 3
    assert "10:00" in starts()


@pytest.mark.processes
def test_what_another_process_writes_is_in_the_next_answer() -> None:
    with site(night_shift=False, API_READS_PER_MINUTE="0") as one:
        wire = Wire(one.port)
        for number in range(4):
            before = wire.get("/api/v1/slots?service=first")
            assert (before.status, wire.get("/api/v1/slots?service=first")) == (200, before)
            one.told(CLOSES.format(weekday=number))
            after = wire.get("/api/v1/slots?service=first")
            assert len(after.body) < len(before.body)
