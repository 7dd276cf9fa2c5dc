"""Fifty people press the same time at once: one of them gets it. Without the guards, more than one does."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.serving import ROOT, Site, site
from tests.walking.visitor import Visitor

pytestmark = pytest.mark.processes

PEOPLE = 50
UNCHECKED = "tests.faults.unchecked"
UNGUARDED = "tests.faults.unguarded"
TIMES = "/book/times/?service=first&practitioner=ama"


def test_one_of_fifty_gets_the_time() -> None:
    with site(night_shift=False) as practice:
        assert everybody_presses(practice) == 1


def test_the_database_alone_gives_it_to_one() -> None:
    """Without the lock, and with a pause between looking and writing, the database still refuses the second."""
    with site(wsgi=UNGUARDED, night_shift=False) as practice:
        assert everybody_presses(practice) == 1


def test_the_lock_alone_gives_it_to_one() -> None:
    with site(wsgi=UNCHECKED, night_shift=False) as practice:
        remove_the_database_s_guard(practice)
        assert everybody_presses(practice) == 1


def test_without_guards_more_than_one_gets_it() -> None:
    """The proof that the tests above would see it."""
    with site(wsgi=UNGUARDED, night_shift=False) as practice:
        remove_the_database_s_guard(practice)
        assert everybody_presses(practice) > 1


def everybody_presses(practice: Site) -> int:
    """How many bookings hold the time in the end; everybody else was told so in words, and nobody saw an error."""
    wanted = first_time(practice)
    together = Barrier(PEOPLE)
    with ThreadPoolExecutor(PEOPLE) as crowd:
        told = list(crowd.map(lambda number: press(practice, number, wanted, together), range(PEOPLE)))
    booked = told.count("You are booked")
    assert set(told) <= {"You are booked", "taken"}, sorted(set(told))
    assert bookings_at(practice, wanted) == booked
    return booked


def press(practice: Site, number: int, wanted: str, together: Barrier) -> str:
    """One person: open the times, wait for the others, press, and book if the time is theirs."""
    person = Visitor(practice.url)
    person.open(TIMES)
    form, button = person.button(wanted)
    together.wait()
    person.submit(form, button)
    if person.status == 409 and "just been taken" in person.page.main:
        return "taken"
    if person.page.heading != "Your details":
        return f"{person.status} {person.page.main[:200]}"
    person.fill({"Name": f"Person {number}", "Email address": f"person{number}@example.org"})
    person.press("Book this session")
    return person.page.heading


def first_time(practice: Site) -> str:
    person = Visitor(practice.url)
    person.open(TIMES)
    return next(button.value for form in person.page.forms() for button in form.buttons if button.name == "start")


def bookings_at(practice: Site, start: str) -> int:
    """What stands in the database."""
    count = f"""
from datetime import datetime
from bookings.models import Booking
taking = Booking.objects.exclude(status__in=Booking.FREE).filter(starts_at=datetime.fromisoformat({start!r}))
print(taking.filter(practitioner__slug="ama").count())
"""
    return int(run(practice, count))


def remove_the_database_s_guard(practice: Site) -> None:
    run(practice, "from bookings import guards\nguards.remove()")


def run(practice: Site, code: str) -> str:
    command = [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"]
    done = subprocess.run(command, cwd=ROOT, env=practice.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
