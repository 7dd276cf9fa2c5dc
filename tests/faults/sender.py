"""A process that does nothing but send, which the tests kill, start again, and run with a guard taken away.

`python -m tests.faults.sender HOW NAME`. Its clock is the machine's, moved by as many seconds as the file `shift` in
the data folder says, so that a test can let hours pass.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402 (Django first)

from clinic.outbox import draining, sending, standing_in, tasks  # noqa: E402
from clinic.outbox.claiming import claim  # noqa: E402
from clinic.outbox.models import Message  # noqa: E402
from clinic.outbox.registry import KINDS, Kind, Mail  # noqa: E402
from clinic.outbox.sending import Line, LineBroke, Refused  # noqa: E402
from clinic.people import clock  # noqa: E402

KIND, POISON = "fault_note", "ff" * 8
FOLDER = Path(os.environ["DATA_DIR"])
SHIFT = FOLDER / "shift"
real_now = clock.real_now


def write(about: UUID, now: datetime) -> Mail:
    if about.hex.endswith(POISON):
        raise ZeroDivisionError
    return Mail(f"{about.hex}@example.org", f"Note {about}", "Good day.\n", "<p>Good day.</p>")


def shifted_now() -> datetime:
    seconds = float(SHIFT.read_text() or 0) if SHIFT.exists() else 0
    return real_now() + timedelta(seconds=seconds)


def send() -> None:
    draining.drain(now=clock.now(), limit=100_000)


# --- the same with a guard taken away ---


class Careless(Line):
    """Sent before it is: what a crash then loses, nobody ever knows."""

    def send(self, message: Message, mail: Mail, *, now: datetime) -> None:
        Message.objects.filter(code=message.code).update(status=Message.Status.SENT)
        super().send(message, mail, now=now)


class Hopeful(Line):
    """Takes a line that broke for a letter that arrived."""

    def send(self, message: Message, mail: Mail, *, now: datetime) -> None:
        with suppress(LineBroke):
            super().send(message, mail, now=now)


def nameless(message: Message, *args: Any, **kwargs: Any) -> Any:
    """Another Message-ID at every try: whoever gets a letter twice cannot know."""
    message.message_id = f"<{uuid4().hex}@example.org>"
    return build(message, *args, **kwargs)


def blunt(message: Message, mail: Mail, refusal: Refused) -> None:
    """Takes every no for the last word."""
    refusal.for_good = True
    refused(message, mail, refusal)


def patient() -> None:
    """Waits for the server as long as it likes."""
    settings.EMAIL_TIMEOUT = 3600
    draining._is_nearly_over = lambda message: False


def hoarding(*, now: datetime, real_now: datetime) -> Message | None:
    """Takes all letters into its hands and lets none go again."""
    if not HOARD:
        HOARD.extend(Message.objects.due(now))
    return claim(now=now, real_now=real_now)


HOARD: list[Message] = []


def ahead() -> None:
    """Writes all letters that are due, and only then sends them."""
    now, line = clock.now(), Line()
    written = []
    while message := claim(now=now, real_now=clock.real_now()):
        if mail := prepare(message, now=now):
            written.append((message, mail))
    for message, mail in written:
        line.open()
        draining._send(message, mail, line, now)
    line.close()


def greedy(*, now: datetime, real_now: datetime) -> Message | None:
    """Looks first and takes then, without a lease that keeps others away."""
    message = Message.objects.due(now).filter(status=Message.Status.QUEUED).order_by("due_at").first()
    time.sleep(0.02)
    if message is not None:
        message.lease, message.client_key, message.client_zone = message.code, b"", "UTC"  # type: ignore[attr-defined]
        message.lease_until = real_now + settings.OUTBOX_LEASE
        message.save(update_fields=["lease", "lease_until"])
    return message


def trusting(message: Message, *, now: datetime) -> Mail | None:
    """Believes that every letter can be written."""
    return draining._write(message, now)


def late(message: Message, *, now: datetime) -> Mail | None:
    """Does not ask whether it is too late."""
    message.not_after = None
    return prepare(message, now=now)


def impatient(message: Message) -> None:
    """Lets the letter pay for a server that is away."""
    draining._try_later(message, tries=settings.OUTBOX_ATTEMPTS, why="The server was away.")


prepare, refused, build = draining.prepare, draining._refused, sending.build


def hasty() -> None:
    """Holds a letter for less time than the server takes for it."""
    settings.OUTBOX_LEASE = timedelta(seconds=0.3)
    draining._is_nearly_over = lambda message: False


WITHOUT: dict[str, Callable[[], object]] = {
    "careless": lambda: setattr(draining, "Line", Careless),
    "greedy": lambda: setattr(draining, "claim", greedy),
    "trusting": lambda: setattr(draining, "prepare", trusting),
    "late": lambda: setattr(draining, "prepare", late),
    "impatient": lambda: setattr(draining, "_give_back", impatient),
    "hasty": hasty,
    "hopeful": lambda: setattr(draining, "Line", Hopeful),
    "nameless": lambda: setattr(sending, "build", nameless),
    "blunt": lambda: setattr(draining, "_refused", blunt),
    "patient": patient,
    "hoarding": lambda: setattr(draining, "claim", hoarding),
    "ahead": lambda: globals().update(send=ahead),
    "waiting": lambda: setattr(standing_in, "look_round", lambda: False),  # a worker without ticks stands idle
}


def main(how: str, name: str) -> None:
    """Send while a file of this name stands in the data folder; other files say how often, and when at rest."""
    go, rests, rounds = (FOLDER / f"{name}.{word}" for word in ("go", "rests", "rounds"))
    KINDS[KIND] = Kind(KIND, "A note", optional=False, write=write)
    clock.real_now = shifted_now
    WITHOUT.get(how, lambda: None)()
    while True:
        if go.exists():
            rests.unlink(missing_ok=True)
            (tasks.tick if how == "tick" else send)()
            with rounds.open("ab") as count:
                count.write(b".")
        else:
            rests.touch()
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
