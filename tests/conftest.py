"""What every test gets: a database of its own name, and the fixtures that many tests share."""

import os

import pytest
from django.conf import settings


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Several runs can share one PostgreSQL server: PYTEST_DB_SUFFIX keeps their databases apart."""
    suffix = os.environ.get("PYTEST_DB_SUFFIX", "")
    for database in settings.DATABASES.values():
        if suffix and "postgresql" in database["ENGINE"]:
            database["TEST"]["NAME"] = f"test_{database['NAME']}_{suffix}"
