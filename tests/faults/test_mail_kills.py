"""Letters survive kill -9 of the sender at the worst moments: none lost, and no more repeats than kills."""

from collections.abc import Callable

import pytest

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
    before = kill_amid(office, "send", at_data=False)
    careless = kill_amid(office, "careless", at_data=False)
    note(
        f"kill -9 x {KILLS} of the sender, {LETTERS} letters due",
        promised=f"0 lost, repeats at most {KILLS}, same Message-ID",
        measured=f"after DATA {lost} lost {repeats} repeats; before {before[0]} lost {before[1]} repeats; "
        f"{office.unsaid()} missing, extra",
        control=f"noted as sent first: {careless[0]} lost",
    )
    assert (lost, before) == (0, (0, 0, KILLS))
    assert repeats <= kills
    assert careless[0] == KILLS
    assert office.unsaid() == (0, 0)


def test_four_senders_at_once_send_each_letter_once(office: Office) -> None:
    office.fill(LETTERS)
    with office.senders(*["send"] * 4):
        assert wait_until(lambda: office.arrived() == LETTERS)
    repeats = office.repeats()
    for _ in range(5):  # without a guard the fault may appear, and need not each time
        office.fill(LETTERS // 10)
        with office.senders(*["greedy"] * 4):
            wait_until(lambda: office.arrived() == LETTERS // 10)
        if office.repeats():
            break
    note(
        f"four senders, {LETTERS} letters",
        promised="0 repeats",
        measured=f"{repeats} repeats, {office.unsaid()} missing, extra",
        control=f"looking first, taking then: {office.repeats()} repeats of {LETTERS // 10}",
    )
    assert (repeats, office.unsaid()) == (0, (0, 0))
    assert office.repeats() > 0
