"""The practice file: every fault is named by line and field, and reading what was written gives the same."""

from datetime import date, datetime, time

import pytest

from bookings import practice_file
from bookings.yaml_lines import FileProblems
from clinic.people.steps import USUAL

ALL = """
practice: {name: Stillpoint, timezone: Europe/London}
rooms: [{slug: garden, name: Garden room}]
services:
  - {slug: first, minutes: 75}
practitioners:
  - slug: ama
    services: [first]
    hours:
      - {days: [mon, sat], from: 10:00, to: "24:00", room: garden, since: 2026-01-01, until: null}
    exceptions: [{on: 2026-12-24, hours: []}]
    time_off: [{from: "2026-12-28T00:00", to: "2027-01-02T00:00"}]
"""


def problems(text: str) -> list[str]:
    with pytest.raises(FileProblems) as caught:
        practice_file.read(text)
    return [str(each) for each in caught.value.problems]


def test_what_is_left_out_has_a_sensible_default() -> None:
    content = practice_file.read(ALL)

    assert content["policy"]["minimum_notice_hours"] == 24
    assert content["policy"]["quiet_from"] == time(20, 30)
    assert content["practice"]["language"] == "en-GB"
    assert practice_file.timing(content["letters"]) == USUAL
    assert content["services"][0] | {"slug": "", "minutes": 0} == {
        "slug": "", "name": None, "description": "", "minutes": 0, "before": 0, "after": 0, "price": "",
        "needs_room": False, "online": True, "asks": (),
    }  # fmt: skip
    assert content["practitioners"][0]["grid"] == 15
    assert content["practitioners"][0]["timezone"] is None


def test_times_are_read_as_written_with_or_without_quotes() -> None:
    person = practice_file.read(ALL)["practitioners"][0]

    assert (person["hours"][0]["from"], person["hours"][0]["to"]) == (600, 1440)
    assert person["hours"][0]["since"] == date(2026, 1, 1)
    assert person["time_off"][0]["from"] == datetime(2026, 12, 28)  # noqa: DTZ001 - the practitioner's wall clock


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("name: Stillpoint", "nme: Stillpoint", "line 2: practice.nme: This key is not known."),
        ("Europe/London", "Europe/Lundon", "line 2: practice.timezone: This must be a time zone"),
        ("minutes: 75", "minutes: long", "line 5: services[0].minutes: This must be a whole number from 1 to 1440."),
        ("minutes: 75", "minutes: 0", "line 5: services[0].minutes: This must be a whole number"),
        (", minutes: 75", "", "line 5: services[0].minutes: This is missing."),
        ("services: [first]", "services: [last]", "line 8: practitioners[0].services[0]: There is no service last."),
        ("room: garden", "room: attic", "line 10: practitioners[0].hours[0].room: There is no room attic."),
        ("[mon, sat]", "[moon]", "line 10: practitioners[0].hours[0].days[0]: There is no such day."),
        ("from: 10:00", "from: 25:00", "line 10: practitioners[0].hours[0].from: This must be a time of day"),
        ("from: 10:00", 'from: "24:00"', "line 10: practitioners[0].hours[0].from: A day begins at"),
        ("until: null", "until: 2025-01-01", "line 10: practitioners[0].hours[0]: `until` must not be before `since`."),
        ("2026-12-24", "Christmas", "line 11: practitioners[0].exceptions[0].on: This must be a date"),
        ("2027-01-02T00:00", "2026-01-02T00:00", "line 12: practitioners[0].time_off[0]: It must end after it begins."),
        ("slug: ama", "slug: a b", "line 7: practitioners[0].slug: This must be a short name"),
        ("slug: ama", "slug: ama\n    slug: eve", "line 8: practitioners[0].slug: This key stands here twice."),
        ("name: Garden room}]", "name: G}, {slug: garden, name: H}]", "line 3: rooms[1].slug: There is another room"),
        ("rooms: [{", "rooms: {a: [{", "line"),
        ("name: Stillpoint", 'name: "Still\\x1bpoint"', "line 2: practice.name: Leave out control characters"),
        ("name: Stillpoint", 'name: "Still\\npoint"', "line 2: practice.name: Leave out control characters and line"),
        ("name: Stillpoint", 'directions: "a\\x07"', "line 2: practice.directions: Leave out control characters;"),
        ("name: Stillpoint", 'phone: "\\ud800"', "line 2: practice.phone: Leave out control characters"),
        (
            "zone: Europe/London",
            "zone: Europe/London, language: tlh",
            "line 2: practice.language: There is no such",
        ),
        (
            "rooms:",
            "letters: {checkin_hours: 80}\nrooms:",
            "line 3: letters.checkin_hours: This must be a",
        ),
        ("rooms:", "letters: {off: [m06_urgent]}\nrooms:", "line 3: letters.off[0]: There is no such letter that may"),
        ("rooms:", "letters: {morning: noon}\nrooms:", "line 3: letters.morning: This must be a time of day"),
        ("rooms:", 'letters: {morning: "13:00"}\nrooms:', "line 3: letters: morning: Between 8:00 and 11:00."),
        (
            "rooms:",
            "letters: {expect_hours: 36, tomorrow_hours: 30}\nrooms:",
            "line 3: letters: tomorrow_hours: Leave",
        ),
        ("rooms:", "letters: {off: [m10_after, m11_morning]}\nrooms:", "line 3: letters: off: Keep one of the two"),
        ("name: Garden room", "name: Garden\x01room", "line 3: No file holds the character U+0001."),
    ],
)
def test_a_fault_is_named_by_line_and_field(was: str, becomes: str, said: str) -> None:
    assert problems(ALL.replace(was, becomes, 1))[0].startswith(said)


def test_every_fault_is_named_at_once_in_order() -> None:
    text = ALL.replace("minutes: 75", "minutes: x").replace("garden, since", "attic, since").replace("Stillpoint", '""')

    assert [each.split(":")[0] for each in problems(text)] == ["line 2", "line 5", "line 10"]


@pytest.mark.parametrize("text", ["", "- a\n- b", "practice: [", "\tpractice: {}"])
def test_what_is_no_practice_file_is_said_in_a_line(text: str) -> None:
    assert problems(text)[0].startswith("line 1")


def test_two_exceptions_on_one_date_are_a_fault() -> None:
    text = ALL.replace("[{on: 2026-12-24, hours: []}]", "[{on: 2026-12-24}, {on: 2026-12-24}]")

    assert problems(text) == ["line 11: practitioners[0].exceptions[1].on: There is another exception on this date."]
