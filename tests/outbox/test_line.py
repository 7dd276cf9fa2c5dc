"""The line to the mail server: shared, renewed, and cut when one letter takes too long."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.mail import get_connection
from pytest_django import Settings

from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.people import clock
from tests import make
from tests.cast import NOW
from tests.mailbox import Mailbox
from tests.outbox.conftest import Register

pytestmark = pytest.mark.django_db
Status = Message.Status


@contextmanager
def tar_pit(settings: Settings, *, pause: float) -> Iterator[list[bytes]]:
    """A server that answers every command, but never soon."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        settings.EMAIL_HOST, settings.EMAIL_PORT = door.getsockname()
        threading.Thread(target=_answer, args=[door, heard, pause], daemon=True).start()
        yield heard


def _answer(door: socket.socket, heard: list[bytes], pause: float) -> None:
    visitor, _ = door.accept()
    with visitor, visitor.makefile("rb") as lines:
        visitor.sendall(b"220 slow\r\n")
        for line in lines:
            heard.append(line)
            time.sleep(0 if line.lower().startswith(b"ehlo") else pause)
            try:
                visitor.sendall(b"354 go on\r\n" if line.lower().startswith(b"data") else b"250 yes\r\n")
            except OSError:
                return


def test_a_server_that_answers_slowly_for_ever_is_hung_up_on(kind: Register, settings: Settings) -> None:
    """Each answer comes within the time-out, all of them together do not."""
    settings.EMAIL_TIMEOUT = 1.0
    message = make.message(kind())
    with tar_pit(settings, pause=0.7) as heard:
        began = time.monotonic()
        assert drain(now=NOW) == 0
        taken = time.monotonic() - began

    message.refresh_from_db()
    assert taken < 2 * settings.EMAIL_TIMEOUT
    assert heard[1].lower().startswith(b"mail from")
    assert (message.status, message.outcome) == (Status.QUEUED, "The mail server hung up or fell silent.")


def test_the_neighbours_of_a_broken_letter_leave_in_the_same_run(kind: Register, mailbox: Mailbox) -> None:
    name = kind()
    messages = [make.message(name, due_at=NOW - timedelta(minutes=9 - number)) for number in range(3)]
    mailbox.drops_before_answer = 1

    assert drain(now=NOW) == 2
    for message in messages:
        message.refresh_from_db()
    assert [message.status for message in messages] == [Status.QUEUED, Status.SENT, Status.SENT]


def test_a_server_that_always_drops_gets_six_copies_at_most(kind: Register, mailbox: Mailbox) -> None:
    message = make.message(kind())
    mailbox.drops_before_answer = 99
    for _ in range(9):
        drain(now=NOW)
        Message.objects.update(next_try_at=None)

    message.refresh_from_db()
    assert [mail["Message-ID"] for mail in mailbox.mails] == [message.message_id] * 6
    assert (message.status, message.attempts) == (Status.FAILED, 6)


def test_the_line_is_renewed_now_and_then(kind: Register, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def counted() -> object:
        opened.append(1)
        return get_connection()

    monkeypatch.setattr("clinic.outbox.sending.LETTERS_A_LINE", 2)
    monkeypatch.setattr("clinic.outbox.sending.get_connection", counted)
    name = kind()
    for _ in range(5):
        make.message(name)

    assert (drain(now=NOW), len(opened)) == (5, 3)


def test_a_letter_whose_lease_is_nearly_over_is_not_begun(kind: Register, mailbox: Mailbox, settings: Settings) -> None:
    settings.OUTBOX_LEASE = timedelta(seconds=settings.EMAIL_TIMEOUT - 1)  # as if opening had taken all the rest
    message = make.message(kind())

    assert drain(now=NOW) == 0
    message.refresh_from_db()
    assert (mailbox.mails, message.status, message.attempts) == ([], Status.QUEUED, 0)
    assert message.next_try_at is not None
    assert message.next_try_at > clock.real_now()
