"""What every test gets: a database of its own name, and the fixtures that many tests share."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as tries
from pytest_django import Settings

from tests import mailbox as mailboxes
from tests import serving

REACHES_A_DATABASE = ("django_db", "processes", "browser")

# On a busy machine, drawing an example takes long; that says nothing about the code.
tries.register_profile("clinic", suppress_health_check=[HealthCheck.too_slow], deadline=None)
tries.load_profile("clinic")


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Several runs can share one PostgreSQL server: PYTEST_DB_SUFFIX keeps their databases apart."""
    suffix = os.environ.get("PYTEST_DB_SUFFIX", "")
    for database in settings.DATABASES.values():
        if suffix and "postgresql" in database["ENGINE"]:
            database["TEST"]["NAME"] = f"test_{database['NAME']}_{suffix}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`verify` runs what looks the same on every database by itself; a run of pytest by hand has all."""
    asked = os.environ.get("ONCE")
    if asked:
        others = {item for item in items if _looks_the_same(item) != (asked == "only")}
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=list(others))


def _looks_the_same(item: pytest.Item) -> bool:
    """It is marked so, or it cannot reach a database at all: pytest-django keeps it from one, and it starts nothing."""
    names = getattr(item, "fixturenames", [])
    reaches = any(map(item.get_closest_marker, REACHES_A_DATABASE)) or {"db", "transactional_db"} & set(names)
    return bool(item.get_closest_marker("once")) or not reaches


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[mailboxes.Mailbox]:
    """A real SMTP server, and the outbox set to use it."""
    with mailboxes.running() as (box, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield box


@pytest.fixture(scope="session", autouse=True)
def _forget_sites() -> Iterator[None]:
    """What the tests with real processes made once is thrown away with the run."""
    yield
    serving.forget()
