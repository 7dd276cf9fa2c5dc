"""The broker on files: a reader that looks at any moment never meets half a message."""

from collections.abc import Callable
from pathlib import Path
from queue import Empty
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from kombu.connection import Connection
from kombu.transport import filesystem

from clinic.broker import Transport
from clinic.celery import app

pytestmark = pytest.mark.once
MESSAGES = 300


def read_while_writing(folder: Path, transport: type[filesystem.Transport]) -> tuple[int, list[Exception]]:
    """How many of all messages arrived, and what the reader met."""
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder / "control")}
    (folder / "control").mkdir()
    met: list[Exception] = []
    opened: Any = Connection
    with opened(transport=transport, transport_options=options) as one, one.clone() as other:
        put, get = one.channel()._put, other.channel()._get
        writer = Thread(target=lambda: [put("celery", {"number": number}) for number in range(MESSAGES)])
        writer.start()
        arrived = 0
        while writer.is_alive() or any(folder.glob("*.celery.msg")):
            arrived += _read(get, met)
        writer.join()
    return arrived, met


def _read(get: Callable[[str], object], met: list[Exception]) -> int:
    try:
        get("celery")
    except Empty:
        return 0
    except ValueError as half:  # what ends a worker
        met.append(half)
        return 0
    return 1


def test_every_message_arrives_whole(tmp_path: Path) -> None:
    assert read_while_writing(tmp_path, Transport) == (MESSAGES, [])


@pytest.mark.parametrize(
    ("transport", "unfinished", "met"),
    [(Transport, "1_a.celery.msg.half", Empty), (filesystem.Transport, "1_a.celery.msg", ValueError)],
)
def test_a_message_that_is_not_written_yet_is_not_there(
    tmp_path: Path, transport: type[filesystem.Transport], unfinished: str, met: type[Exception]
) -> None:
    """The moment between the file and its content, held still; kombu's own is the control."""
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path), "control_folder": str(tmp_path)}
    (tmp_path / unfinished).touch()
    opened: Any = Connection
    with opened(transport=transport, transport_options=options) as connection, pytest.raises(met):
        connection.channel()._get("celery")


@pytest.mark.skipif(bool(settings.REDIS_URL), reason="Redis is the broker of this run")
def test_it_is_what_the_embedded_default_uses() -> None:
    assert isinstance(app.connection_for_write().transport, Transport)
