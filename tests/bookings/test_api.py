"""The API for other programs: what it says, that it books once, and that it never answers with a page or a 500."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import schemathesis
import time_machine
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bookings import api as interface
from bookings import keys
from bookings.models import ApiKey, Booking, Service
from clinic.outbox.models import Message
from clinic.people.models import Client, Practice
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
MONDAY = "2027-02-08"


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who test a limit set it."""
    for limit in (interface.reads, interface.writes):
        monkeypatch.setattr(limit, "most", 0)
        limit.counters.clear()


@pytest.fixture
def secret(first: Service) -> str:
    return keys.make(name="front desk program", now=NOW)


def wish(start: datetime = TEN, **changes: Any) -> dict[str, Any]:
    client = {"name": "Ada Byron", "email": "ada@example.org"}
    return {"service": "first", "practitioner": "clara", "starts_at": start.isoformat(), "client": client, **changes}


def post(secret: str, body: object, key: str = "k1") -> Any:
    headers = {"authorization": f"Bearer {secret}", "idempotency-key": key}
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return Browser().post("/api/v1/bookings", text, content_type="application/json", headers=headers)


def get(**asked: str) -> Any:
    return Browser().get("/api/v1/slots", {"service": "first", "from": MONDAY, "to": MONDAY, **asked})


# --- reading ---


def test_services_say_what_can_be_booked_and_with_whom(first: Service) -> None:
    make.service("desk-only", is_online=False)
    found = Browser().get("/api/v1/services").json()

    assert [each["slug"] for each in found] == ["first"]
    assert found[0]["practitioners"] == ["clara", "dov"]
    assert (found[0]["minutes"], found[0]["price"]) == (75, "£85")


def test_slots_are_sorted_and_carry_their_offset(first: Service) -> None:
    make.booked(start=TEN.replace(hour=9))
    found = get().json()["slots"]

    assert found[0] == {"starts_at": "2027-02-08T09:00:00Z", "practitioners": ["dov"]}
    assert found[-1] == {"starts_at": "2027-02-08T15:45:00Z", "practitioners": ["clara", "dov"]}
    assert [each["starts_at"] for each in found] == sorted(each["starts_at"] for each in found)


def test_one_practitioner_or_anyone(first: Service) -> None:
    make.booked(start=TEN.replace(hour=9))

    assert get(practitioner="clara").json()["slots"][0]["starts_at"] == "2027-02-08T10:30:00Z"
    assert get(practitioner="").json() == get().json()


def test_without_dates_all_that_can_be_booked_is_listed_and_far_dates_are_no_more(first: Service) -> None:
    everything = get(**{"from": "", "to": ""}).json()["slots"]

    assert everything[0]["starts_at"].startswith("2027-02-02")
    assert everything[-1]["starts_at"].startswith("2027-05-02")
    assert Browser().get("/api/v1/slots?service=first").json()["slots"] == everything
    assert get(**{"from": "0001-01-01", "to": "9999-12-31"}).json()["slots"] == everything
    assert get(**{"from": "9000-01-01", "to": "9999-12-31"}).json()["slots"] == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"service": "none"}, "service"),
        ({"service": ""}, "service"),
        ({"practitioner": "none"}, "practitioner"),
        ({"practitioner": "é" * 60}, "practitioner"),
        ({"from": "soon"}, "from"),
        ({"from": "2027-02-30"}, "from"),
        ({"from": "20270201"}, "from"),
        ({"to": "1e9999"}, "to"),
        ({"to": "2027-02-01"}, "to"),
    ],
)
def test_what_is_asked_wrongly_is_named(first: Service, asked: dict[str, str], field: str) -> None:
    answer = get(**asked)

    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [field]


def test_a_year_of_slots_takes_as_many_queries_as_a_day(first: Service) -> None:
    Practice.objects.update(window_days=400)
    counts = []
    for last in (MONDAY, "2028-01-01"):
        with CaptureQueriesContext(connection) as queries:
            assert get(to=last).status_code == 200
        counts.append(len(queries))

    assert counts == [2, 2]  # the service with the practice, the calendars


# --- booking ---


def test_a_booking_is_made_with_its_letters(secret: str) -> None:
    answer = post(secret, wish())

    assert answer.status_code == 201
    booking = Booking.objects.get()
    assert answer.json() == {
        "code": str(booking.code),
        "status": "booked",
        "service": "first",
        "practitioner": "clara",
        "starts_at": "2027-02-08T10:00:00Z",
        "ends_at": "2027-02-08T11:15:00Z",
        "local_time": "2027-02-08T10:00:00+00:00",
    }
    assert booking.client == cast.ada()
    assert Message.objects.filter(kind="m00_booked", about=booking.code).exists()


def test_the_same_again_is_answered_the_same_and_books_once(secret: str) -> None:
    answers = [post(secret, wish()) for _ in range(3)]
    same_moment = wish()
    same_moment["starts_at"] = "2027-02-08T11:00:00+01:00"

    assert {each.status_code for each in answers} == {201}
    assert {each.content for each in [*answers, post(secret, same_moment)]} == {answers[0].content}
    assert Booking.objects.count() == 1


def test_other_data_under_the_same_key_is_refused(secret: str) -> None:
    post(secret, wish())
    answer = post(secret, wish(TEN + timedelta(hours=3)))

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["fields"]
    assert Booking.objects.count() == 1


def test_another_program_may_use_the_same_idempotency_key(secret: str) -> None:
    other = keys.make(name="other", now=NOW)
    post(secret, wish())

    assert post(other, wish(TEN + timedelta(hours=3))).status_code == 201


def test_without_a_wish_for_somebody_the_fairest_gets_it(secret: str) -> None:
    make.booked(start=TEN.replace(hour=13))

    assert post(secret, wish(practitioner=None)).json()["practitioner"] == "dov"


def test_a_taken_time_names_the_next_free_ones_and_can_be_tried_again(secret: str) -> None:
    make.booked("Ben Okri", start=TEN)
    answer = post(secret, wish())

    assert answer.status_code == 409
    assert [each["starts_at"] for each in answer.json()["next"]][:2] == ["2027-02-08T11:30:00Z", "2027-02-08T11:45:00Z"]
    Booking.objects.update(status="missed")
    assert post(secret, wish()).status_code == 201


@pytest.mark.parametrize("start", [TEN + timedelta(minutes=5), TEN.replace(hour=3), NOW, TEN + timedelta(days=900)])
def test_a_time_that_may_not_be_booked_is_as_good_as_taken(secret: str, start: datetime) -> None:
    answer = post(secret, wish(start))

    assert answer.status_code == 409
    assert Booking.objects.count() == 0


def test_the_cap_for_one_client_is_said_in_words(secret: str) -> None:
    Practice.objects.update(max_upcoming_per_client=1)
    post(secret, wish())
    answer = post(secret, wish(TEN + timedelta(hours=3)), "k2")

    assert answer.status_code == 409
    assert "1 sessions booked already" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"service": "none"}, "service"),
        ({"service": None}, "service"),
        ({"practitioner": "none"}, "practitioner"),
        ({"starts_at": "2027-02-08T10:00:00"}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59:59-12:00"}, "starts_at"),
        ({"starts_at": 10**400}, "starts_at"),
        ({"starts_at": "2027-13-01T00:00Z"}, "starts_at"),
        ({"client": {"email": "a@example.org"}}, "client.name"),
        ({"client": {"name": "A", "email": "nobody"}}, "client.email"),
        ({"client": {"name": "", "email": "a@example.org"}}, "client.name"),
        ({"client": {"name": "A\0B", "email": "a@example.org"}}, "client.name"),
        ({"client": {"name": "\ud800", "email": "a@example.org"}}, "client.name"),
        ({"client": {"name": "A" * 121, "email": "a@example.org"}}, "client.name"),
        ({"client": {"name": "A", "email": "a@example.org", "phone": "12"}}, "client.phone"),
    ],
)
def test_each_bad_field_is_named_and_nothing_is_booked(secret: str, changes: dict[str, Any], field: str) -> None:
    answer = post(secret, wish(**changes))

    assert answer.status_code == 422, answer.content
    assert list(answer.json()["fields"]) == [field]
    assert Booking.objects.count() == Client.objects.count() == 0


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "NaN", b"\xff", '{"service": "first"' + "}" * 9, "[" * 90_000])
def test_a_body_that_is_no_json_object_is_refused(secret: str, body: str) -> None:
    assert post(secret, body).status_code in {400, 422}


def test_a_body_that_is_too_long_is_refused(secret: str) -> None:
    assert post(secret, '"' + "x" * 1_100_000 + '"').status_code == 413


@pytest.mark.parametrize("key", ["", "a" * 201, "two words", "é"])
def test_an_idempotency_key_must_be_there_and_plain(secret: str, key: str) -> None:
    answer = post(secret, wish(), key)

    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["Idempotency-Key"]


# --- keys, limits, and what is no operation ---


def test_booking_needs_a_key_that_is_in_use(secret: str) -> None:
    ApiKey.objects.update(revoked_at=NOW)
    wrong = [secret, "", "guess", "\x01", "a b"]

    assert {post(each, wish()).status_code for each in wrong} == {401}
    assert Browser().post("/api/v1/bookings", wish(), content_type="application/json").status_code == 401
    assert post(secret, wish()).json()["detail"].startswith("Send a key")


def test_too_many_requests_of_one_address_wait(
    first: Service, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    cache.clear()
    monkeypatch.setattr(interface.reads, "most", 40)
    monkeypatch.setattr(interface.reads, "step", 5)
    answers = [Browser().get("/api/v1/services") for _ in range(45)]

    assert [each.status_code for each in answers] == [200] * 40 + [429] * 5
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert Browser(REMOTE_ADDR="10.0.0.9").get("/api/v1/services").status_code == 200
    clock.shift(timedelta(seconds=61))
    assert Browser().get("/api/v1/services").status_code == 200


def test_another_process_counts_on(first: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(interface.reads, "most", 10)
    monkeypatch.setattr(interface.reads, "step", 2)
    for _ in range(8):
        Browser().get("/api/v1/services")
    interface.reads.counters.clear()  # as in a process that has just begun

    assert [Browser().get("/api/v1/services").status_code for _ in range(4)].count(429) >= 1


def test_too_many_bookings_with_one_key_wait(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(interface.writes, "most", 2)

    assert [post(secret, wish(), f"k{number}").status_code for number in range(3)] == [201, 409, 429]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_wrong_method_is_said_in_json(first: Service, method: str) -> None:
    answer = getattr(Browser(), method)("/api/v1/slots")

    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("address", ["", "none", "bookings/", "slots/1", "docs"])
def test_an_address_that_is_not_there_is_said_in_json(first: Service, address: str) -> None:
    for answer in (Browser().get(f"/api/v1/{address}"), Browser().post(f"/api/v1/{address}")):
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/json"


def test_a_null_byte_is_refused_in_json(first: Service) -> None:
    for answer in (get(service="a\0b"), Browser().get("/api/v1/a%00b")):
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")


# --- the schema, and odd requests made from it ---


def test_the_schema_is_published(first: Service) -> None:
    schema = Browser().get("/api/v1/openapi.json").json()

    assert set(schema["paths"]) == {"/api/v1/services", "/api/v1/slots", "/api/v1/bookings"}
    assert schema["paths"]["/api/v1/bookings"]["post"]["security"]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A request that comes by WSGI would close the connection that holds the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("operation", ["GET /api/v1/services", "GET /api/v1/slots", "POST /api/v1/bookings"])
def test_no_odd_request_is_answered_with_a_server_error(secret: str, operation: str) -> None:
    method, address = operation.split()
    schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
    checks = [not_a_server_error, response_schema_conformance, content_type_conformance, status_code_conformance]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=schema[address][method].as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=checks)

    ask()
