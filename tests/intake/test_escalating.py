"""An urgent answer that nobody takes in hand: a second person is told, until somebody sees to it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail, Stop
from clinic.people.models import User
from intake import flagging
from intake.models import Flag, Request
from tests import make
from tests.cast import NOW, clara, dov, fay, olu, user_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


def urgent() -> Request:
    return make.begin(make.intake_request(), gen_today=["chest"])


def planned() -> list[tuple[str, object]]:
    return list(Message.objects.filter(kind="urgent_second").values_list("status", "due_at"))


def test_a_second_person_is_told_after_an_hour() -> None:
    olu()
    asked = urgent()

    assert planned() == [("queued", NOW + HOUR)]
    mail = KINDS["urgent_second"].write(asked.about, NOW + HOUR)
    assert isinstance(mail, Mail)
    assert (mail.to, mail.subject) == ("olu@example.org", "An urgent answer still waits")
    assert "Ada" not in mail.text
    assert f"/desk/alerts/{Flag.objects.get().code}/" in mail.text


def test_nobody_is_told_before_the_deadline() -> None:
    olu()

    assert isinstance(KINDS["urgent_second"].write(urgent().about, NOW), Stop)


def test_where_the_owner_is_the_practitioner_another_one_is_told() -> None:
    owner = user_of(clara())
    owner.role = User.Role.OWNER
    owner.save()
    dov()

    mail = KINDS["urgent_second"].write(urgent().about, NOW + HOUR)

    assert isinstance(mail, Mail)
    assert mail.to == "dov@example.org"


def test_who_sees_to_it_is_named_and_nobody_else_is_called(client: Browser) -> None:
    asked, flag = urgent(), Flag.objects.get()
    client.force_login(user_of(clara()))

    answer = client.post(reverse("desk-flag-take", args=[flag.code]), follow=True)

    assert "Clara Weiss sees to this since Monday 1 February at 9:00." in answer.content.decode()
    assert [status for status, _ in planned()] == ["superseded"]
    assert Flag.objects.get().is_waiting  # it still holds the session
    assert isinstance(KINDS["urgent_second"].write(asked.about, NOW + HOUR), Stop)


def test_a_second_press_keeps_the_first_name() -> None:
    urgent()
    flagging.take(flag=Flag.objects.get(), by=user_of(clara()), now=NOW)

    flagging.take(flag=Flag.objects.get(), by=olu(), now=NOW + HOUR)

    assert Flag.objects.get().taken_by == user_of(clara())


def test_what_is_cleared_in_time_calls_nobody() -> None:
    urgent()

    flagging.clear(flag=Flag.objects.get(), seen="yes", note="Called.", by=user_of(clara()), now=NOW)

    assert [status for status, _ in planned()] == ["superseded"]
    with pytest.raises(flagging.NotWaiting):
        flagging.take(flag=Flag.objects.get(), by=user_of(clara()), now=NOW)


@pytest.mark.parametrize("who", [fay, lambda: user_of(dov())])
def test_nobody_else_takes_it(client: Browser, who: object) -> None:
    urgent()
    client.force_login(who())  # type: ignore[operator]

    answer = client.post(reverse("desk-flag-take", args=[Flag.objects.get().code]))

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert Flag.objects.get().taken_at is None
