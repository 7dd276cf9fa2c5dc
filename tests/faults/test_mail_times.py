"""A worker that was away, clocks that are wrong, a cancellation while a letter leaves, and a very long queue."""

import threading
from datetime import time, timedelta
from time import monotonic

import pytest
from django.db import connection

from bookings import services
from bookings.models import Booking
from bookings.plan import TOMORROW
from clinic.outbox.health import State, mail_health
from clinic.outbox.models import Message
from clinic.people import clock
from clinic.people.models import Practice
from tests.faults import stage as stages
from tests.faults.crowd import until_wrong
from tests.faults.figures import FULL, note
from tests.faults.office import PATIENCE, Office, hours, wait_until
from tests.faults.sender import KIND
from tests.faults.stage import furnish

pytestmark = pytest.mark.processes
LETTERS = 480 if FULL else 24
CANCELS, SENDERS = 8, 2
MANY = 10_000
SPARE = 8 * 1024  # kB


@pytest.mark.full
def test_a_worker_that_was_away_for_two_days(office: Office) -> None:
    """Half of the letters are of no use any more when it comes back."""
    measured, unsaid = two_days(office, "send"), office.unsaid()
    late = two_days(office, "late")
    office.fill(0)
    note(
        f"worker away for two days, {LETTERS} letters due",
        promised=f"{LETTERS // 2} sent, {LETTERS // 2} shown as missed with the reason, 0 stale",
        measured=measured,
        control=f"without asking for the last moment {late['sent'] - LETTERS // 2} stale ones sent",
    )
    assert measured == {"missed": LETTERS // 2, "sent": LETTERS // 2}
    assert late == {"sent": LETTERS}
    assert unsaid == (0, 0)


def two_days(office: Office, how: str) -> dict[str, int]:
    now = clock.now()
    office.fill(LETTERS, last=lambda number: now + hours(72 if number % 2 else 24))
    office.shift(48)
    with office.senders(how):
        assert wait_until(lambda: set(office.states()) <= {"sent", "missed"})
    if how == "send":
        assert office.outcomes() == {"It was too late to send."}
    return office.states()


def test_clocks_that_are_wrong(office: Office) -> None:
    """Two days ahead, letters of tomorrow must not leave; an hour behind, nothing is lost or sent twice."""
    office.fill(LETTERS)
    with office.stage.inside():
        Message.objects.filter(kind=KIND).update(due_at=clock.now() + hours(24))
    ahead, state = at(office, "tick", 48)
    early, _ = at(office, "send", 48) if ahead == 0 else (ahead, state)
    office.fill(LETTERS)
    behind, _ = at(office, "tick", -1)
    with office.senders("tick"):
        office.shift(0)
        assert wait_until(lambda: office.arrived() == LETTERS)
    note(
        "clock two days ahead, then an hour behind",
        promised="PostgreSQL: pause and alarm; 0 wrong letters, 0 lost" if two_clocks(office) else "one clock: 0 lost",
        measured=f"ahead {ahead} sent ({state}), behind {behind} sent, right again {office.arrived()} sent, "
        f"{office.repeats()} repeats",
        control=f"without comparing clocks {early} sent too early",
    )
    assert behind == office.repeats() == 0
    assert early == LETTERS
    if two_clocks(office):
        assert (ahead, state) == (0, State.CLOCKS_DIFFER)


def two_clocks(office: Office) -> bool:
    with office.stage.inside():
        return bool(connection.vendor == "postgresql")


def at(office: Office, how: str, shift: float) -> tuple[int, State]:
    """How many left while the sender's clock was wrong by so many hours, and what the desk said."""
    office.shift(shift)
    with office.senders(how) as [sender]:
        assert sender.works(rounds=1)
        with office.stage.inside():
            return office.arrived(), mail_health(now=clock.now()).state


@pytest.mark.full
def test_cancelling_while_a_reminder_leaves(office: Office) -> None:
    """Everybody cancels while the server has the first reminder in its hands and says nothing yet to anybody."""
    arrived, stopped = cancelled_amid(office, "send")
    unsaid = office.unsaid()
    without, _ = until_wrong(lambda: cancelled_amid(office, "ahead"), lambda found: found[0] > SENDERS)
    note(
        f"{CANCELS} sessions cancelled while reminders leave by {SENDERS} senders",
        promised="at most the one that each has in its hands goes, none later",
        measured=f"{arrived} arrived, {stopped} stopped, {unsaid} missing, extra",
        control=f"written ahead of the sending: {without} arrived",
    )
    assert arrived <= SENDERS
    assert stopped >= CANCELS - SENDERS
    assert unsaid == (0, 0)
    assert without > SENDERS


def cancelled_amid(office: Office, how: str) -> tuple[int, int]:
    """How many reminders arrived, and how many were stopped."""
    in_hand, go_on = threading.Event(), threading.Event()
    bookings = reminders(office, CANCELS)

    def answer(subject: str) -> None:
        in_hand.set()
        go_on.wait(60)  # nobody else is served meanwhile

    office.box.on_data = answer
    with office.senders(*[how] * SENDERS):
        assert in_hand.wait(PATIENCE)
        with office.stage.inside():
            for booking in Booking.objects.filter(code__in=bookings):
                services.cancel(booking=booking, by=Booking.By.CLIENT, reason="", now=clock.now())
        office.box.on_data = lambda subject: None
        go_on.set()
        assert wait_until(lambda: states_of(office, TOMORROW, bookings).keys() <= {"sent", "superseded"})
    arrived = sum("a short reminder" in str(mail["Subject"]) for mail in office.box.mails)
    return arrived, states_of(office, TOMORROW, bookings).get("superseded", 0)


def reminders(office: Office, count: int) -> list[str]:
    """Bookings whose reminder is due now."""
    office.fill(0)
    with office.stage.inside():
        if not Message.objects.filter(client__name__startswith="Cancels").exists():
            furnish()
        Practice.objects.update(quiet_from=time(3), quiet_to=time(3))  # none, at whatever hour the test runs
        bookings = [stages.book("pat", next(office.stage.places), f"Cancels{number}") for number in range(count)]
        codes = [booking.code for booking in bookings]
        Message.objects.filter(about__in=codes).exclude(kind=TOMORROW).update(
            status="sent", sent_at=clock.now() - hours(72)
        )
        due = Message.objects.filter(about__in=codes, kind=TOMORROW)
        due.update(due_at=clock.now() - timedelta(minutes=1), status="queued", not_after=None)
    return [str(code) for code in codes]


def states_of(office: Office, kind: str, abouts: list[str]) -> dict[str, int]:
    with office.stage.inside():
        rows = list(Message.objects.filter(kind=kind, about__in=abouts).values_list("status", flat=True))
    return {state: rows.count(state) for state in set(rows)}


@pytest.mark.full
def test_a_very_long_queue_leaves_in_constant_memory(office: Office) -> None:
    began = monotonic()
    early, grown = memory_of(office, "send", until=MANY)
    taken, arrived, repeats, unsaid = monotonic() - began, office.arrived(), office.repeats(), office.unsaid()
    _, hoarded = memory_of(office, "hoarding", until=MANY // 50)
    office.fill(0)
    note(
        f"{MANY} letters due, one sender",
        promised=f"all leave once, memory grows by less than {SPARE // 1024} MB",
        measured=f"{arrived} in {taken:.0f} s, {repeats} repeats, {early // 1024} MB early, {grown / 1024:+.1f} MB at "
        f"the end, {unsaid} missing, extra",
        control=f"all taken into its hands at once: {hoarded / 1024:+.1f} MB",
    )
    assert grown < SPARE < hoarded
    assert (arrived, repeats, unsaid) == (MANY, 0, (0, 0))


def memory_of(office: Office, how: str, *, until: int) -> tuple[int, int]:
    """What the sender holds in memory once it has sent a few letters, and by how much more when so many arrived."""
    office.fill(50)
    with office.senders(how) as [sender]:
        assert wait_until(lambda: office.arrived() == 50)
        assert sender.works()
        early = sender.memory
    office.fill(MANY)
    with office.senders(how) as [sender]:
        assert wait_until(lambda: office.arrived() >= until)
        return early, sender.memory - early
