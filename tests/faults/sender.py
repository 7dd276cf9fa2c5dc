"""A process that does nothing but send: filled with plain letters, killed by the tests, started again.

`python -m tests.faults.sender fill N` queues N letters, `… send` drains until it is stopped, `… careless` does the
same with the guard off: it notes a letter as sent before it has been.
"""

import sys
import time
from datetime import datetime
from uuid import UUID, uuid4

import django

django.setup()

from clinic.outbox import draining  # noqa: E402 (Django first)
from clinic.outbox.models import Message  # noqa: E402
from clinic.outbox.registry import KINDS, Kind, Mail  # noqa: E402
from clinic.outbox.sending import Line  # noqa: E402
from clinic.people import clock  # noqa: E402

KIND = "fault_note"


def write(about: UUID, now: datetime) -> Mail:
    return Mail(f"{about.hex}@example.org", f"Note {about}", "Good day.\n", "<p>Good day.</p>")


def fill(count: int) -> None:
    now = clock.now()
    Message.objects.filter(kind=KIND).delete()  # an earlier test may have left one half sent
    Message.objects.bulk_create(
        Message(kind=KIND, about=uuid4(), due_at=now, created_at=now, message_id=f"<{uuid4().hex}@example.org>")
        for _ in range(count)
    )


def send() -> None:
    KINDS[KIND] = Kind(KIND, "A note", optional=False, write=write)
    while True:
        draining.drain(now=clock.now())
        time.sleep(0.05)


class Careless(Line):
    """Sent before it is: what a crash then loses, nobody ever knows."""

    def send(self, message: Message, mail: Mail, *, now: datetime) -> None:
        Message.objects.filter(code=message.code).update(status=Message.Status.SENT)
        super().send(message, mail, now=now)


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        if sys.argv[1] == "careless":
            draining.Line = Careless  # type: ignore[attr-defined]
        send()
