"""What one letter costs as it leaves, counted in statements; each is done for every letter of a long queue."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import plan
from bookings.models import Service
from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Kind, Mail
from tests import make
from tests.bookings.test_booking_costs import counted
from tests.cast import NOW
from tests.mailbox import Mailbox
from tests.make import TEN

pytestmark = pytest.mark.django_db
ONCE = 3  # in a run: the practice, for the sender's name; whether there is another letter, and whether a backlog


@pytest.fixture
def note() -> Iterator[str]:
    def write(about: UUID, now: datetime) -> Mail:
        return Mail(to="ada@example.org", subject="Hello", text="Good day.\n", html="<p>Good day.</p>")

    KINDS["note"] = Kind("note", "A note", optional=False, write=write)
    yield "note"
    KINDS.pop("note")


def costs(letters: int, now: datetime) -> int:
    """Statements of one run that sends so many, less what is asked once in a run."""
    with CaptureQueriesContext(connection) as queries:
        assert drain(now=now) == letters
    return len(counted(queries)) - ONCE


def test_a_note_is_claimed_marked_and_marked_again(note: str, mailbox: Mailbox) -> None:
    make.practice()
    counts = []
    for letters in (1, 3):
        for _ in range(letters):
            make.message(note)
        counts.append(costs(letters, NOW))

    assert counts == [3, 9]


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        (plan.TOMORROW, 9),  # those of a note; practice, booking, flags, link, words, the client's day
        (plan.EXPECT, 9),
        (plan.BOOKED, 12),  # no day of its own; how far the questions are, and what is asked, their link
    ],
)
def test_a_letter_about_a_booking_asks_nothing_twice(kind: str, most: int, first: Service, mailbox: Mailbox) -> None:
    booking = make.booked(start=TEN)
    letter = Message.objects.get(kind=kind, about=booking.code)
    Message.objects.exclude(pk=letter.pk).delete()
    with CaptureQueriesContext(connection) as queries:
        assert drain(now=letter.due_at) == 1

    asked = counted(queries)
    assert len(asked) - ONCE == most, asked
    about_the_practice = [sql for sql in asked if "FROM people_practice" in sql]
    assert len(about_the_practice) == 2  # once for the letter, once for the line
