"""A year of bookings from a file, in a process of its own: killed amid it nothing is there, and again it is quick."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bookings.models import Booking, Offering, Service
from clinic.people.models import Practitioner
from tests.faults.figures import FULL, is_quiet, load, note
from tests.faults.stage import Stage
from tests.serving import ROOT

pytestmark = pytest.mark.processes
ROWS = 5000 if FULL else 1200
PROMISED = 30.0  # seconds for 5000 rows
WHO = ("ron", "sue")
HEAD = "practitioner,service,starts_at,client_name,client_email\n"


def test_a_year_of_bookings_is_imported_whole_or_not_at_all(guarded: Stage, tmp_path: Path) -> None:
    with guarded.inside():
        service = Service.objects.create(slug="taken-over", name="Taken over", minutes=60, buffer_after=15)
        for slug in WHO:
            who = Practitioner.objects.create(slug=slug, name=slug.title(), timezone="UTC")
            Offering.objects.create(practitioner=who, service=service)
    file = tmp_path / "year.csv"
    file.write_text(HEAD + "\n".join(rows()), encoding="utf-8")

    told = killed_amid_writing(guarded, file)
    with guarded.inside():
        after_kill = Booking.objects.filter(service=service).count()
    is_measured, began = FULL and is_quiet(), time.monotonic()
    said = guarded.site.manage("import_bookings", str(file))
    took = time.monotonic() - began
    with guarded.inside():
        stored = Booking.objects.filter(service=service).count()

    note(
        f"a file of {ROWS} bookings is imported, and kill -9 amid it",
        promised=f"5000 in {PROMISED:.0f} s with progress; killed, 0 stored",
        measured=f"{stored} in {took:.1f} s {load()}; killed after “{told}”, {after_kill} stored",
    )
    assert (after_kill, stored) == (0, ROWS)
    assert f"{ROWS} bookings imported" in said
    assert took < PROMISED or not (is_measured and is_quiet())


def killed_amid_writing(stage: Stage, file: Path) -> str:
    """The last that the command said of how far it was."""
    words = [sys.executable, "manage.py", "import_bookings", str(file)]
    silent = subprocess.DEVNULL
    with subprocess.Popen(
        words, cwd=ROOT, env=stage.site.environment, stdout=silent, stderr=subprocess.PIPE, text=True
    ) as command:
        assert command.stderr
        told = next(line for line in command.stderr if "bookings written" in line)
        command.kill()
    return told.strip()


def rows() -> list[str]:
    """Sessions of two practitioners all day long, from last winter on; a client for every ten."""
    begin = datetime.now(UTC).replace(hour=6, minute=0, second=0, microsecond=0) - timedelta(days=180)
    return [
        f"{WHO[number % 2]},taken-over,{begin + timedelta(days=day, minutes=75 * turn):%Y-%m-%dT%H:%M+00:00},"
        f"Client {number // 10},client{number // 10}@example.org"
        for number in range(ROWS)
        for day, turn in [divmod(number // 2, 7)]
    ]
