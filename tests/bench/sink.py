"""A mail server that takes everything and keeps nothing, in a process of its own: `python -m tests.bench.sink`.

A line on its input says how many seconds it takes for each letter from then on.
"""

import asyncio
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.mailbox import free_port


class Sink:
    """Says yes, at once or after as long as a real server takes to look at a letter and to store it."""

    takes = 0.0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.takes:
            await asyncio.sleep(self.takes)
        return "250 OK"


if __name__ == "__main__":
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    print(controller.port, flush=True)
    for line in sys.stdin:  # until whoever started it goes
        sink.takes = float(line)
    threading.Thread(target=controller.stop, daemon=True).start()
