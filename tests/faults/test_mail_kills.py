"""Letters survive kill -9 of the sender at the worst moments: none lost, and no more repeats than kills."""

from collections.abc import Callable

import pytest

from tests.faults.crowd import until_wrong
from tests.faults.figures import FULL, note
from tests.faults.office import Office, Sender, wait_until

pytestmark = pytest.mark.processes
LETTERS, KILLS = (2000, 20) if FULL else (60, 3)
EVERY = LETTERS // (KILLS + 1)


def kill_amid(office: Office, how: str, *, at_data: bool) -> tuple[int, int, int]:
    """(lost, repeats, kills) of a sender that dies when the mail is there and before it hears so, or just before."""
    office.fill(LETTERS)
    with office.senders(how) as [sender]:
        answer = _kills(office, sender)
        if at_data:
            office.box.on_data = answer
        else:
            office.box.on_rcpt = answer
        lost_at_most = KILLS if how == "careless" else 0
        wait_until(lambda: office.arrived() >= LETTERS - lost_at_most, [sender])
    assert sender.kills == KILLS
    return LETTERS - office.arrived(), office.repeats(), sender.kills


def _kills(office: Office, sender: Sender) -> Callable[[str], None]:
    def answer(word: str) -> None:
        if len(office.box.mails) // EVERY > sender.kills and sender.kills < KILLS:
            sender.kill()

    return answer


def test_a_killed_sender_loses_nothing_and_repeats_at_most_what_it_held(office: Office) -> None:
    lost, repeats, kills = kill_amid(office, "send", at_data=True)
    unsaid = office.unsaid()
    before = kill_amid(office, "send", at_data=False)
    unsaid_before = office.unsaid()
    careless = kill_amid(office, "careless", at_data=False)
    note(
        f"kill -9 x {KILLS} of the sender, {LETTERS} letters due",
        promised=f"0 lost, repeats at most {KILLS}, same Message-ID",
        measured=f"after DATA {lost} lost {repeats} repeats; before {before[0]} lost {before[1]} repeats; "
        f"{unsaid}, {unsaid_before} missing, extra",
        control=f"noted as sent first: {careless[0]} lost",
    )
    assert (lost, before) == (0, (0, 0, KILLS))
    assert repeats <= kills
    assert careless[0] == KILLS
    assert unsaid == unsaid_before == (0, 0)


def test_four_senders_at_once_send_each_letter_once(office: Office) -> None:
    office.fill(LETTERS)
    with office.senders(*["send"] * 4):
        assert wait_until(lambda: office.arrived() == LETTERS)
    repeats = office.repeats()
    unsaid = office.unsaid()
    without = until_wrong(lambda: greedy(office, LETTERS // 10), lambda found: found > 0)
    note(
        f"four senders, {LETTERS} letters",
        promised="0 repeats",
        measured=f"{repeats} repeats, {unsaid} missing, extra",
        control=f"looking first, taking then: {without} repeats of {LETTERS // 10}",
    )
    assert (repeats, unsaid) == (0, (0, 0))
    assert without > 0


def greedy(office: Office, letters: int) -> int:
    office.fill(letters)
    with office.senders(*["greedy"] * 4):
        wait_until(lambda: office.arrived() == letters)
    return office.repeats()
