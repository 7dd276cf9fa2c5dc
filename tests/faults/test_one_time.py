"""Many people press the same time at once: one of them gets it. Without the guards, more than one does."""

import pytest

from tests.faults import stage as stages
from tests.faults.crowd import Answer, Person, all_at_once, faults, until_wrong
from tests.faults.figures import FULL, note
from tests.faults.stage import Stage

pytestmark = pytest.mark.processes
PEOPLE = 200 if FULL else 40
FEW = 50 if FULL else 12  # are enough to show what happens without a guard


def test_one_gets_the_time_and_all_others_see_the_nearest(guarded: Stage, bare: Stage) -> None:
    booked, taken, wrong = everybody_presses(guarded, PEOPLE)
    without = until_wrong(lambda: everybody_presses(bare, FEW)[0], lambda booked: booked > 1)

    note(
        f"{PEOPLE} people press one time",
        promised=f"1 booked, {PEOPLE - 1} told at once, 0 errors",
        measured=f"{booked} booked, {taken} told, {len(wrong)} errors",
        control=f"{without} of {FEW} booked",
    )
    assert (booked, taken, wrong) == (1, PEOPLE - 1, [])
    assert without > 1


def test_the_database_alone_gives_it_to_one(database_alone: Stage) -> None:
    assert everybody_presses(database_alone, FEW) == (1, FEW - 1, [])


def test_the_lock_alone_gives_it_to_one(lock_alone: Stage) -> None:
    assert everybody_presses(lock_alone, FEW) == (1, FEW - 1, [])


def test_one_books_and_all_others_keep_what_they_typed(guarded: Stage, bare: Stage) -> None:
    """Everybody's hold on the same time has run out; then all press "Book this session"."""
    booked, kept, wrong = everybody_books(guarded, PEOPLE)
    without = until_wrong(lambda: everybody_books(bare, FEW)[0], lambda booked: booked > 1)

    note(
        f"{PEOPLE} people post their details for one time",
        promised=f"1 booked, {PEOPLE - 1} keep what they typed, 0 errors",
        measured=f"{booked} booked, {kept} kept, {len(wrong)} errors",
        control=f"{without} of {FEW} booked",
    )
    assert (booked, kept, wrong) == (1, PEOPLE - 1, [])
    assert without > 1


def everybody_presses(stage: Stage, number: int) -> tuple[int, int, list[str]]:
    """How many bookings there are in the end, how many were told so in words, and what was wrong."""
    start, people = next(stage.places), stage.people(number)

    def press(person: Person) -> Answer:
        return person.book(person.post(stages.times(), start=stages.as_pressed(start)))

    answers = all_at_once(people, press)
    with stage.inside():
        booked = stages.booked(start)
    wrong = faults(answers) + [each.body[:200] for each in answers if not (each.is_booked or each.is_taken)]
    return booked, sum(each.is_taken for each in answers), wrong + told_wrongly(answers, booked)


def everybody_books(stage: Stage, number: int) -> tuple[int, int, list[str]]:
    start, visitors = next(stage.places), [f"visitor {each}" for each in range(number)]
    with stage.inside():
        holds = stages.lapsed(visitors, start)
    people = stage.come_back(visitors)
    posts = list(zip(people, holds, strict=True))
    answers = all_at_once(posts, lambda one: one[0].post(f"/book/details/{one[1].code}/", **one[0].details))
    with stage.inside():
        booked = stages.booked(start)
    kept = sum(each.keeps(person.details) for person, each in zip(people, answers, strict=True))
    return booked, kept, faults(answers) + told_wrongly(answers, booked)


def told_wrongly(answers: list[Answer], booked: int) -> list[str]:
    """Where other than so many people were told that they are booked; without the guards that may be."""
    told = sum(each.is_booked for each in answers)
    return [] if told == booked else [f"{told} were told so, {booked} are booked"]
