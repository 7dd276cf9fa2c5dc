"""Mail servers that are away, refuse, hang up, or take for ever; and a letter that cannot be written."""

import subprocess
import sys
import time
from collections import Counter
from uuid import UUID

import pytest

from clinic.outbox.models import Message, Suppression
from clinic.people import clock
from tests.faults.crowd import until_wrong
from tests.faults.figures import FULL, note
from tests.faults.office import PATIENCE, Office, hours, wait_until
from tests.faults.sender import KIND, POISON
from tests.mailbox import HANGS_UP, SAYS_NOTHING, TAR_PIT
from tests.serving import ROOT

pytestmark = [pytest.mark.processes, *([] if FULL else [pytest.mark.once])]
LETTERS = 500 if FULL else 40
BEHIND = 60 if FULL else 20  # seconds that a letter may wait for the one before it
DROPS = LETTERS // 10  # of each sort
ANSWERS = ["450 Later", "421 Closing", "550 Nobody", "", "", ""]


@pytest.mark.full
def test_a_server_that_is_away_for_six_hours(office: Office) -> None:
    """A third of the letters is of use for three hours only."""
    measured, repeats, unsaid = six_hours(office, "send"), office.repeats(), office.unsaid()
    failed = six_hours(office, "impatient")
    note(
        f"mail server away for six hours, {LETTERS} letters",
        promised="none lost, none stale, none blamed",
        measured=f"{measured['sent']} sent, {measured['missed']} too late, {measured.get('failed', 0)} failed",
        control=f"tries counted while away: {failed.get('failed', 0)} failed",
    )
    short = -(-LETTERS // 3)
    assert measured == {"sent": LETTERS - short, "missed": short}
    assert (repeats, unsaid) == (0, (0, 0))
    assert failed["failed"] > 0


def six_hours(office: Office, how: str) -> dict[str, int]:
    soon = clock.now() + hours(3)
    office.fill(LETTERS, last=lambda number: soon if number % 3 == 0 else None)
    office.close()
    with office.senders(how) as [sender]:
        for quarter in range(1, 26):
            office.shift(quarter / 4)
            assert sender.works()
        office.open()
        office.shift(6.4)
        wait_until(
            lambda: set(office.states()) <= {"sent", "missed", "failed"}, seconds=PATIENCE if how == "send" else 5
        )
    return office.states()


def test_not_now_and_never(office: Office) -> None:
    """Every address of some kinds is refused: twice for now, by 421 or 450, or for good."""
    tries, suppressed, states = refused(office, "send")
    never, arrived, repeats, unsaid = states.get("failed", 0), office.arrived(), office.repeats(), office.unsaid()
    _, _, blunt = refused(office, "blunt")
    note(
        f"421, 450 and 550, {LETTERS} letters",
        promised="for now: again later; for good: failed and remembered; nobody else waits",
        measured=f"{arrived} arrived once, {never} failed, {suppressed} addresses remembered, tries by answer {tries}",
        control=f"every no taken for good: {blunt['failed'] - never} more lost",
    )
    assert tries == {"450": {3}, "421": {3}, "550": {1}, "250": {1}}
    assert (arrived, repeats, suppressed) == (LETTERS - never, 0, never)
    assert never == len(range(2, LETTERS, len(ANSWERS)))
    assert blunt["failed"] > never
    assert unsaid == (0, 0)


def refused(office: Office, how: str) -> tuple[dict[str, set[int]], int, dict[str, int]]:
    """The tries by answer, the addresses that are remembered, and what became of the letters."""
    abouts = office.fill(LETTERS)
    answers = {f"{about.hex}@example.org": ANSWERS[number % len(ANSWERS)] for number, about in enumerate(abouts)}
    asked: Counter[str] = Counter()

    def answer(address: str) -> str | None:
        asked[address] += 1
        refusal = answers.get(address, "")
        return refusal if refusal.startswith("550") or asked[address] <= 2 else None

    office.box.on_rcpt = answer
    with office.senders(how):
        wait_until(lambda: len(asked) == LETTERS)
        for minutes in range(0, 240, 8):  # until the last of the pauses between two tries is over
            office.shift(minutes / 60)
            if wait_until(lambda: set(office.states()) == {"sent", "failed"}, seconds=1):
                break
    tries: dict[str, set[int]] = {}
    for address, refusal in answers.items():
        tries.setdefault(refusal[:3] or "250", set()).add(asked[address])
    with office.stage.inside():
        suppressed, _ = Suppression.objects.all().delete()
    return tries, suppressed, office.states()


def test_hanging_up_before_the_answer(office: Office) -> None:
    """Half of the letters that it hangs up on it has kept, the other half it has not."""
    lost, repeats, strangers = hung_up_on(office, "send")
    unsaid = office.unsaid()
    without = {how: hung_up_on(office, how) for how in ("hopeful", "nameless")}
    note(
        f"server hangs up before 250, {2 * DROPS} times in {LETTERS}",
        promised=f"0 lost, repeats at most {DROPS}, same Message-ID",
        measured=f"{lost} lost, {repeats} repeats, {strangers} under another Message-ID, {unsaid} missing, extra",
        control=f"taken for sent: {without['hopeful'][0]} lost; a new Message-ID at each try: "
        f"{without['nameless'][2]} repeats that nobody can know",
    )
    assert (lost, strangers) == (0, 0)
    assert repeats <= DROPS
    assert unsaid == (0, 0)
    assert without["hopeful"][0] == DROPS
    assert without["nameless"][2] > 0


def hung_up_on(office: Office, how: str) -> tuple[int, int, int]:
    """Letters lost, repeats with the same Message-ID, and repeats with another."""
    abouts = office.fill(LETTERS)
    vanish = {f"Note {about}" for about in abouts[-DROPS:]}

    def answer(subject: str) -> str | None:
        if subject not in vanish:
            return None
        vanish.remove(subject)
        return HANGS_UP

    office.box.on_data, office.box.drops_before_answer = answer, DROPS
    with office.senders(how):
        wait_until(lambda: not vanish and len(office.box.mails) >= LETTERS - DROPS)
        for minutes in range(0, 80, 8):  # until the pause before the next try is over
            office.shift(minutes / 60)
            if wait_until(lambda: set(office.states()) == {"sent"}, seconds=2):
                break
    subjects = {str(mail["Subject"]) for mail in office.box.mails}
    return LETTERS - len(subjects), office.repeats(), office.arrived() - len(subjects)


@pytest.mark.full
def test_a_tar_pit_for_one_address(office: Office) -> None:
    """The server says nothing for ten minutes whenever it hears the address of the first letter."""
    pit, delay = fallen_into(office, "send")
    assert wait_until(lambda: office.arrived() == LETTERS - 1)
    with office.stage.inside():
        last = Message.objects.get(kind=KIND, about=pit).outcome
    _, without = fallen_into(office, "patient")
    office.fill(0)
    note(
        f"a tar pit of {TAR_PIT // 60} minutes for one address",
        promised=f"cut off; the letters behind wait no more than {BEHIND} s",
        measured=f"the next left after {delay:.0f} s, all others too",
        control=f"without the deadline none in {without:.0f} s",
    )
    assert last == "The mail server hung up or fell silent."
    assert delay < BEHIND < without


def fallen_into(office: Office, how: str) -> tuple[UUID, float]:
    """The letter to the tar pit, and for how long the one behind it waits (or has waited, when we give up)."""
    [pit, *_] = office.fill(LETTERS)
    heard: list[float] = []

    def answer(address: str) -> str | None:
        if not address.startswith(pit.hex):
            return None
        heard.append(time.monotonic())
        return SAYS_NOTHING

    office.box.on_rcpt = answer
    with office.senders(how):
        assert wait_until(lambda: bool(heard))
        wait_until(lambda: office.arrived() > 0, seconds=BEHIND + 1)
        delay = time.monotonic() - heard[0]
        wait_until(lambda: office.arrived() == LETTERS - 1, seconds=PATIENCE if office.arrived() else 0)
    return pit, delay


@pytest.mark.full
def test_a_slow_server_and_a_lease(office: Office) -> None:
    """A lease that is too short is refused at the start; forced, it sends letters twice."""
    short = {**office.stage.site.environment, "LEASE_SECONDS": "3.9"}
    refusal = subprocess.run(
        [sys.executable, "manage.py", "send_due", "--once"], cwd=ROOT, env=short, stderr=subprocess.PIPE, check=False
    )
    repeats = {"send": slow(office, "send")}
    repeats["hasty"] = until_wrong(lambda: slow(office, "hasty"), lambda found: found > 0)
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
    office.box.on_data = lambda subject: time.sleep(1)  # all wait for it: no other letter is taken meanwhile
    with office.senders(how, how):
        assert wait_until(lambda: office.arrived() == 4)
        time.sleep(3)
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
    with office.senders(how) as [sender]:
        wait_until(lambda: office.arrived() == LETTERS, seconds=PATIENCE if how == "send" else 15)
        for later in (0.1, 0.3):
            office.shift(later)
            assert how != "send" or sender.works()  # without the guard it has died, and stays so
    return office.states()
