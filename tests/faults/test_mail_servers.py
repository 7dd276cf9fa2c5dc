"""Mail servers that are away, refuse, hang up, or take for ever; and a letter that cannot be written."""

import subprocess
import sys
import time
from collections import Counter

import pytest

from clinic.outbox.models import Message, Suppression
from clinic.people import clock
from tests.faults.figures import FULL, note
from tests.faults.office import Office, hours, wait_until
from tests.faults.sender import KIND, POISON
from tests.serving import ROOT

pytestmark = [pytest.mark.processes, *([] if FULL else [pytest.mark.once])]
LETTERS = 500 if FULL else 40


@pytest.mark.full
def test_a_server_that_is_away_for_six_hours(office: Office) -> None:
    """A third of the letters is of use for three hours only."""
    measured, failed = six_hours(office, "send"), six_hours(office, "impatient")
    note(
        f"mail server away for six hours, {LETTERS} letters",
        promised="none lost, none stale, none blamed",
        measured=f"{measured['sent']} sent, {measured['missed']} too late, {measured.get('failed', 0)} failed",
        control=f"tries counted while away: {failed.get('failed', 0)} failed",
    )
    short = -(-LETTERS // 3)
    assert measured == {"sent": LETTERS - short, "missed": short}
    assert (office.repeats(), office.unsaid()) == (0, (0, 0))
    assert failed["failed"] > 0


def six_hours(office: Office, how: str) -> dict[str, int]:
    soon = clock.now() + hours(3)
    office.fill(LETTERS, last=lambda number: soon if number % 3 == 0 else None)
    office.close()
    with office.senders(how):
        for quarter in range(1, 25):
            office.shift(quarter / 4)
            time.sleep(3 if quarter == 1 else 0.3)  # it starts
        office.open()
        office.shift(6.1)
        wait_until(lambda: set(office.states()) <= {"sent", "missed", "failed"}, seconds=60 if how == "send" else 5)
    return office.states()


def test_not_now_and_never(office: Office) -> None:
    """Every address of some kinds is refused: twice for now, by 421 or 450, or for good."""
    abouts = office.fill(LETTERS)
    answers = {f"{about.hex}@example.org": ["450 Later", "421 Closing", "550 Nobody", "", "", ""][number % 6]
               for number, about in enumerate(abouts)}  # fmt: skip
    asked: Counter[str] = Counter()

    def answer(address: str) -> str | None:
        asked[address] += 1
        refusal = answers.get(address, "")
        return refusal if refusal.startswith("550") or asked[address] <= 2 else None

    office.box.on_rcpt = answer
    never = [address for address, refusal in answers.items() if refusal.startswith("550")]
    with office.senders("send"):
        for later in (0, 0.1, 0.3, 0.6):
            office.shift(later)
            wait_until(lambda: asked.total() >= LETTERS, seconds=20)
            time.sleep(1)
        assert wait_until(lambda: set(office.states()) == {"sent", "failed"})
    with office.stage.inside():
        suppressed = Suppression.objects.count()
        Suppression.objects.all().delete()
    tries = {refusal[:3] or "250": asked[address] for address, refusal in answers.items()}
    note(
        f"421, 450 and 550, {LETTERS} letters",
        promised="for now: again later; for good: failed and remembered; nobody else waits",
        measured=f"{office.arrived()} arrived once, {len(never)} failed, {suppressed} addresses remembered",
        control=f"tries by answer {tries}",
    )
    assert tries == {"450": 3, "421": 3, "550": 1, "250": 1}
    assert (office.arrived(), office.repeats(), suppressed) == (LETTERS - len(never), 0, len(never))
    assert office.unsaid() == (0, 0)


def test_hanging_up_before_the_answer(office: Office) -> None:
    office.fill(LETTERS)
    drops = LETTERS // 10
    office.box.drops_before_answer = drops
    with office.senders("send"):
        assert wait_until(lambda: office.arrived() == LETTERS)
        office.shift(0.2)
        assert wait_until(lambda: set(office.states()) == {"sent"})
    note(
        f"server hangs up before 250, {drops} times in {LETTERS}",
        promised=f"0 lost, repeats at most {drops}, same Message-ID",
        measured=f"{LETTERS - office.arrived()} lost, {office.repeats()} repeats",
    )
    assert office.repeats() <= drops
    assert office.unsaid() == (0, 0)


@pytest.mark.full
def test_a_tar_pit_for_one_address(office: Office) -> None:
    """The server hangs for ten seconds whenever it hears this address; the sender hangs up after two."""
    [pit, *_] = office.fill(LETTERS)
    heard: list[float] = []

    def answer(address: str) -> str | None:
        if not address.startswith(pit.hex):
            return None
        heard.append(time.monotonic())
        time.sleep(10)
        return "450 Later"

    office.box.on_rcpt = answer
    with office.senders("send"):
        assert wait_until(lambda: office.arrived() == LETTERS - 1)
    delay = time.monotonic() - heard[0]
    with office.stage.inside():
        last = Message.objects.get(kind=KIND, about=pit).outcome
    note(
        "tar pit for one address",
        promised="cut off; the letters behind wait no more than 60 s",
        measured=f"all {LETTERS - 1} others left within {delay:.0f} s",
    )
    assert last == "The mail server hung up or fell silent."
    assert FULL or delay < 60


@pytest.mark.full
def test_a_slow_server_and_a_lease(office: Office) -> None:
    """A lease that is too short is refused at the start; forced, it sends letters twice."""
    short = {**office.stage.site.environment, "LEASE_SECONDS": "3.9"}
    refusal = subprocess.run(
        [sys.executable, "manage.py", "send_due", "--once"], cwd=ROOT, env=short, stderr=subprocess.PIPE, check=False
    )
    repeats = {how: slow(office, how) for how in ("send", "hasty")}
    note(
        "server slower than a lease",
        promised="refuses to start; 0 repeats",
        measured=f"exit {refusal.returncode}, {repeats['send']} repeats",
        control=f"forced: {repeats['hasty']} repeats",
    )
    assert refusal.returncode != 0
    assert "LEASE_SECONDS must be at least twice SMTP_SECONDS" in refusal.stderr.decode()
    assert repeats["send"] == 0
    assert repeats["hasty"] > 0


def slow(office: Office, how: str) -> int:
    office.fill(4)
    office.box.on_data = lambda subject: time.sleep(1)
    with office.senders(how, how):
        assert wait_until(lambda: office.arrived() == 4)
        time.sleep(1.5)
    return office.repeats()


@pytest.mark.full
def test_a_letter_that_cannot_be_written(office: Office) -> None:
    measured, trusting = poisoned(office, "send"), poisoned(office, "trusting")
    note(
        f"one letter that cannot be written before {LETTERS} others",
        promised="it fails after three tries, all others leave",
        measured=f"{measured}",
        control=f"believing that it can: {trusting}",
    )
    assert measured == {"failed": 1, "sent": LETTERS}
    assert trusting.get("sent", 0) == 0
    assert office.unsaid() == (0, 0)


def poisoned(office: Office, how: str) -> dict[str, int]:
    abouts = office.fill(LETTERS + 1)
    with office.stage.inside():
        first = Message.objects.filter(about=abouts[0])
        first.update(about=f"{'0' * 16}{POISON}", due_at=clock.now() - hours(1))
    with office.senders(how):
        wait_until(lambda: office.arrived() == LETTERS, seconds=90 if how == "send" else 15)
        for later in (0.1, 0.3):
            office.shift(later)
            time.sleep(1)
    return office.states()
