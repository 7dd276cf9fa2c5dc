"""The running practices that the faults are done to, and their figures, printed at the end of a run that held any."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django import DjangoDbBlocker

from bookings import guards
from tests.faults import figures
from tests.faults.office import Office
from tests.faults.stage import Stage, furnish
from tests.mailbox import Mailbox, free_port
from tests.serving import site

UNGUARDED = "tests.faults.unguarded"
UNCHECKED = "tests.faults.unchecked"


@pytest.fixture(scope="session")
def guarded(django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """The product as it is."""
    with _stage(django_db_blocker, "clinic.wsgi") as stage:
        yield stage


@pytest.fixture(scope="session")
def bare(django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Neither lock nor transaction nor the database's refusal, and a pause between looking and writing."""
    with _stage(django_db_blocker, UNGUARDED, is_guarded=False) as stage:
        yield stage


@pytest.fixture(scope="session")
def database_alone(django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Without the lock, and with a pause between looking and writing; the database still refuses."""
    with _stage(django_db_blocker, UNGUARDED) as stage:
        yield stage


@pytest.fixture(scope="session")
def lock_alone(django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """Without the database's refusal."""
    with _stage(django_db_blocker, UNCHECKED, is_guarded=False) as stage:
        yield stage


@pytest.fixture(scope="session")
def office(django_db_blocker: DjangoDbBlocker) -> Iterator[Office]:
    """A practice without a night shift, and a mail server; leases are short, so that killed letters come back soon."""
    port = free_port()
    told = {
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "LEASE_SECONDS": "8",
        "SMTP_SECONDS": "4",
        "LETTERS_PER_MINUTE": "0",
    }
    with django_db_blocker.unblock(), site(night_shift=False, **told) as running:
        one = Office(Stage(running), Mailbox(), port)
        one.open()
        yield one
        one.dismiss()
        one.close()


@contextmanager
def _stage(blocker: DjangoDbBlocker, wsgi: str, *, is_guarded: bool = True) -> Iterator[Stage]:
    with blocker.unblock(), site(wsgi=wsgi, night_shift=False) as running:
        stage = Stage(running)
        with stage.inside():
            furnish()
            if not is_guarded:
                guards.remove()
        yield stage


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes, but for `verify --full`."""
    long = [] if figures.FULL else [item for item in items if item.get_closest_marker("full")]
    items[:] = [item for item in items if item not in long]
    config.hook.pytest_deselected(items=long)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if figures.FIGURES:
        terminalreporter.section("what the faults did")
        for line in figures.table():
            terminalreporter.write_line(line)
