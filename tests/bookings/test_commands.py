"""load_practice, dump_practice and slots, as they are typed."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import Model

from bookings.models import Booking, HoursException, Offering, Room, Service, TimeOff, WorkingHours
from clinic.people.models import Practice, Practitioner
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parent / "practice.yaml"
TABLES: tuple[type[Model], ...] = (
    Practice,
    Room,
    Service,
    Practitioner,
    Offering,
    WorkingHours,
    HoursException,
    TimeOff,
)


def run(*words: object) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


def rows() -> list[list[Any]]:
    return [list(table._default_manager.order_by("pk").values()) for table in TABLES]


# --- load_practice and dump_practice ---


def test_a_file_is_loaded_whole(clock: time_machine.Traveller) -> None:
    said = run("load_practice", FILE)

    assert "2 practitioners" in said
    ama = Practitioner.objects.get(slug="ama")
    assert (ama.name, ama.grid, ama.working_hours.count()) == ("Ama Owusu", 15, 6)
    assert Practitioner.objects.get(slug="lena").timezone == "America/New_York"
    assert TimeOff.objects.get(practitioner=ama).starts_at.isoformat() == "2026-12-28T00:00:00+00:00"
    assert Service.objects.get(slug="first").price == "£85"
    practice = Practice.objects.the()
    assert practice.language == "fr"
    assert practice.letter_steps == {"form_ahead": 10, "checkin": 40, "morning": "08:30", "off": ["m13_week"]}
    assert practice.steps.checkin == timedelta(hours=40)


def test_timing_that_is_left_out_is_as_usual_again(clock: time_machine.Traveller, tmp_path: Path) -> None:
    run("load_practice", FILE)
    plain = tmp_path / "plain.yaml"
    plain.write_text("\n".join(line for line in FILE.read_text().splitlines() if not line.startswith("letters:")))
    run("load_practice", plain)

    assert Practice.objects.the().letter_steps == {}


def test_loading_twice_changes_not_even_a_key(clock: time_machine.Traveller) -> None:
    run("load_practice", FILE)
    before = rows()
    run("load_practice", FILE)

    assert rows() == before


def test_what_is_dumped_loads_to_the_same_and_dumps_to_the_same(clock: time_machine.Traveller, tmp_path: Path) -> None:
    run("load_practice", FILE)
    before, copy = rows(), tmp_path / "copy.yaml"
    copy.write_text(run("dump_practice"), encoding="utf-8")
    run("load_practice", copy)

    assert rows() == before
    assert run("dump_practice") == copy.read_text(encoding="utf-8")


def test_check_says_ok_and_changes_nothing(clock: time_machine.Traveller) -> None:
    before = rows()

    assert run("load_practice", FILE, "--check").endswith("practice.yaml: ok\n")
    assert rows() == before


def test_a_faulty_file_names_its_faults_and_changes_nothing(clock: time_machine.Traveller, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(FILE.read_text(encoding="utf-8").replace("minutes: 45", "minuets: 45"), encoding="utf-8")
    before = rows()

    with pytest.raises(CommandError, match=r"line 8: services\[1\].minuets: This key is not known"):
        run("load_practice", faulty)
    assert rows() == before


def test_a_file_that_is_not_there_is_said_plainly(clock: time_machine.Traveller, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run("load_practice", tmp_path / "none.yaml")


def test_what_the_file_does_not_name_any_more_is_retired_and_bookings_stay(first: Service, tmp_path: Path) -> None:
    booking = make.booked(start=TEN)
    run("load_practice", FILE)

    assert not Practitioner.objects.get(slug="clara").is_active
    assert Booking.objects.get() == booking
    assert "clara" not in run("dump_practice")


def test_closing_hours_that_hold_bookings_lists_them(first: Service, tmp_path: Path) -> None:
    booking = make.booked(start=TEN)
    closed = tmp_path / "closed.yaml"
    closed.write_text(
        "services: [{slug: first, minutes: 75}]\n"
        "practitioners:\n"
        '  - {slug: clara, services: [first], hours: [{days: [mon], from: "11:00", to: "17:00"}]}\n',
        encoding="utf-8",
    )

    assert f"outside the hours now: 2027-02-08T10:00+00:00 clara {booking.code}" in run("load_practice", closed)
    assert Booking.objects.get().status == "booked"


# --- slots ---


def slots(*more: object) -> str:
    return run("slots", "--service", "first", "--from", "2027-02-08", "--to", "2027-02-08", *more)


def test_free_starts_are_listed_with_who_is_free(first: Service) -> None:
    make.booked(start=TEN.replace(hour=9))
    lines = slots().splitlines()

    assert lines[0] == "2027-02-08T09:00+00:00 dov"
    assert lines[-1] == "2027-02-08T15:45+00:00 clara,dov"
    assert slots("--practitioner", "clara").splitlines()[0] == "2027-02-08T10:30+00:00 clara"


def test_json_is_what_the_interface_prints(first: Service) -> None:
    found = json.loads(slots("--json"))

    assert found["slots"][0] == {"starts_at": "2027-02-08T09:00:00Z", "practitioners": ["clara", "dov"]}
    assert len(found["slots"]) == 28


def test_now_can_be_another_moment(first: Service) -> None:
    assert slots("--now", "2027-02-08T06:00Z") == ""
    assert json.loads(slots("--json", "--now", "2027-02-07T15:30Z"))["slots"][0]["starts_at"] == "2027-02-08T15:30:00Z"


def test_dates_are_local_to_the_practitioner(first: Service) -> None:
    Practitioner.objects.filter(slug="dov").update(timezone="Asia/Kathmandu")
    lines = slots("--practitioner", "dov").splitlines()

    assert (lines[0], lines[-1]) == ("2027-02-08T09:00+05:45 dov", "2027-02-08T15:45+05:45 dov")


def test_without_dates_and_without_a_start_to_explain_it_says_what_it_needs(first: Service) -> None:
    for some in ([], ["--from", "2027-02-08"], ["--to", "2027-02-08"]):
        with pytest.raises(CommandError, match="--from DATE --to DATE; or one start, --explain ISO"):
            run("slots", "--service", "first", *some)


def test_explain_names_each_rule_for_each_person(first: Service) -> None:
    make.booked(start=TEN)
    said = slots("--explain", (TEN + timedelta(minutes=20)).isoformat())

    assert said.splitlines() == [
        "clara: grid: Times start on a grid of 15 minutes.",
        "clara: booked: Another booking or its buffer is in the way.",
        "dov: grid: Times start on a grid of 15 minutes.",
    ]
    assert slots("--explain", (TEN + timedelta(minutes=30)).isoformat()).startswith("dov: free\nclara: booked:")
    assert run("slots", "--service", "first", "--explain", TEN.isoformat()).startswith("dov: free\nclara: booked:")
    explained = json.loads(slots("--json", "--explain", NOW.isoformat()))
    assert {each["rule"] for each in explained["reasons"]} == {"notice"}


@pytest.mark.parametrize(
    "words",
    [("--service", "none"), ("--practitioner", "none"), ("--now", "2027-02-08T09:00"), ("--from", "soon")],
)
def test_what_does_not_exist_is_said_plainly(first: Service, words: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        slots(*words)


def test_a_hold_keeps_a_time_only_until_it_runs_out(first: Service) -> None:
    make.booking(practitioner=cast.clara(), starts_at=TEN, status="held", of=first)

    assert "T10:00+00:00 dov\n" in slots()
    assert "T10:00+00:00 clara,dov\n" in slots("--now", (NOW + timedelta(minutes=15)).isoformat())
