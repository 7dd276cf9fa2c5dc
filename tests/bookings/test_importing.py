"""Bookings from and to a file: all or nothing, every fault named by its line, and the way back is the same."""

import csv
import os
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bookings import importing
from bookings.cells import harmless, meant
from bookings.models import Booking, Room, Service
from bookings.said import note_of
from clinic.outbox.models import Message
from clinic.outbox.services import differences, sweep
from clinic.people.models import CareLink, Client
from intake.models import Request
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
HEAD = "practitioner,service,starts_at,client_name,client_email,phone,minutes,status,room,note"


def file_of(folder: Path, *rows: str, head: str = HEAD) -> Path:
    file = folder / "bookings.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return file


def run(*words: object) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out, stderr=StringIO())
    return out.getvalue()


def row(
    start: datetime = TEN, *, who: str = "clara", client: str = "Ada Byron,ada@example.org", more: str = ",,,,"
) -> str:
    return f"{who},first,{start.isoformat()},{client},{more}"


# --- what becomes of a row ---


def test_a_coming_booking_has_its_client_care_questions_and_letters(first: Service, tmp_path: Path) -> None:
    said = run("import_bookings", file_of(tmp_path, row()))

    booking = Booking.objects.get()
    assert "1 booking imported, 1 of them still to come\n1 new client" in said
    assert (booking.status, booking.client, booking.starts_at) == ("booked", cast.ada(), TEN)
    assert booking.busy_until == TEN + timedelta(minutes=90)
    assert CareLink.objects.filter(client=booking.client, practitioner=cast.clara()).exists()
    assert Request.objects.get(about=booking.code).questionnaires == ["general"]
    assert set(Message.objects.values_list("kind", flat=True)) == {
        "m00_booked",
        "m03_expect",
        "m04_tomorrow",
        "m02_form_nudge",
        "m01_form",
    }


def test_the_plan_wants_nothing_else_afterwards(first: Service, tmp_path: Path) -> None:
    make.answered(cast.ben(), "general", {})
    starts = [TEN + timedelta(days=days) for days in range(20)]
    clients = ["Ada Byron,ada@example.org", "Ben Okri,ben@example.org"]
    rows = [row(start, client=clients[number % 2]) for number, start in enumerate(starts)]
    run("import_bookings", file_of(tmp_path, *rows))

    found = differences(now=NOW)
    assert ([each for each in found.missing if each.kind[:3] in {"m00", "m01", "m02", "m03", "m04"}], found.extra) == (
        [],
        [],
    )


def test_a_past_booking_is_kept_and_nothing_is_ever_sent_about_it(first: Service, tmp_path: Path) -> None:
    rows = [row(NOW - timedelta(days=days, hours=1)) for days in (1, 3, 400)]
    run("import_bookings", file_of(tmp_path, *rows, row(NOW - timedelta(days=2), more=",,booked,,")))
    sweep(now=NOW)

    assert sorted(Booking.objects.values_list("status", flat=True)) == ["booked", *["completed"] * 3]
    assert Message.objects.count() == Request.objects.count() == 0


def test_it_may_lie_outside_the_hours_and_have_its_own_length(first: Service, tmp_path: Path) -> None:
    run("import_bookings", file_of(tmp_path, row(TEN.replace(hour=3, minute=7), more=",40,,,")))

    booking = Booking.objects.get()
    assert booking.ends_at - booking.starts_at == timedelta(minutes=40)
    assert booking.busy_until - booking.ends_at == timedelta(minutes=15)


def test_cancelled_and_missed_ones_take_no_time(first: Service, tmp_path: Path) -> None:
    past = NOW - timedelta(days=2)
    rows = [row(TEN, more=",,cancelled,,"), row(TEN), row(past, more=",,missed,,"), row(past)]
    run("import_bookings", file_of(tmp_path, *rows))

    assert Booking.objects.count() == 4


def test_clients_are_matched_by_name_and_address_together(first: Service, tmp_path: Path) -> None:
    ada = cast.ada()
    people = ["ada  BYRON,ADA@example.org", "Zoe Byron,ada@example.org", "Zoe Byron,ada@example.org", "Max,", "Max,"]
    run(
        "import_bookings",
        file_of(tmp_path, *[row(TEN + timedelta(days=n), client=who) for n, who in enumerate(people)]),
    )

    zoe = Client.objects.get(name="Zoe Byron")
    assert ada.bookings.count() == 1
    assert (zoe.bookings.count(), zoe.possible_duplicate_of) == (2, ada)
    assert Client.objects.get(name="Max").bookings.count() == 2


def test_a_note_is_sealed(first: Service, tmp_path: Path) -> None:
    run("import_bookings", file_of(tmp_path, row(more=',,,,"Sore hip, left"')))

    booking = Booking.objects.get()
    assert note_of(booking) == "Sore hip, left"
    assert b"hip" not in bytes(booking.sealed_note)


def test_rooms_are_given_out_and_never_twice(first: Service, tmp_path: Path) -> None:
    Service.objects.update(needs_room=True)
    for slug in ("east", "west"):
        Room.objects.create(slug=slug, name=slug)
    run("import_bookings", file_of(tmp_path, row(), row(who="dov", more=",,,east,")))

    assert set(Booking.objects.values_list("practitioner__slug", "room__slug")) == {("clara", "west"), ("dov", "east")}


def test_a_dry_run_says_what_would_happen_and_changes_nothing(first: Service, tmp_path: Path) -> None:
    said = run("import_bookings", file_of(tmp_path, row(), row(NOW - timedelta(days=1))), "--dry-run")

    assert said == "2 bookings could be imported, 1 of them still to come\n"
    assert Booking.objects.count() == Client.objects.count() == 0


# --- what is refused ---

FAULTS = [
    ("nobody,first,2027-02-08T10:00Z,A,a@example.org,,,,,", "practitioner: There is no “nobody”"),
    ("clara,none,2027-02-08T10:00Z,A,a@example.org,,,,,", "service: There is no “none”"),
    ("clara,first,,A,a@example.org,,,,,", "is not a moment"),
    ("clara,first,tomorrow,A,a@example.org,,,,,", "starts_at: “tomorrow” is not a moment"),
    ("clara,first,2027-02-30T10:00Z,A,a@example.org,,,,,", "is not a moment"),
    ("clara,first,2027-02-08T10:00,A,a@example.org,,,,,", "needs an offset"),
    ("clara,first,2027-02-08T10:00:30Z,A,a@example.org,,,,,", "whole minute"),
    ("clara,first,0001-01-02T10:00Z,A,a@example.org,,,,,", "The year 1 is not likely"),
    ("clara,first,2027-02-08T10:00Z,,a@example.org,,,,,", "client_name: It is empty"),
    (f"clara,first,2027-02-08T10:00Z,{'A' * 121},a@example.org,,,,,", "client_name: It has 121 letters"),
    ("clara,first,2027-02-08T10:00Z,A\0B,a@example.org,,,,,", "client_name: It holds control characters"),
    ("clara,first,2027-02-08T10:00Z,A,nobody,,,,,", "client_email: “nobody” is not an e-mail address"),
    ("clara,first,2027-02-08T10:00Z,A,a@example.org,12,,,,", "phone: “12” is not a telephone number"),
    ("clara,first,2027-02-08T10:00Z,A,a@example.org,,long,,,", "minutes: “long” is not a number"),
    ("clara,first,2027-02-08T10:00Z,A,a@example.org,,0,,,", "minutes: 0 is not between 1 and 1440"),
    ("clara,first,2027-02-08T10:00Z,A,a@example.org,,,held,,", "status: “held” is none of"),
    ("clara,first,2027-02-08T10:00Z,A,a@example.org,,,missed,,", "still to come cannot be missed"),
    ("clara,first,2027-02-08T10:00Z,A,a@example.org,,,,attic,", "room: There is no “attic”"),
    (f"clara,first,2027-02-08T10:00Z,A,a@example.org,,,,,{'x' * 2001}", "note: It has 2001 letters"),
    ("clara,first,2027-02-08T10:00Z,A", "It has 4 cells"),
    ("clara,desk,2027-02-08T10:00Z,A,a@example.org,,,,,", "clara does not offer desk any more"),
    ("clara,first,2027-02-09T09:00Z,A,a@example.org,,,,,", "overlaps the session at 2027-02-09T10:00Z that is here"),
    ("dov,first,2027-02-09T10:00Z,A,a@example.org,,,,,", ""),
    ("dov,first,2027-02-09T11:15Z,A,a@example.org,,,,,", "overlaps line 24 of dov"),
]


def test_every_fault_of_a_file_is_named_by_its_line_and_nothing_changes(first: Service, tmp_path: Path) -> None:
    make.service("desk")
    make.booking(starts_at=TEN + timedelta(days=1), of=first)
    before = (Booking.objects.count(), Client.objects.count(), Message.objects.count())
    with pytest.raises(CommandError) as refused:
        run("import_bookings", file_of(tmp_path, *[text for text, _ in FAULTS]))

    said = str(refused.value).splitlines()
    expected = [(line, reason) for line, (_, reason) in enumerate(FAULTS, 2) if reason]
    assert len(expected) >= 20
    assert len(said) == len(expected) + 1
    assert [f"line {line}: " for line, _ in expected] == [each[: each.index(": ") + 2] for each in said[1:]]
    assert [reason for (_, reason), each in zip(expected, said[1:], strict=True) if reason not in each] == []
    assert (Booking.objects.count(), Client.objects.count(), Message.objects.count()) == before


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("", "The file is empty|column practitioner is missing"),
        (HEAD.replace("client_email,", ""), "line 1: The column client_email is missing"),
        ("\n,\n" + HEAD.replace("client_email,", ""), "line 3: The column client_email is missing"),
        (f"{HEAD},colour", "line 1: The column “colour” is not known"),
        (f"{HEAD},phone", "line 1: The column phone is there twice"),
    ],
)
def test_a_wrong_first_line_is_named(first: Service, tmp_path: Path, head: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run("import_bookings", file_of(tmp_path, row(), head=head))


@pytest.mark.parametrize("before", ["\n", "\n \n,,\n\n"])
def test_empty_lines_before_the_first_are_passed_over_and_counted(first: Service, tmp_path: Path, before: str) -> None:
    count = before.count("\n") + 1
    with pytest.raises(CommandError, match=f"line {count + 1}: practitioner: There is no “nobody”"):
        run("import_bookings", file_of(tmp_path, row(who="nobody"), head=before + HEAD))

    run("import_bookings", file_of(tmp_path, row(), head=before + HEAD))
    assert Booking.objects.count() == 1
    with pytest.raises(CommandError, match="The file is empty"):
        run("import_bookings", file_of(tmp_path, head=before))


def test_a_file_that_is_no_text_or_not_there_is_said_plainly(first: Service, tmp_path: Path) -> None:
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\xff\xfe" * 50)
    for file in (picture, tmp_path / "none.csv"):
        with pytest.raises(CommandError, match=r"cannot be read|not CSV"):
            run("import_bookings", file)


def test_a_room_is_never_given_twice_over_either(first: Service, tmp_path: Path) -> None:
    Service.objects.update(needs_room=True)
    Room.objects.create(slug="east", name="East")
    with pytest.raises(CommandError, match="line 3: room: No room is free then"):
        run("import_bookings", file_of(tmp_path, row(), row(who="dov")))


# --- the way back, and long files ---


def test_what_is_exported_imports_to_the_same(first: Service, tmp_path: Path) -> None:
    Room.objects.create(slug="east", name="East")
    rows = [
        row(TEN, client="'=cmd()|x,ada@example.org", more='+44 20 7946 0000,40,,east,"\'-1, or so"'),
        row(TEN + timedelta(days=1), who="dov", client="Zoë Müller,zoe@example.org"),
        row(NOW - timedelta(days=9), more=",,missed,,"),
    ]
    run("import_bookings", file_of(tmp_path, *rows))
    exported = run("export_bookings")
    Message.objects.all().delete()
    Request.objects.all().delete()
    Booking.objects.all().delete()
    Client.objects.all().delete()
    back = tmp_path / "back.csv"
    back.write_text(exported, encoding="utf-8", newline="")
    run("import_bookings", back)

    assert run("export_bookings") == exported
    assert note_of(Booking.objects.get(client__email="ada@example.org", status="booked")) == "-1, or so"


def test_no_cell_of_an_export_is_a_formula(first: Service, tmp_path: Path) -> None:
    run("import_bookings", file_of(tmp_path, row(client="'=HYPERLINK(1),ada@example.org", more="+44 20 7946 0000,,,,")))
    cells = next(csv.DictReader(StringIO(run("export_bookings"))))

    assert (cells["client_name"], cells["phone"]) == ("'=HYPERLINK(1)", "'+442079460000")


@given(st.text())
def test_a_harmless_cell_means_what_it_meant(text: str) -> None:
    assert meant(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def year_of_rows(count: int) -> list[str]:
    """Sessions of two practitioners, day after day, of a client for every ten."""
    begin = NOW.replace(hour=0) - timedelta(days=90)
    per_day = 10
    return [
        row(
            begin + timedelta(days=number // (2 * per_day), hours=6, minutes=100 * (number // 2 % per_day)),
            who=("clara", "dov")[number % 2],
            client=f"Client {number // 10},client{number // 10}@example.org",
        )
        for number in range(count)
    ]


def test_a_long_file_tells_how_far_it_is(first: Service, tmp_path: Path) -> None:
    """A year is 5,000 rows in 30 seconds; by default a quarter of it."""
    count, seconds = (5000, 30) if os.environ.get("FAULTS") == "full" else (1200, 15)
    told: list[str] = []
    text: Any = StringIO("\n".join([HEAD, *year_of_rows(count)]))
    began = time.perf_counter()
    done = importing.import_file(file=text, now=NOW, tell=told.append)

    assert (done.rows, done.clients, Booking.objects.count()) == (count, count // 10, count)
    assert "1000 rows read" in told
    assert f"{count} bookings written" in told
    assert time.perf_counter() - began < seconds, connection.vendor


def test_exports_keep_to_their_dates(first: Service, tmp_path: Path) -> None:
    run("import_bookings", file_of(tmp_path, *[row(TEN + timedelta(days=days)) for days in (0, 1, 2)]))
    said = run("export_bookings", "--from", "2027-02-09", "--to", "2027-02-09")

    assert [each["starts_at"] for each in csv.DictReader(StringIO(said))] == ["2027-02-09T10:00+00:00"]
    assert datetime(2027, 2, 9, 10, tzinfo=UTC) == TEN + timedelta(days=1)
