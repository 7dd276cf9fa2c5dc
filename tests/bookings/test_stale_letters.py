"""A letter for a time that has been moved since is not sent, even when nothing has planned again yet."""

from datetime import timedelta

import pytest

from aftercare import letters as aftercare
from bookings import services as bookings
from bookings.models import Booking
from clinic.outbox import keeping
from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS
from clinic.outbox.services import sweep
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def practice() -> None:
    make.practice()
    make.help_numbers()


def sent() -> list[str]:
    return list(Message.objects.filter(status="sent").values_list("kind", flat=True))


def test_a_paused_reminder_does_not_go_after_a_move() -> None:
    booking, when = make.booked(start=TEN), TEN - timedelta(hours=24)
    assert booking.client is not None
    sweep(now=NOW)
    keeping.pause(client=booking.client, by=cast.olu(), now=NOW)
    Message.objects.exclude(kind="m04_tomorrow").delete()
    drain(now=when)
    bookings.move(booking=booking, start=TEN + timedelta(days=7), by=Booking.By.PRACTICE, now=when)
    Message.objects.exclude(kind="m04_tomorrow").delete()

    keeping.resume(client=booking.client, by=cast.olu(), now=when + timedelta(hours=1))
    drain(now=when + timedelta(hours=1))

    assert sent() == []


def test_no_word_after_a_session_that_was_moved_while_the_sweep_slept() -> None:
    session = make.session()
    make.touch_map(session.client)
    aftercare.resync(session, now=NOW)
    make.offers(cast.clara(), session.booking.service)
    bookings.move(booking=session.booking, start=TEN, by=Booking.By.PRACTICE, now=NOW)
    Message.objects.exclude(kind="m10_after").delete()

    drain(now=NOW + timedelta(hours=4, minutes=10))

    assert sent() == []


@pytest.mark.parametrize("kind", ["m00_booked", "booking_moved", "m03_expect", "m04_tomorrow"])
def test_nobody_is_told_again_of_a_session_that_has_been(kind: str) -> None:
    """Neither in the words of a session to come, nor that it was cancelled."""
    booking = make.booked(start=TEN)
    Booking.objects.update(status=Booking.Status.COMPLETED)

    stop = KINDS[kind].write(booking.code, TEN + timedelta(hours=2))
    assert (stop.status, stop.reason) == ("superseded", "The session has been.")  # type: ignore[union-attr]
