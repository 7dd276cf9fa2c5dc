"""Starts that overlap, any practitioner, one room: the first gets it, everybody else is told, no time is shared."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from tests.faults import stage as stages
from tests.faults.crowd import Answer, Person, all_at_once, faults, slowest, until_wrong
from tests.faults.figures import FULL, is_quiet, load, note
from tests.faults.stage import PEOPLE, ROOMY, Stage

pytestmark = pytest.mark.processes
WORKERS = 12
ROUNDS = 60 if FULL else 4
FEW = 6 if FULL else 1  # rounds are enough to show what happens without a guard
PROMISED = 2.0  # seconds for 99 of 100 answers
SHIFTS = [timedelta(minutes=15 * each) for each in range(5)]  # any two of these starts overlap


def test_of_starts_that_overlap_one_is_booked(guarded: Stage, database_alone: Stage, bare: Stage) -> None:
    is_measured = FULL and is_quiet()
    answers, left = overlapping_rounds(guarded, ROUNDS)
    late, at_load = slowest(answers), load()
    alone, left_alone = overlapping_rounds(database_alone, FEW)
    left_bare = until_wrong(lambda: overlapping_rounds(bare, FEW)[1], shares_time)

    note(
        f"{WORKERS} people x {ROUNDS} rounds of overlapping starts",
        promised=f"{ROUNDS} booked, 0 overlaps, 0 deadlocks, p99 < {PROMISED:.0f} s",
        measured=f"{left.booked} booked, {left.overlaps} overlaps, {left.deadlocks} deadlocks, p99 {late:.2f} s "
        f"{at_load}",
        control=f"{FEW} rounds: {left_bare.booked} booked, {left_bare.overlaps} overlaps; with the constraint alone "
        f"{left_alone.overlaps} overlaps, {left_alone.deadlocks} deadlocks, p99 {slowest(alone):.2f} s",
    )
    assert (left.booked, left.overlaps, left.deadlocks, faults(answers)) == (ROUNDS, 0, 0, [])
    assert sum(each.is_booked for each in answers) == ROUNDS
    assert left_alone.overlaps == 0
    assert left_bare.overlaps > 0
    assert late < PROMISED or not (is_measured and is_quiet())


def test_any_practitioner_is_as_many_as_there_are(guarded: Stage, bare: Stage) -> None:
    rounds = 20 if FULL else 2
    answers, left = rush(guarded, [("", "plain")] * WORKERS, rounds)
    without = until_wrong(lambda: rush(bare, [("", "plain")] * WORKERS, FEW)[1], shares_time)

    note(
        f"{WORKERS} people x {rounds} rounds, any of two practitioners",
        promised=f"{2 * rounds} booked, 0 overlaps",
        measured=f"{left.booked} booked, {left.overlaps} overlaps",
        control=f"{FEW} rounds: {without.booked} booked, {without.overlaps} overlaps",
    )
    assert (left.booked, left.overlaps, faults(answers)) == (2 * rounds, 0, [])
    assert without.overlaps > 0


def test_one_room_holds_one_session_whoever_gives_it(guarded: Stage, bare: Stage) -> None:
    rounds = 20 if FULL else 2
    wishes = [(PEOPLE[each % 2], ROOMY) for each in range(WORKERS)]
    answers, left = rush(guarded, wishes, rounds)
    without = until_wrong(lambda: rush(bare, wishes, FEW)[1], shares_time)

    note(
        f"{WORKERS} people x {rounds} rounds, two practitioners, one room",
        promised=f"{rounds} booked, 0 overlaps",
        measured=f"{left.booked} booked, {left.overlaps} overlaps",
        control=f"{FEW} rounds: {without.booked} booked, {without.overlaps} overlaps",
    )
    assert (left.booked, left.overlaps, faults(answers)) == (rounds, 0, [])
    assert without.overlaps > 0


def shares_time(left: stages.Left) -> bool:
    return left.overlaps > 0


def overlapping_rounds(stage: Stage, rounds: int) -> tuple[list[Answer], stages.Left]:
    """Everybody presses another of five starts, any two of which overlap."""
    return rush(stage, [("pat", "plain")] * WORKERS, rounds, SHIFTS)


def rush(
    stage: Stage, wishes: Sequence[tuple[str, str]], rounds: int, shifts: Sequence[timedelta] = (timedelta(),)
) -> tuple[list[Answer], stages.Left]:
    """In each round everybody presses a time at once and books what they get; then what is left of all that."""
    people, answers = stage.people(len(wishes)), list[Answer]()
    starts = [next(stage.places) for _ in range(rounds)]
    with stage.inside():
        before = stages.left(starts, SHIFTS[-1])
    for start in starts:
        posts = [
            (person, stages.times(*wish), start + shifts[number % len(shifts)])
            for number, (person, wish) in enumerate(zip(people, wishes, strict=True))
        ]
        for pair in all_at_once(posts, press_and_book):
            answers += pair
    with stage.inside():
        return answers, stages.left(starts, SHIFTS[-1]) - before


def press_and_book(post: tuple[Person, str, datetime]) -> list[Answer]:
    person, address, start = post
    pressed = person.post(address, start=stages.as_pressed(start))
    person.new_form()
    return [pressed, person.book(pressed)] if pressed.is_held else [pressed]
