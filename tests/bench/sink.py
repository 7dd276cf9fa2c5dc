"""A mail server that takes everything and keeps nothing, in a process of its own: `python -m tests.bench.sink`."""

import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.mailbox import free_port


class Sink:
    """Says yes."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return "250 OK"


if __name__ == "__main__":
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    print(controller.port, flush=True)
    sys.stdin.read()  # until whoever started it goes
    threading.Thread(target=controller.stop, daemon=True).start()
