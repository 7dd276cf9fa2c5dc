"""What is kept of an unfinished form: everything, on any device, through a new wording, for 30 days; then nothing."""

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from intake import meaning, retention, services, versions
from intake.models import Flag, Request, Response
from intake.tasks import forget_drafts
from tests import make
from tests.cast import NOW
from tests.intake.answers import send

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


@pytest.fixture
def asked() -> Request:
    return make.begin(make.intake_request(), gen_goal="sleep on my side")


def test_the_link_resumes_30_days_after_the_session_and_not_a_day_longer(
    client: Browser, asked: Request, time_machine: TimeMachineFixture
) -> None:
    address = reverse("intake-page", args=[make.intake_token(asked), 1, 1])

    time_machine.move_to(asked.needed_at + MONTH - timedelta(minutes=1), tick=False)
    assert "sleep on my side" in client.get(address).content.decode()
    time_machine.move_to(asked.needed_at + MONTH + timedelta(minutes=1), tick=False)
    assert client.get(address).status_code == HTTPStatus.NOT_FOUND


def test_a_form_that_is_published_anew_in_between_keeps_the_question_that_was_answered(
    asked: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = versions.definition_in_use("general")
    items = tuple(replace(item, text="Reworded") if item.link_id == "gen_goal" else item for item in old.items)
    new = replace(old, version="2", items=items)
    monkeypatch.setattr(versions, "definition_in_use", lambda slug: new)

    services.save_page(asked=asked, slug="general", answers={"gen_concern": 4}, now=NOW)

    reading = meaning.opened(asked, now=NOW)["general"]
    assert reading.answers == {"gen_goal": "sleep on my side", "gen_concern": 4}
    assert reading.definition.item("gen_goal").text == old.item("gen_goal").text


def test_what_was_never_sent_is_forgotten_a_month_after_the_session(asked: Request) -> None:
    assert retention.forget_drafts(now=asked.needed_at + MONTH - timedelta(hours=1)) == 0
    assert retention.forget_drafts(now=asked.needed_at + MONTH + timedelta(hours=1)) == 1
    assert Response.objects.count() == 0


def test_what_was_sent_stays() -> None:
    send(make.intake_request())

    assert retention.forget_drafts(now=NOW + 20 * MONTH) == 0
    assert Response.objects.count() == 1


def test_what_waits_for_a_person_stays() -> None:
    make.begin(make.intake_request(), gen_today=["chest"])

    assert retention.forget_drafts(now=NOW + 20 * MONTH) == 0
    assert Flag.objects.get().is_waiting


def test_the_night_shift_does_it_twice_without_harm(asked: Request, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(asked.needed_at + 2 * MONTH, tick=False)

    forget_drafts()
    forget_drafts()

    assert Response.objects.count() == 0


def test_every_page_of_questions_can_be_left_at_once(client: Browser, asked: Request) -> None:
    token = make.intake_token(asked)

    for name, more in [("start", []), ("page", [1, 1]), ("tasks", []), ("touch", []), ("check", [])]:
        page = client.get(reverse(f"intake-{name}", args=[token, *more])).content.decode()
        assert 'rel="noreferrer" data-leave>Leave this page</a>' in page, name
