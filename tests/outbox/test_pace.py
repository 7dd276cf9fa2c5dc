"""A backlog goes out at a steady pace, shared by all workers; what is fresh or asked for does not wait behind it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from clinic.outbox.claiming import LONG_AGO, SLACK, next_free
from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Kind, Mail
from tests import make
from tests.cast import NOW
from tests.mailbox import Mailbox
from tests.outbox.conftest import Register

YESTERDAY = NOW - timedelta(days=1)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=300), st.integers(1, 600))
def test_never_more_than_the_pace_and_one_pause_s_worth(waits: list[int], per_minute: int) -> None:
    """In any stretch of time: the pace, what a pause of `SLACK` made up for, and the one letter that is now."""
    at, free_at, left = NOW, LONG_AGO, []
    for milliseconds in waits:
        at += timedelta(milliseconds=milliseconds)
        after = next_free(free_at, at, per_minute)
        if after is not None:
            free_at = after
            left.append(at)
    for first in range(len(left)):
        for last in range(first, len(left)):
            allowed = (left[last] - left[first] + SLACK) / timedelta(minutes=1) * per_minute + 1
            assert last - first + 1 <= allowed + 1e-6


def plain(about: UUID, now: datetime) -> Mail:
    return Mail(to="ada@example.org", subject="Hello", text="Good day.\n", html="<p>Good day.</p>")


@pytest.mark.django_db
def test_a_backlog_of_a_hundred_takes_its_minutes(kind: Register, mailbox: Mailbox, settings: Settings) -> None:
    settings.LETTERS_PER_MINUTE = 60
    name = kind()
    for _ in range(100):
        make.message(name, due_at=YESTERDAY, not_after=None)

    with time_machine.travel(NOW, tick=False) as clock:
        left = [_tick(clock) for _ in range(12)]

    assert left == [11, *[10] * 8, 9, 0, 0]


@pytest.mark.django_db
def test_zero_is_as_fast_as_they_go(kind: Register, mailbox: Mailbox, settings: Settings) -> None:
    settings.LETTERS_PER_MINUTE = 0
    name = kind()
    for _ in range(30):
        make.message(name, due_at=YESTERDAY, not_after=None)

    assert drain(now=NOW) == 30


@pytest.mark.django_db
def test_fresh_letters_overtake_a_backlog_and_what_was_asked_for_leads_it(
    kind: Register, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "reminder", Kind("reminder", "", optional=False, write=plain, rank=90))
    name = kind()
    for age in (48, 47):
        make.message("reminder", due_at=NOW - timedelta(hours=age), not_after=None)
    make.message(name, occasion="asked for", due_at=YESTERDAY, not_after=None)
    make.message("reminder", occasion="fresh", due_at=NOW - timedelta(minutes=5))

    assert drain(now=NOW) == 4
    order = Message.objects.in_bulk(field_name="message_id")
    assert [order[mail["Message-ID"]].occasion for mail in mailbox.mails] == ["fresh", "asked for", "", ""]


def _tick(clock: time_machine.Traveller) -> int:
    clock.shift(timedelta(seconds=10))
    return drain(now=NOW)
