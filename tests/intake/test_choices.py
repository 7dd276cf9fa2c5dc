"""What a client may change at any time by the link: touch, letters, consents, and answers nobody has read."""

from http import HTTPStatus

import html5lib
import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from clinic.people.models import AuditEvent
from intake import consents, documents, reviewing, signing
from intake.models import Consent, Flag, Request, Response, Score
from intake.regions import AREAS
from tests import make
from tests.cast import NOW, ada, clara, user_of
from tests.intake.answers import SIGNED, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


def at(name: str, asked: Request) -> str:
    return reverse(f"intake-{name}", args=[make.intake_token(asked)])


def test_touch_can_be_changed_after_sending_and_holds_at_once(client: Browser) -> None:
    asked = send(make.intake_request())
    html5lib.HTMLParser(strict=True).parse(client.get(at("choices", asked)).content.decode())

    answer = client.post(at("choices", asked), {**dict.fromkeys(AREAS, "yes"), "belly": "no", "change": "touch"})

    assert answer["Location"].endswith("/choices/?saved=1")
    assert consents.touch_map(ada())["belly"] == "no"
    assert Consent.objects.filter(kind="touch").count() == 2  # what was agreed before stays on record
    assert AuditEvent.objects.filter(verb="changed").get().fields == ["touch"]


def test_a_place_without_an_answer_is_asked_for(client: Browser) -> None:
    asked = send(make.intake_request())

    page = client.post(at("choices", asked), {"belly": "no", "change": "touch"}).content.decode()

    assert "<title>Error: " in page
    assert consents.touch_map(ada())["belly"] == "yes"


def test_letters_can_be_stopped_and_started(client: Browser) -> None:
    asked = send(make.intake_request())

    client.post(at("choices", asked), {"wants_aftercare": "no", "wants_email_detail": "no", "change": "letters"})
    assert ada().wants_aftercare is False
    client.post(at("choices", asked), {"wants_aftercare": "yes", "wants_email_detail": "yes", "change": "letters"})

    assert (ada().wants_aftercare, ada().wants_email_detail) == (True, True)
    live = Consent.objects.filter(kind="email_detail", withdrawn_at=None).select_related("client").get()
    assert documents.read(live)["answer"] is True


def test_keeping_answers_can_be_taken_back_and_the_page_says_what_follows(client: Browser) -> None:
    sent, asked = send(make.intake_request()), make.intake_request()
    make.begin(asked, news_what=["none"])
    assert "Then I delete what you have not sent yet" in client.get(at("choices", asked)).content.decode()

    client.post(at("choices", asked), {"change": "keep"})

    assert not consents.may_keep_answers(ada())
    assert list(Response.objects.values_list("request", flat=True)) == [sent.code]
    assert client.get(at("tasks", asked)).status_code == HTTPStatus.FOUND  # to the start, which asks again


def test_what_waits_for_a_person_is_not_deleted(client: Browser) -> None:
    asked = make.begin(make.intake_request(), gen_today=["chest"])

    client.post(at("choices", asked), {"change": "keep"})

    assert Flag.objects.get().is_waiting


def test_sent_answers_can_be_changed_until_they_are_read(client: Browser) -> None:
    asked = send(make.intake_request(), gen_goal="sleep", gen_head_spine=["aneurysm"])
    assert "Change my answers" in client.get(at("done", asked)).content.decode()

    answer = client.post(at("reopen", asked))

    assert answer["Location"].endswith("/check/")
    assert "sleep" in client.get(answer["Location"]).content.decode()
    assert Score.objects.count() == 0
    assert Flag.objects.get().is_waiting
    asked.refresh_from_db()
    signing.sign(asked=asked, now=NOW, **SIGNED)
    assert (Score.objects.count(), Flag.objects.get().state) == (1, "open")


def test_what_was_read_stays_as_it_was_sent(client: Browser) -> None:
    asked = send(make.intake_request())
    reviewing.mark_read(asked=asked, by=user_of(clara()), now=NOW)

    assert "Change my answers" not in client.get(at("done", asked)).content.decode()
    assert client.post(at("reopen", asked))["Location"].endswith("/done/")
    assert Request.objects.get(code=asked.code).sent_at == NOW
    assert client.get(at("reopen", asked)).status_code == HTTPStatus.METHOD_NOT_ALLOWED
