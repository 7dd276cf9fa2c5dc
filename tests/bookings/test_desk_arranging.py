"""The owner's pages: sessions on offer, rooms, practitioners, the practice, policies, numbers to call in need."""

from datetime import date

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from bookings import arranging
from bookings.arranging import POLICY_FIELDS, PRACTICE_FIELDS
from bookings.door import Refused
from bookings.models import Booking, Room, Service
from clinic.people.models import AuditEvent, HelpNumber, Practice
from tests import cast, make
from tests.cast import NOW

pytestmark = pytest.mark.django_db
SESSION = {"name": "Long rest", "minutes": "90", "buffer_before": "0", "buffer_after": "15", "price": "£95"}
OWNERS = ["desk-services", "desk-service-new", "desk-rooms", "desk-practice", "desk-policies", "desk-help-numbers"]


@pytest.fixture
def desk(client: Browser, first: Service) -> Browser:
    client.force_login(cast.olu())
    return client


@pytest.mark.parametrize("name", OWNERS)
def test_nobody_but_the_owner_finds_these_pages(client: Browser, first: Service, name: str) -> None:
    for user in (cast.fay(), cast.user_of(cast.clara())):
        client.force_login(user)
        assert client.get(reverse(name)).status_code == 404


def test_a_session_is_made_offered_and_changed(desk: Browser) -> None:
    typed = {**SESSION, "is_online": "on", "asks": ["jaw"], "offered_by": [str(cast.clara().code)]}
    assert desk.post(reverse("desk-service-new"), typed)["Location"] == reverse("desk-services")
    made = Service.objects.get(slug="long-rest")
    assert (made.minutes, made.asks, list(made.practitioners.all())) == (90, ["jaw"], [cast.clara()])

    desk.post(reverse("desk-service", args=["long-rest"]), {**SESSION, "minutes": "80"})
    made.refresh_from_db()
    assert (made.minutes, made.is_online, made.practitioners.count()) == (80, False, 0)
    assert AuditEvent.objects.filter(about=str(made.code), actor=cast.olu()).count() == 2


def test_bad_numbers_are_named_and_what_was_typed_stays(desk: Browser) -> None:
    html = desk.post(reverse("desk-service-new"), {**SESSION, "minutes": "0", "name": ""}).content.decode()

    assert "Name: fill this in." in html
    assert "Minutes: 5 or more." in html
    assert 'value="£95"' in html
    assert Service.objects.count() == 1


def test_what_is_booked_keeps_its_length(desk: Browser) -> None:
    booking = make.booked()
    desk.post(reverse("desk-service", args=["first"]), {**SESSION, "minutes": "30"})

    ends_at = booking.ends_at
    booking.refresh_from_db()
    assert booking.ends_at == ends_at


def test_the_order_goes_up_and_down_and_stops_at_the_end(desk: Browser) -> None:
    second = make.service("second", name="Second", position=1)
    desk.post(reverse("desk-service-change", args=["second"]), {"do": "up"})
    assert [each.slug for each in Service.objects.all()] == ["second", "first"]

    second.refresh_from_db()
    with pytest.raises(Refused):
        arranging.shift(service=second, by=-1, actor=cast.olu(), now=NOW)
    assert [each.slug for each in Service.objects.all()] == ["second", "first"]


def test_a_retired_session_cannot_be_booked_and_comes_back(desk: Browser) -> None:
    make.booked()
    assert "1 session to come" in desk.get(reverse("desk-service", args=["first"])).content.decode()
    desk.post(reverse("desk-service-change", args=["first"]), {"do": "retire"})
    assert not Service.objects.online().exists()
    assert Booking.objects.get().status == "booked"

    desk.post(reverse("desk-service-change", args=["first"]), {"do": "restore"})
    assert Service.objects.online().exists()


def test_rooms_are_made_renamed_and_taken_out_of_use(desk: Browser) -> None:
    desk.post(reverse("desk-rooms"), {"name": "Garden room"})
    desk.post(reverse("desk-rooms"), {"name": "Garden room"})
    assert sorted(Room.objects.values_list("slug", flat=True)) == ["garden-room", "garden-room-2"]

    desk.post(reverse("desk-room", args=["garden-room"]), {"name": "Attic"})
    desk.post(reverse("desk-room-change", args=["garden-room"]), {"do": "retire"})
    attic = Room.objects.get(slug="garden-room")
    assert (attic.name, attic.is_active) == ("Attic", False)
    desk.post(reverse("desk-room-change", args=["garden-room"]), {"do": "restore"})
    assert Room.objects.get(slug="garden-room").is_active
    assert "Name of the room: fill this in." in desk.post(reverse("desk-rooms"), {"name": " "}).content.decode()


def test_a_practitioner_keeps_her_own_basics_and_nobody_elses(client: Browser, first: Service) -> None:
    client.force_login(cast.user_of(cast.clara()))
    typed = {"name": "Clara W.", "email": "c@example.org", "timezone": "Europe/Lisbon", "grid": "30"}
    client.post(reverse("desk-practitioner", args=["clara"]), typed)

    clara = cast.clara()
    assert (clara.name, clara.timezone, clara.grid, clara.services.count()) == ("Clara W.", "Europe/Lisbon", 30, 0)
    assert client.get(reverse("desk-practitioner", args=["dov"])).status_code == 404
    html = client.post(reverse("desk-practitioner", args=["clara"]), {**typed, "grid": "1"}).content.decode()
    assert "Minutes between possible starts: 5 or more." in html


def stored(*names: str) -> dict[str, object]:
    return {name: getattr(Practice.objects.the(), name) for name in names}


def test_the_practices_facts_and_policies_are_separate_pages(desk: Browser) -> None:
    facts = {name: value or "" for name, value in stored(*PRACTICE_FIELDS).items()}
    desk.post(reverse("desk-practice"), {**facts, "name": "Stillness", "country": "ie"})
    assert stored("name", "country", "window_days") == {"name": "Stillness", "country": "IE", "window_days": 90}

    policies = {name: "" if value is None else value for name, value in stored(*POLICY_FIELDS).items()}
    policies |= {"window_days": "30", "max_per_day": "4", "offer_hours": "8", "ask_self_harm": ""}
    desk.post(reverse("desk-policies"), policies)
    assert stored("name", "window_days", "max_per_day") == {"name": "Stillness", "window_days": 30, "max_per_day": 4}
    assert stored("offer_hours") == {"offer_hours": 8}


@pytest.mark.parametrize("bad", ["Still\x1bpoint", "Still\u2028point", "Still\npoint"])
def test_control_characters_in_the_practices_facts_are_refused(desk: Browser, bad: str) -> None:
    facts = {name: value or "" for name, value in stored(*PRACTICE_FIELDS).items()}

    assert "Write one line only." in desk.post(reverse("desk-practice"), {**facts, "name": bad}).content.decode()
    many = desk.post(reverse("desk-practice"), {**facts, "directions": "First left.\x07"}).content.decode()
    assert "Leave out control characters." in many
    assert stored("name", "directions") == {"name": "Stillpoint", "directions": ""}

    assert desk.post(reverse("desk-practice"), {**facts, "directions": "First left.\r\nRing twice."}).status_code == 302


def test_wrong_facts_and_policies_are_named_and_change_nothing(desk: Browser) -> None:
    facts = {name: value or "" for name, value in stored(*PRACTICE_FIELDS).items()}
    assert "Enter two letters" in desk.post(reverse("desk-practice"), {**facts, "country": "1"}).content.decode()
    policies = {name: "" if value is None else value for name, value in stored(*POLICY_FIELDS).items()}
    wrong = {"window_days": "0", "max_per_day": "0", "offer_hours": "73"}
    html = desk.post(reverse("desk-policies"), {**policies, **wrong}).content.decode()

    assert "enter a whole number from 1 to 3660." in html
    assert "enter a whole number from 1 to 1000." in html
    assert "enter a whole number from 1 to 72." in html
    assert stored("country", "window_days", "max_per_day") == {"country": "GB", "window_days": 90, "max_per_day": None}


def numbers() -> dict[str, str]:
    typed: dict[str, str] = {}
    for row in HelpNumber.objects.filter(country="GB"):
        typed |= {f"{row.kind}_words": row.words, f"{row.kind}_tel": row.tel, f"{row.kind}_verified_on": "2027-02-01"}
    return typed


def test_numbers_that_nobody_checked_for_90_days_are_asked_about(desk: Browser) -> None:
    address = reverse("desk-help-numbers")
    assert "Please check these numbers" in desk.get(address).content.decode()

    assert desk.post(address, numbers()).status_code == 302
    assert "Please check these numbers" not in desk.get(address).content.decode()

    HelpNumber.objects.filter(kind="crisis_line").update(verified_on=date(2026, 11, 2))  # 91 days
    assert "Crisis line. Nobody has written down a check" in desk.get(address).content.decode()


def test_a_number_that_is_emptied_goes(desk: Browser) -> None:
    desk.post(reverse("desk-help-numbers"), {**numbers(), "crisis_line_words": ""})

    assert not HelpNumber.objects.filter(kind="crisis_line").exists()
    assert HelpNumber.objects.count() == 3


def test_a_number_that_cannot_be_dialled_or_checked_tomorrow_is_named(desk: Browser) -> None:
    typed = {**numbers(), "emergency_tel": "nine", "maternity_verified_on": "2027-02-02", "emergency_words": ""}
    html = desk.post(reverse("desk-help-numbers"), typed).content.decode()

    assert "Use numbers, spaces and + only." in html
    assert "This day has not come yet." in html
    assert "Emergency, in a sentence: fill this in." in html


def test_the_list_takes_as_many_queries_for_one_session_as_for_three(
    desk: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        with django_assert_num_queries(7):
            desk.get(reverse("desk-services"))
        make.offers(cast.clara(), make.service(f"more-{number}"))
