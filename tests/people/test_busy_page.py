"""A database that is locked or away: a page that says what to do, never an error."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client as Browser

from bookings import access
from clinic.people.locks import Busy
from clinic.people.models import Practice
from tests import make

pytestmark = pytest.mark.django_db
WORDS = ["We are very busy just now", "Nothing is lost. Wait a few seconds, then go back and try again."]


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception, where: object, name: str) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(where, name, fail)


@pytest.mark.parametrize("error", [Busy(), OperationalError("database is locked"), InterfaceError("closed")])
def test_a_locked_database_is_a_page_with_the_practices_number(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    make.practice()
    fail_with(monkeypatch, error, access, "services_online")
    response = Browser().get("/book/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert all(words in response.content.decode() for words in [*WORDS, "020 7946 0000"])


@pytest.mark.parametrize("error", [OperationalError("the server closed the connection"), InterfaceError("closed")])
def test_a_database_that_is_away_is_the_same_page_without_it(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    fail_with(monkeypatch, error, Practice.objects, "the")
    fail_with(monkeypatch, error, access, "services_online")
    response = Browser().get("/book/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert all(words in response.content.decode() for words in WORDS)
