"""A real SMTP server for the tests: it keeps what it accepts, and refuses how a test tells it to."""

import asyncio
import socket
from asyncio import WriteTransport
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Answer = Callable[[str], str | None]
HANGS_UP, SAYS_NOTHING = "hangs up", "says nothing"  # what a server may do in the place of an answer
TAR_PIT = 600  # seconds


class Mailbox:
    """What arrived; `on_rcpt` and `on_data` may give another answer than 250, or none. Nobody else waits for it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.on_mail: Answer = lambda sender: None
        self.on_rcpt: Answer = lambda address: None
        self.on_data: Answer = lambda subject: None
        self.drops_before_answer = 0

    async def handle_MAIL(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.on_mail(address) or "250 OK"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = await self._silence(server, self.on_rcpt(address))
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail: Any = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        refusal = await self._silence(server, self.on_data(mail["Subject"]))
        if refusal:
            return refusal
        self.mails.append(mail)
        if self.drops_before_answer:
            self.drops_before_answer -= 1
            await self._silence(server, HANGS_UP)
        return "250 OK"

    async def _silence(self, server: SMTP, answer: str | None) -> str | None:
        """The answer, after whatever the server does in its place."""
        if answer == SAYS_NOTHING:
            await asyncio.sleep(TAR_PIT)
        if answer == HANGS_UP:
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
        return answer

    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.mails]


@contextmanager
def running(port: int = 0) -> Iterator[tuple[Mailbox, int]]:
    """The mailbox and its port on 127.0.0.1."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


def text_of(mail: EmailMessage) -> str:
    """The plain part, as a reader sees it."""
    return _part(mail, "plain")


def html_of(mail: EmailMessage) -> str:
    return _part(mail, "html")


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body(preferencelist=(subtype,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def free_port() -> int:
    """One that nobody listens on at this moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
