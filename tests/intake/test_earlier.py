"""The last answers used again: only with a code from the address on file, and never what was true of one day."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail
from intake import consents, documents, earlier, meaning
from intake.models import Flag, Request
from tests import make
from tests.cast import NOW
from tests.intake.answers import send

pytestmark = pytest.mark.django_db
THEN = NOW - timedelta(weeks=60)


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


@pytest.fixture
def again() -> Request:
    """Ada's form, due again after more than a year."""
    first = make.intake_request(needed_at=THEN, now=THEN)
    send(first, now=THEN, gen_goal="walk the dog", gen_meds=["thinner"], gen_today=["fever"], gen_concern=8)
    asked = make.intake_request()
    assert asked.questionnaires == ["general"]
    consents.keep_answers(asked=asked, now=NOW)
    return asked


def code_in_the_letter(asked: Request) -> str:
    mail = KINDS["earlier_code"].write(asked.about, NOW)
    assert isinstance(mail, Mail)
    assert mail.subject == "Your code"
    found = re.search(r"Your code is (\d{6})", mail.text)
    assert found
    return found[1]


def test_the_link_alone_shows_no_earlier_answer(client: Browser, again: Request) -> None:
    token = make.intake_token(again)

    tasks = client.get(reverse("intake-tasks", args=[token])).content.decode()
    pages = [client.get(reverse("intake-page", args=[token, 1, number])).content.decode() for number in (1, 2, 10)]
    check = client.get(reverse("intake-check", args=[token])).content.decode()

    assert "Use your last answers" in tasks
    assert not any("walk the dog" in page for page in [tasks, check, *pages])


def test_the_code_fills_in_what_still_holds_and_asks_the_rest_anew(client: Browser, again: Request) -> None:
    token = make.intake_token(again)
    address = reverse("intake-earlier", args=[token])
    client.post(address, {"send": "1"})

    answer = client.post(address, {"code": code_in_the_letter(again)})

    assert answer["Location"] == reverse("intake-tasks", args=[token])
    answers = meaning.opened(again, now=NOW)["general"].answers
    assert answers["gen_goal"] == "walk the dog"
    assert answers["gen_meds"] == ["thinner"]
    assert not {"gen_today", "gen_concern", "gen_wellbeing", "gen_pregnancy", "gen_surgery"} & set(answers)
    assert "walk the dog" in client.get(reverse("intake-check", args=[token])).content.decode()
    assert client.get(address)["Location"] == reverse("intake-tasks", args=[token])


def test_going_on_leads_to_what_is_about_today(client: Browser, again: Request) -> None:
    token = make.intake_token(again)
    earlier.send_code(asked=again, now=NOW)
    earlier.use_again(asked=again, typed=code_in_the_letter(again), now=NOW)

    page = client.get(reverse("intake-part", args=[token, 1]), follow=True).content.decode()

    assert "how much has this bothered you?" in page


def test_a_wrong_code_opens_nothing_and_five_of_them_end_it(client: Browser, again: Request) -> None:
    token = make.intake_token(again)
    address = reverse("intake-earlier", args=[token])
    client.post(address, {"send": "1"})
    right = code_in_the_letter(again)
    wrong = "111111" if right != "111111" else "222222"

    for _ in range(5):
        assert "That is not the code" in client.post(address, {"code": wrong}).content.decode()
    client.post(address, {"code": right})

    assert meaning.opened(again, now=NOW)["general"].answers == {}


def test_five_codes_are_all_that_one_day_brings_to_a_client(client: Browser, again: Request) -> None:
    for number in range(5):
        earlier.send_code(asked=again, now=NOW - timedelta(minutes=20 * (5 - number)))
    address = reverse("intake-earlier", args=[make.intake_token(again)])
    assert "as many codes as we send in one day" in client.post(address, {"send": "1"}, follow=True).content.decode()
    with pytest.raises(earlier.TooManyCodes):
        earlier.send_code(asked=again, now=NOW)
    assert Message.objects.filter(kind="earlier_code").count() == 5

    earlier.send_code(asked=again, now=NOW + timedelta(days=1))
    assert Message.objects.filter(kind="earlier_code").count() == 6


def test_a_code_is_too_old_after_a_quarter_of_an_hour(again: Request) -> None:
    earlier.send_code(asked=again, now=NOW)

    with pytest.raises(earlier.WrongCode):
        earlier.use_again(asked=again, typed=code_in_the_letter(again), now=NOW + timedelta(minutes=16))


def test_asking_twice_sends_one_code(again: Request) -> None:
    earlier.send_code(asked=again, now=NOW)
    first = documents.read(Request.objects.get(code=again.code))["code"]
    earlier.send_code(asked=again, now=NOW + timedelta(minutes=1))

    assert documents.read(Request.objects.get(code=again.code))["code"] == first
    assert Message.objects.filter(kind="earlier_code").count() == 1


def test_what_was_a_reason_to_talk_is_one_again(again: Request) -> None:
    old = make.intake_request(needed_at=THEN + timedelta(days=1), now=THEN)
    send(old, now=THEN + timedelta(hours=1), news_what=["injury"], gen_head_spine=["aneurysm"])
    earlier.send_code(asked=again, now=NOW)

    shown = earlier.use_again(asked=again, typed=code_in_the_letter(again), now=NOW)

    assert "c_aneurysm" in shown
    assert not Flag.objects.filter(response__request=again, severity="urgent").exists()


def test_without_an_address_nothing_is_offered(client: Browser, again: Request) -> None:
    again.client.may_email = False
    again.client.save()
    token = make.intake_token(again)

    assert "last answers" not in client.get(reverse("intake-tasks", args=[token])).content.decode()
