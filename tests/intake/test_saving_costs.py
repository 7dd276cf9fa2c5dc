"""What saving an answer and opening a long form cost, counted in queries.

Counted are the queries about the answer itself. Not counted is what every page of every site pays: the transaction's
own marks, the session, the practice and its numbers for the frame of the page, and following the link.
"""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intake import consents, opened, services
from intake.compiling import shipped
from intake.models import QuestionnaireVersion, Request
from tests import make
from tests.cast import NOW, ada
from tests.intake.answers import send

pytestmark = pytest.mark.django_db
ONCE = "FROM intake_questionnaireversion"  # a wording is read once in the life of a process
TABLES = ("intake_", "people_", "clinic_")
SAVING = [
    "SELECT intake_request.code,",
    "SELECT intake_response.code,",
    "UPDATE intake_response",
    "UPDATE intake_request",
]
FINDING = [
    "SELECT intake_consent",  # the request behind the link, and whether the answers may be kept
    "SELECT people_client.code,",
    "SELECT intake_response.code,",
]
FRAME = (
    ONCE,
    "SAVEPOINT",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "FROM people_practice",
    "django_session",
    "people_helpnumber",
)


@pytest.fixture(autouse=True)
def _practice() -> None:
    make.practice()
    make.help_numbers()


def counted(queries: CaptureQueriesContext) -> list[str]:
    found = [query["sql"].replace('"', "") for query in queries.captured_queries]
    return [sql for sql in found if not any(mark in sql for mark in FRAME)]


@pytest.fixture
def asked() -> Request:
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    services.save_page(asked=asked, slug="general", answers={"gen_goal": "sleep"}, now=NOW)
    return Request.objects.select_related("client", "practitioner").get(code=asked.code)


def test_an_autosave_costs_four_queries(asked: Request) -> None:
    with CaptureQueriesContext(connection) as queries:
        services.save_page(asked=asked, slug="general", answers={"gen_concern": 3}, now=NOW, is_continue=False)

    assert [_kind(sql) for sql in counted(queries)] == SAVING


def test_continue_costs_four_queries(asked: Request) -> None:
    with CaptureQueriesContext(connection) as queries:
        services.save_page(asked=asked, slug="general", answers={"gen_concern": 3}, now=NOW, page=2)

    assert [_kind(sql) for sql in counted(queries)] == SAVING


def test_continue_on_the_page_costs_three_more_to_find_it(asked: Request, client: Browser) -> None:
    """The request behind the link, its client, and the draft as it stands; the practice is looked up once."""
    address = reverse("intake-page", args=[make.intake_token(asked), 1, 2])
    found: list[str] = []

    def noted(run: Any, sql: str, *more: Any) -> Any:
        found.append(sql.replace('"', ""))
        return run(sql, *more)

    with connection.execute_wrapper(noted):
        answer = client.post(address, {"gen_wellbeing": "3"})

    assert answer.status_code == HTTPStatus.FOUND
    assert [_kind(sql) for sql in found if not any(mark in sql for mark in FRAME)] == [*FINDING, *SAVING]
    assert sum("FROM people_practice" in sql for sql in found) == 1


def _kind(sql: str) -> str:
    words = sql.split()
    return f"{words[0]} {next(word for word in words if word.startswith(TABLES))}"


def test_every_form_at_once_opens_in_under_ten_queries_however_often_they_came() -> None:
    asked = send(make.intake_request(reasons=["unsure"], needed_at=NOW), gen_meds=["thinner"], gen_conditions=["heart"])
    costs = []
    for weeks in (0, 8, 16):
        when = NOW + timedelta(weeks=weeks)
        if weeks:
            asked = send(make.intake_request(reasons=["unsure"], needed_at=when, now=when), now=when)
        row = Request.objects.select_related("client", "practitioner", "review").get(code=asked.code)
        with CaptureQueriesContext(connection) as queries:
            opened.read(row, now=when)
        costs.append(len(counted(queries)))

    assert max(costs) < 10, costs


def test_a_response_of_191_questions_opens_in_under_ten_queries() -> None:
    general = shipped()["general"]
    many = tuple(replace(general.item("gen_notes"), link_id=f"note_{number}") for number in range(191))
    long = replace(general, slug="long", version="1", items=many, scores=(), order=tuple(item.link_id for item in many))
    version = QuestionnaireVersion(slug="long", version="1", digest="x", definition=long.to_json(), created_at=NOW)
    version.save()
    response = make.answered(ada(), "general", {item.link_id: "a few words" for item in many})
    response.version, response.slug = version, "long"
    response.save()
    Request.objects.filter(code=response.request_id).update(questionnaires=["long"])
    row = Request.objects.select_related("client", "practitioner", "review").get(code=response.request_id)

    with CaptureQueriesContext(connection) as queries:
        seen = opened.read(row, now=NOW)

    assert len(seen.sections[0][1]) == 191
    assert len(counted(queries)) < 10, counted(queries)
