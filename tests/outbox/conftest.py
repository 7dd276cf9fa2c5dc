"""A kind of letter for the outbox's own tests, told by each test what to do."""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

import pytest

from clinic.outbox.registry import KINDS, Kind, Mail, Stop
from tests import make

Write = Callable[[UUID, datetime], Mail | Stop]
Register = Callable[..., str]


def plain(about: UUID, now: datetime) -> Mail:
    return Mail(to="ada@example.org", subject="Hello", text="Good day.\n", html="<p>Good day.</p>")


@pytest.fixture
def kind(db: None) -> Iterator[Callable[[Write], str]]:
    """`kind(write)` registers the kind "note" for one test."""
    make.practice()

    def register(write: Write = plain) -> str:
        KINDS["note"] = Kind("note", "A note", optional=False, write=write)
        return "note"

    yield register
    KINDS.pop("note", None)
