"""Moves, the desk and time off against clients who press at the same moment: nobody loses a time, none is shared."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.urls import reverse

from bookings import access
from bookings.models import Booking, TimeOff
from clinic.people import clock
from tests.faults import stage as stages
from tests.faults.crowd import Answer, Person, all_at_once, faults
from tests.faults.figures import FULL, note
from tests.faults.stage import SESSION, Stage

pytestmark = pytest.mark.processes
ROUNDS = 20 if FULL else 1
TRIES = 20  # rounds in which a fault must show where nothing guards against it; it mostly does at once
CLIENTS = 5
Press = Callable[[], Answer]


@dataclass
class Outcome:
    """What some rounds of one race came to."""

    overlaps: int = 0
    lost: int = 0  # sessions that are not where somebody put them
    errors: int = 0

    def add(self, other: "Outcome") -> None:
        self.overlaps += other.overlaps
        self.lost += other.lost
        self.errors += other.errors


Round = Callable[[Stage], Outcome]


def test_two_who_swap_and_one_who_comes_between(guarded: Stage, bare: Stage) -> None:
    show("two clients swap times while others press the free one", swap, guarded, bare)


def test_the_desk_books_against_clients(guarded: Stage, bare: Stage) -> None:
    show("the desk books a time that clients press", desk_books, guarded, bare)


def test_the_desk_moves_against_clients(guarded: Stage, bare: Stage) -> None:
    show("the desk moves a session to a time that clients press", desk_moves, guarded, bare)


def test_time_off_against_clients(guarded: Stage, bare: Stage) -> None:
    """A session inside time off that nobody was asked about counts as lost, and so does a wrong word to the desk."""
    show("time off is set over a time that clients press", desk_closes, guarded, bare)


def show(what: str, one: Round, guarded: Stage, bare: Stage) -> None:
    measured = rounds(one, guarded, ROUNDS)
    without = rounds(one, bare, TRIES, until_one_goes_wrong=True)
    note(
        f"{what}, {ROUNDS} rounds",
        promised="0 overlaps, 0 lost, 0 errors",
        measured=f"{measured.overlaps} overlaps, {measured.lost} lost, {measured.errors} errors",
        control=f"{without.overlaps} overlaps, {without.lost} lost",
    )
    assert measured == Outcome()
    assert without.overlaps + without.lost > 0


def rounds(one: Round, stage: Stage, number: int, *, until_one_goes_wrong: bool = False) -> Outcome:
    total = Outcome()
    for _ in range(number):
        total.add(one(stage))
        if until_one_goes_wrong and total.overlaps + total.lost:
            break
    return total


def swap(stage: Stage) -> Outcome:
    """Ann and Ben press each other's time; Ann also presses the free one, in a second tab, as newcomers do."""
    place, clients = next(stage.places), stage.people(CLIENTS)
    with stage.inside():
        before = stages.overlaps()
        ann, ben = (stages.book("pat", place + shift, name) for name, shift in (("Ann", 0 * SESSION), ("Ben", SESSION)))
        links = {each.code: access.mint_link(each, now=clock.now()) for each in (ann, ben)}
    free = place + 2 * SESSION
    wishes = [(ann, ben.starts_at), (ben, ann.starts_at), (ann, free), (ben, free)]
    tabs = stage.people(len(wishes))
    moves: list[Press] = [
        partial(tab.post, f"/b/{links[booking.code]}/move/to/", start=stages.as_pressed(start))
        for tab, (booking, start) in zip(tabs, wishes, strict=True)
    ]
    answers = all_at_once([*moves, *presses(clients, free)], lambda press: press())
    with stage.inside():
        now_at = {each.code: each.starts_at for each in Booking.objects.filter(code__in=links, status="booked")}
        moved = {booking.code for (booking, _), each in zip(wishes, answers, strict=False) if each.status == 302}
        stayed = {booking.code for booking in (ann, ben) if now_at.get(booking.code) == booking.starts_at}
        lost = 2 - len(now_at) + len(moved & stayed) + newcomers_lost(answers, place, len(now_at))
        return Outcome(stages.overlaps() - before, lost, len(faults(answers)))


def newcomers_lost(answers: list[Answer], place: datetime, others: int) -> int:
    """Who was told that she is booked, and is not."""
    told = sum(each.is_booked for each in answers)
    return abs(told + others - stages.booked(place, place + 2 * SESSION))


def desk_books(stage: Stage) -> Outcome:
    start, clients = next(stage.places), stage.people(CLIENTS)
    with stage.inside():
        before = stages.overlaps()
        address = reverse("desk-book-when", args=[stages.client("Flo").code])
    address += "?service=plain&practitioner=pat"
    stage.staff.new_form()
    by_desk: Press = partial(stage.staff.post, address, start=stages.as_pressed(start))
    answers = all_at_once([by_desk, *presses(clients, start)], lambda press: press())
    with stage.inside():
        told = sum(each.is_booked for each in answers) + (answers[0].status == 302)
        return Outcome(stages.overlaps() - before, abs(told - stages.booked(start)), len(faults(answers)))


def desk_moves(stage: Stage) -> Outcome:
    place, clients = next(stage.places), stage.people(CLIENTS)
    free = place + SESSION
    with stage.inside():
        before, moving = stages.overlaps(), stages.book("pat", place, "Gus")
        address = reverse("desk-booking-move", args=[moving.code])
    stage.staff.new_form()
    by_desk: Press = partial(stage.staff.post, address, start=stages.as_pressed(free))
    answers = all_at_once([by_desk, *presses(clients, free)], lambda press: press())
    with stage.inside():
        told = sum(each.is_booked for each in answers) + 1  # and the session that was moved, or was not
        stands = Booking.objects.get(code=moving.code).starts_at == (free if answers[0].status == 302 else place)
        lost = abs(told - stages.booked(place, free)) + (not stands)
        return Outcome(stages.overlaps() - before, lost, len(faults(answers)))


def desk_closes(stage: Stage) -> Outcome:
    start, clients = next(stage.places), stage.people(CLIENTS)
    end = start + timedelta(hours=1)
    span = {"date": f"{start:%Y-%m-%d}", "begins": f"{start:%H:%M}", "ends": f"{end:%H:%M}"}
    stage.staff.new_form()
    by_desk: Press = partial(stage.staff.post, reverse("desk-block"), practitioner="pat", **span)
    answers = all_at_once([by_desk, *presses(clients, start)], lambda press: press())
    with stage.inside():
        is_closed = TimeOff.objects.filter(starts_at=start, practitioner__slug="pat").exists()
        booked = stages.booked(start)
        lost = booked if is_closed else abs(booked - sum(each.is_booked for each in answers))
        lost += is_closed != (answers[0].status == 302)  # the desk was told the opposite of what is stored
        return Outcome(max(booked - 1, 0), lost, len(faults(answers)))


def presses(clients: list[Person], start: datetime) -> list[Press]:
    """Each of them presses this time and books what she gets."""

    def one(person: Person) -> Answer:
        return person.book(person.post(stages.times(), start=stages.as_pressed(start)))

    return [partial(one, person) for person in clients]
