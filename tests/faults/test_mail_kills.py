"""Letters survive kill -9 of the sender at the worst moments: none lost, and no more repeats than kills."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests import mailbox as mailboxes
from tests.mailbox import Mailbox
from tests.serving import ROOT, Site, site

pytestmark = pytest.mark.processes
FULL = os.environ.get("FAULTS") == "full"
LETTERS, KILLS = (2000, 20) if FULL else (60, 4)


class Sender:
    """The sending process, which can be killed and started again."""

    def __init__(self, environment: dict[str, str], how: str) -> None:
        self.environment, self.how, self.kills = environment, how, 0
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "tests.faults.sender", self.how], cwd=ROOT, env=self.environment)

    def kill(self) -> None:
        self.kills += 1
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def revive(self) -> None:
        if self.process.poll() is not None:
            self.process = self.start()


@pytest.fixture(scope="module")
def office() -> Iterator[tuple[Site, Mailbox]]:
    """A practice without a night shift, and a mail server; leases are short, so that killed letters come back soon."""
    with mailboxes.running() as (box, port):
        told = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "LEASE_SECONDS": "2", "SMTP_SECONDS": "1"}
        with site(night_shift=False, **told) as one:
            yield one, box


@pytest.fixture
def post(office: tuple[Site, Mailbox]) -> tuple[Site, Mailbox]:
    """Letters to send, and an empty mailbox that takes all of them."""
    one, box = office
    fill = [sys.executable, "-m", "tests.faults.sender", "fill", str(LETTERS)]
    subprocess.run(fill, cwd=ROOT, env=one.environment, check=True)
    box.mails.clear()
    box.on_rcpt = box.on_data = lambda word: None
    return one, box


def send_all(one: Site, box: Mailbox, how: str, arm: Callable[[Sender, Mailbox], None], *, until: int) -> Sender:
    """Send with a sender that `arm` has killed on the way, until so many different letters arrived or time is up."""
    sender = Sender(one.environment, how)
    arm(sender, box)
    deadline = time.monotonic() + (600 if FULL else 60)
    try:
        while len(arrived(box)) < until and time.monotonic() < deadline:
            sender.revive()
            time.sleep(0.05)
    finally:
        sender.process.kill()
        sender.process.wait()
    return sender


def arrived(box: Mailbox) -> set[str]:
    return {mail["Message-ID"] for mail in list(box.mails) if str(mail["Subject"]).startswith("Note ")}


def kills_at_data(sender: Sender, box: Mailbox) -> None:
    """The mail is there, and the sender dies before it hears so."""
    every = LETTERS // (KILLS + 1)

    def answer(subject: str) -> None:
        if len(box.mails) // every > sender.kills and sender.kills < KILLS:
            sender.kill()

    box.on_data = answer


def kills_at_recipient(sender: Sender, box: Mailbox) -> None:
    """The sender dies when it has named the recipient, before the mail is there."""
    every = LETTERS // (KILLS + 1)

    def answer(address: str) -> None:
        if len(box.mails) // every > sender.kills and sender.kills < KILLS:
            sender.kill()

    box.on_rcpt = answer


def test_a_kill_after_the_mail_arrived_repeats_it_with_the_same_message_id(post: tuple[Site, Mailbox]) -> None:
    one, box = post
    sender = send_all(one, box, "send", kills_at_data, until=LETTERS)

    ids = [mail["Message-ID"] for mail in box.mails]
    assert sender.kills == KILLS
    assert len(set(ids)) == LETTERS  # none lost
    assert len(ids) - len(set(ids)) <= KILLS


def test_a_kill_before_the_mail_arrived_loses_nothing(post: tuple[Site, Mailbox]) -> None:
    one, box = post
    sender = send_all(one, box, "send", kills_at_recipient, until=LETTERS)

    ids = [mail["Message-ID"] for mail in box.mails]
    assert sender.kills == KILLS
    assert (len(ids), len(set(ids))) == (LETTERS, LETTERS)


def test_noted_as_sent_before_it_is_the_same_kills_lose_letters(post: tuple[Site, Mailbox]) -> None:
    """The negative control: without the order of the guard the fault appears."""
    one, box = post
    sender = send_all(one, box, "careless", kills_at_recipient, until=LETTERS - KILLS)

    assert sender.kills == KILLS
    assert len(arrived(box)) == LETTERS - KILLS


def test_four_senders_at_once_send_each_letter_once(post: tuple[Site, Mailbox]) -> None:
    one, box = post
    others = [Sender(one.environment, "send") for _ in range(3)]
    try:
        send_all(one, box, "send", lambda sender, box: None, until=LETTERS)
    finally:
        for other in others:
            other.kill()

    ids = [mail["Message-ID"] for mail in box.mails]
    assert (len(ids), len(set(ids))) == (LETTERS, LETTERS)
