"""The servers for `verify` are found where they are, and where there are none, started and stopped again."""

import socket
from contextlib import ExitStack

import psycopg
import pytest

from clinic.bootstrap import servers
from clinic.bootstrap.trouble import Trouble

pytestmark = pytest.mark.once


@pytest.fixture
def nobody_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where no server runs yet and the environment names none."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setattr(servers, "LOCAL_POSTGRES", "postgres://postgres@127.0.0.1:1/postgres")
    monkeypatch.setattr(servers, "LOCAL_REDIS_PORT", 1)


def test_an_address_that_is_given_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://given")
    monkeypatch.setenv("REDIS_URL", "redis://given")
    with ExitStack() as until:
        assert servers.postgres(until) == "postgres://given"
        assert servers.redis(until) == "redis://given"


@pytest.mark.usefixtures("nobody_at_home")
def test_its_own_postgres_answers_and_is_gone_afterwards() -> None:
    with ExitStack() as until:
        address = servers.postgres(until)
        with psycopg.connect(address) as connection:
            row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        assert row == (True,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)


@pytest.mark.usefixtures("nobody_at_home")
def test_its_own_redis_answers_and_is_gone_afterwards() -> None:
    with ExitStack() as until:
        port = int(servers.redis(until).split(":")[2].split("/")[0])
        assert servers._redis_answers(port)
    assert not servers._redis_answers(port)


@pytest.mark.usefixtures("nobody_at_home")
def test_where_there_is_nothing_to_start_it_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "postgres_programs", lambda: None)
    monkeypatch.setattr(servers, "redis_program", lambda: None)
    with ExitStack() as until:
        with pytest.raises(Trouble, match="apt-get install postgresql"):
            servers.postgres(until)
        with pytest.raises(Trouble, match="apt-get install redis-server"):
            servers.redis(until)


def test_another_program_at_redis_s_door_is_not_taken_for_redis() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(1)
        assert not servers._redis_answers(door.getsockname()[1])
