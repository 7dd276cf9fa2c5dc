"""A question about what was sent: a letter that tells nothing, an answer behind the link, and word that it came."""

from datetime import timedelta
from http import HTTPStatus

import html5lib
import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail, Stop
from intake import asking
from intake.models import Question, Request
from intake.services import NotOpen, call_off
from tests import make
from tests.cast import NOW, clara, dov, fay, user_of
from tests.intake.answers import send

pytestmark = pytest.mark.django_db
TEXT = "Which side of your jaw clicks?"


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


def asked_about(text: str = TEXT) -> Request:
    asked = send(make.intake_request())
    asking.ask(asked=asked, text=text, by=user_of(clara()), now=NOW)
    return asked


def letters_of(asked: Request) -> dict[str, str]:
    kinds = ("question", "question_answered")
    return dict(Message.objects.filter(about=asked.about, kind__in=kinds).values_list("kind", "status"))


def test_asking_from_the_page_sends_a_letter_that_tells_nothing(client: Browser) -> None:
    asked = send(make.intake_request())
    client.force_login(user_of(clara()))

    answer = client.post(reverse("desk-intake-ask", args=[asked.code]), {"ask-text": TEXT}, follow=True)

    assert "Ada gets a letter that you have a question." in answer.content.decode()
    mail = KINDS["question"].write(asked.about, NOW)
    assert isinstance(mail, Mail)
    assert mail.subject == "A short question before we meet"
    assert "jaw" not in mail.text + mail.html
    assert "/questions/" in mail.text


def test_an_empty_question_is_not_asked(client: Browser) -> None:
    asked = send(make.intake_request())
    client.force_login(user_of(clara()))

    page = client.post(reverse("desk-intake-ask", args=[asked.code]), {"ask-text": " "}).content.decode()

    assert "Write your question." in page
    assert Question.objects.count() == 0


@pytest.mark.parametrize("who", [fay, lambda: user_of(dov())])
@pytest.mark.parametrize("name", ["desk-intake-ask", "desk-intake-seen"])
def test_nobody_else_asks_or_reads(client: Browser, name: str, who: object) -> None:
    asked = asked_about()
    client.force_login(who())  # type: ignore[operator]

    assert client.post(reverse(name, args=[asked.code]), {"ask-text": "?"}).status_code == HTTPStatus.NOT_FOUND
    assert Question.objects.count() == 1


def test_the_client_reads_and_answers_by_the_link(client: Browser) -> None:
    asked = asked_about()
    address = reverse("intake-questions", args=[make.intake_token(asked)])
    row = Question.objects.get()
    html5lib.HTMLParser(strict=True).parse(client.get(address).content.decode())
    assert TEXT in client.get(address).content.decode()

    empty = client.post(address, {"question": row.code.hex})
    assert "Write a few words." in empty.content.decode()
    client.post(address, {"question": row.code.hex, f"q{row.code.hex[:8]}-words": "The left one."})

    [each] = asking.of(asked)
    assert (each.text, each.answer, each.row.answered_at) == (TEXT, "The left one.", NOW)
    assert letters_of(asked) == {"question": "superseded", "question_answered": "queued"}


def test_the_answer_stands_in_the_list_until_it_is_read(client: Browser) -> None:
    asked = asked_about()
    client.force_login(user_of(clara()))
    client.post(reverse("desk-intake-read", args=[asked.code]), follow=True)
    assert "Ada" not in client.get("/desk/intakes/").content.decode()

    asking.answer(asked=asked, question=Question.objects.get(), words="The left one.", now=NOW)

    assert "Answer to your question" in client.get("/desk/intakes/").content.decode()
    assert "The left one." in client.get(reverse("desk-intake", args=[asked.code])).content.decode()
    client.post(reverse("desk-intake-seen", args=[asked.code]))
    assert "Ada" not in client.get("/desk/intakes/").content.decode()
    assert letters_of(asked)["question_answered"] == "superseded"


def test_an_answer_may_be_changed_until_it_is_read() -> None:
    asked = asked_about()
    row = Question.objects.get()
    asking.answer(asked=asked, question=row, words="Left.", now=NOW)
    asking.answer(asked=asked, question=row, words="Right.", now=NOW + timedelta(hours=1))
    assert asking.of(asked)[0].answer == "Right."

    asking.note_seen(asked=asked, by=user_of(clara()), now=NOW)
    with pytest.raises(NotOpen):
        asking.answer(asked=asked, question=row, words="Both.", now=NOW)
    assert asking.of(asked)[0].answer == "Right."


def test_a_cancelled_session_asks_no_more() -> None:
    asked = asked_about()

    call_off(about=asked.about, now=NOW)

    assert letters_of(asked) == {"question": "superseded"}
    assert isinstance(KINDS["question"].write(asked.about, NOW), Stop)
