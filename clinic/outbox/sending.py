"""One mail to the server, and what its answer means for the letter."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from clinic.outbox.models import Message
from clinic.outbox.registry import Mail
from clinic.people.models import Practice

HANGS_UP = 421
LETTERS_A_LINE = 100  # many servers close a connection that goes on for longer


class ServerAway(Exception):
    """The mail server cannot be reached; no letter is to blame, so none loses a try."""


class LineBroke(Exception):
    """The server fell silent or hung up while a letter was leaving: whether it has arrived is not known."""


@dataclass
class Refused(Exception):
    """The server said no: for good (5xx) or for now (4xx), to this address or to the mail."""

    code: int
    for_good: bool
    address_is_bad: bool


class Line:
    """A connection to the mail server that several letters share, opened for the first and renewed now and then."""

    def __init__(self) -> None:
        self.connection: Any = None
        self.letters = 0
        self.sender = ""
        self.watch: Watch | None = None

    def open(self) -> None:
        """Be ready for a letter; raises ServerAway."""
        if self.letters >= LETTERS_A_LINE:
            self.close()
        if self.connection is not None:
            return
        connection = get_connection()
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            raise ServerAway from error
        self.connection, self.letters = connection, 0
        sock = getattr(getattr(connection, "connection", None), "sock", None)
        if sock is not None:  # letters into files have none
            self.watch = Watch(sock)
            self.watch.start()
        practice = Practice.objects.the()
        self.sender = formataddr((practice.mail_from_name or practice.name, settings.DEFAULT_FROM_EMAIL))

    def close(self) -> None:
        if self.watch is not None:
            self.watch.is_over.set()
        if self.connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.connection.close()
        self.connection = self.watch = None

    def send(self, message: Message, mail: Mail, *, now: datetime) -> None:
        """Hand one mail over; raises Refused, ServerAway or LineBroke."""
        self.open()
        self.letters += 1
        try:
            with self._deadline():
                build(message, mail, self.sender, connection=self.connection, now=now).send()
        except smtplib.SMTPRecipientsRefused as error:
            code = max((answer[0] for answer in error.recipients.values()), default=550)
            self._goes_on_after(code)
            raise Refused(code, for_good=code >= 500, address_is_bad=code >= 500) from error
        except smtplib.SMTPSenderRefused as error:  # it refuses the practice (a quota, a setting), not this letter
            self._goes_on_after(error.smtp_code)
            raise Refused(error.smtp_code, for_good=False, address_is_bad=False) from error
        except smtplib.SMTPResponseException as error:
            self._goes_on_after(error.smtp_code)
            raise Refused(error.smtp_code, for_good=error.smtp_code >= 500, address_is_bad=False) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise LineBroke from error

    def _goes_on_after(self, code: int) -> None:
        """With 421 the server hangs up: the next letter needs a line of its own."""
        if code == HANGS_UP:
            self.close()

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        if self.watch is not None:
            self.watch.until = time.monotonic() + settings.EMAIL_TIMEOUT
        try:
            yield
        finally:
            if self.watch is not None:
                self.watch.until = None


class Watch(Thread):
    """Hangs up on a server that takes too long for a whole letter, however busy it looks."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(daemon=True)
        self.sock = sock
        self.until: float | None = None
        self.is_over = Event()

    def run(self) -> None:
        while not self.is_over.wait(settings.EMAIL_TIMEOUT / 20):
            until = self.until
            if until is not None and time.monotonic() > until:
                with suppress(OSError):
                    self.sock.shutdown(socket.SHUT_RDWR)
                return


def build(message: Message, mail: Mail, sender: str, *, connection: Any, now: datetime) -> EmailMultiAlternatives:
    """Text, HTML and calendar part, with the Message-ID that stays the same at every try."""
    email = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=sender,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={**mail.headers, "Message-ID": message.message_id, "Date": format_datetime(now)},
        connection=connection,
    )
    email.attach_alternative(mail.html, "text/html")
    if mail.ics:
        ics = mail.ics.content.decode()
        email.attach_alternative(ics, f"text/calendar; method={mail.ics.method}; charset=UTF-8")
        email.attach("appointment.ics", mail.ics.content, "application/ics")
    return email
