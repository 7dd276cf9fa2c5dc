"""A practice that sends letters to a mail server of the tests' own, and the processes that do the sending."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from aiosmtpd.controller import Controller

from clinic.outbox.models import Message
from clinic.outbox.services import differences
from clinic.people import clock
from tests.faults.figures import FULL
from tests.faults.sender import KIND
from tests.faults.stage import Stage
from tests.mailbox import Mailbox
from tests.serving import ROOT, Site

KEPT = ("send", "tick")  # how the product sends
PATIENCE = 900 if FULL else 240  # seconds; a busy machine needs them, no other does


class Sender:
    """The sending process, which can be killed and started again."""

    def __init__(self, site: Site, how: str, number: int) -> None:
        self.site, self.how, self.name, self.kills = site, how, f"{how}{number}", 0
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        self._file("rests").unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.faults.sender", self.how, self.name]
        return subprocess.Popen(command, cwd=ROOT, env=self.site.environment, stderr=subprocess.DEVNULL)

    def go(self) -> None:
        """Begin to send, from now on."""
        self.kills = 0
        self._file("go").touch()

    def is_there(self) -> bool:
        """Whether it has started, and waits for its work."""
        return self._file("rests").exists()

    def works(self, rounds: int = 2) -> bool:
        """Wait until it has looked for due letters so many times from now on."""
        until = self._rounds() + rounds
        return wait_until(lambda: self._rounds() >= until, [self])

    def _rounds(self) -> int:
        file = self._file("rounds")
        return file.stat().st_size if file.exists() else 0

    def rest(self) -> bool:
        """Send no more; whether it came to rest in time."""
        self._file("rests").unlink(missing_ok=True)
        self._file("go").unlink(missing_ok=True)
        return wait_until(self.is_there, seconds=3)

    def _file(self, what: str) -> Path:
        return self.site.folder / f"{self.name}.{what}"

    def kill(self) -> None:
        """With no warning, as a test does it."""
        self.kills += 1
        self.end()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()

    def revive(self) -> None:
        if self.process.poll() is not None:
            self.process = self.start()

    @property
    def memory(self) -> int:
        """What it holds in memory, in kB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@dataclass
class Office:
    """The practice, what arrived by mail, and the server that takes it, which can be away."""

    stage: Stage
    box: Mailbox
    port: int
    controller: Controller | None = None
    crowd: list[Sender] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)  # what `ids` has read, a word for each mail in the box

    def open(self) -> None:
        """The mail server answers."""
        self.controller = Controller(self.box, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def close(self) -> None:
        """Nobody listens any more."""
        if self.controller is not None:
            self.controller.stop()
        self.controller = None

    def shift(self, hours: float) -> None:
        """Let the senders' clock be ahead of ours, or behind."""
        (self.stage.site.folder / "shift").write_text(str(hours * 3600))

    def fill(self, count: int, *, last: Callable[[int], datetime | None] = lambda number: None) -> list[UUID]:
        """Empty the mailbox and queue so many letters that are due now, each with its last moment."""
        self.box.mails.clear()
        self.seen.clear()
        self.box.on_rcpt = self.box.on_data = lambda word: None
        self.box.drops_before_answer = 0
        self.shift(0)
        now = clock.now()
        abouts = [uuid4() for _ in range(count)]
        with self.stage.inside():
            Message.objects.filter(kind=KIND).delete()  # an earlier test may have left one half sent
            rows = (
                Message(
                    kind=KIND,
                    about=about,
                    due_at=now - timedelta(milliseconds=count - number),  # so they leave in this order
                    not_after=last(number),
                    created_at=now,
                    message_id=f"<{uuid4().hex}@example.org>",
                )
                for number, about in enumerate(abouts)
            )
            Message.objects.bulk_create(rows, batch_size=500)  # PostgreSQL takes 65,535 values in one statement
        return abouts

    @contextmanager
    def senders(self, *hows: str) -> Iterator[list[Sender]]:
        """These processes send; those that are as the product is are kept for the next test."""
        crowd = [self._sender(how, number) for number, how in enumerate(hows)]
        for each in crowd:
            each.revive()
        assert all(wait_until(each.is_there) for each in crowd)  # so that they begin together
        for each in crowd:
            each.go()
        try:
            yield crowd
        finally:
            for each in crowd:
                if not each.rest() or each.how not in KEPT:
                    each.end()
                    self.crowd.remove(each)

    def _sender(self, how: str, number: int) -> Sender:
        known = {each.name: each for each in self.crowd}
        if f"{how}{number}" not in known:
            self.crowd.append(Sender(self.stage.site, how, number))
            return self.crowd[-1]
        return known[f"{how}{number}"]

    def dismiss(self) -> None:
        for each in self.crowd:
            each.end()

    def ids(self) -> list[str]:
        """The Message-ID of every note that arrived, repeats and all."""
        for mail in self.box.mails[len(self.seen) :]:
            self.seen.append(str(mail["Message-ID"]) if str(mail["Subject"]).startswith("Note ") else "")
        return [each for each in self.seen if each]

    def arrived(self) -> int:
        """How many different notes arrived."""
        return len(set(self.ids()))

    def repeats(self) -> int:
        return len(self.ids()) - self.arrived()

    def states(self) -> dict[str, int]:
        """How many notes stand where."""
        with self.stage.inside():
            rows = list(Message.objects.filter(kind=KIND).values_list("status", flat=True))
        return {state: rows.count(state) for state in sorted(set(rows))}

    def outcomes(self) -> set[str]:
        with self.stage.inside():
            return set(Message.objects.filter(kind=KIND).exclude(outcome="").values_list("outcome", flat=True))

    def unsaid(self) -> tuple[int, int]:
        """What `reconcile_outbox` says: letters missing and extra."""
        with self.stage.inside():
            found = differences(now=clock.now())
        return len(found.missing), len(found.extra)


def wait_until(is_so: Callable[[], bool], senders: Sequence[Sender] = (), *, seconds: float = PATIENCE) -> bool:
    """Whether it came to be so in time; senders that were killed are started again meanwhile."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        for sender in senders:
            sender.revive()
        time.sleep(0.2)
    return is_so()


def hours(count: float) -> timedelta:
    return timedelta(hours=count)
