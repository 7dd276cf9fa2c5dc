"""Staff sign in with a code that the outbox sends; clients never need to."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client as Browser

from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.people import clock
from clinic.people.models import User
from tests import cast, make
from tests.mailbox import Mailbox, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def practice() -> None:
    make.practice()


def ask_for_code(client: Browser, email: str) -> None:
    client.post("/accounts/login/code/", {"email": email})


def test_a_code_arrives_by_mail_and_signs_in(client: Browser, mailbox: Mailbox) -> None:
    fay = cast.fay()
    ask_for_code(client, fay.email)
    drain(now=clock.now())

    text = text_of(mailbox.mails[0])
    code = text.split("Your code is ")[1].split()[0]
    response = client.post("/accounts/login/code/confirm/", {"code": code})

    assert mailbox.subjects() == ["Your sign-in code"]
    assert response.headers["Location"] == "/desk/"
    assert client.session["_auth_user_id"] == str(fay.pk)


def test_a_wrong_code_does_not_sign_in(client: Browser) -> None:
    ask_for_code(client, cast.fay().email)

    client.post("/accounts/login/code/confirm/", {"code": "AAAAAA"})

    assert "_auth_user_id" not in client.session


def test_a_stranger_gets_the_same_page_and_no_mail(client: Browser) -> None:
    cast.fay()

    known = client.post("/accounts/login/code/", {"email": "fay@example.org"})
    stranger = Browser().post("/accounts/login/code/", {"email": "nobody@example.org"})

    assert (known.status_code, known.headers["Location"]) == (stranger.status_code, stranger.headers["Location"])
    assert Message.objects.count() == 1


def test_a_code_is_sealed_while_it_waits(client: Browser) -> None:
    ask_for_code(client, cast.fay().email)

    message = Message.objects.get()
    assert b"fay@" not in bytes(message.sealed_facts)
    assert message.client is None


def test_a_late_code_is_not_sent(client: Browser, mailbox: Mailbox) -> None:
    ask_for_code(client, cast.fay().email)

    drain(now=clock.now() + timedelta(minutes=6))

    assert Message.objects.get().status == Message.Status.MISSED
    assert mailbox.mails == []


def test_a_password_signs_in_too(client: Browser) -> None:
    User.objects.create_user("pat@example.org", "correct horse battery", name="Pat", role=User.Role.PRACTITIONER)

    response = client.post("/accounts/login/", {"login": "pat@example.org", "password": "correct horse battery"})

    assert response.headers["Location"] == "/desk/"


def test_nobody_signs_up(client: Browser) -> None:
    client.post("/accounts/signup/", {"email": "new@example.org", "password1": "correct horse battery"})

    assert User.objects.count() == 0


@pytest.mark.parametrize("page", ["/accounts/login/", "/accounts/login/code/", "/accounts/signup/"])
def test_each_page_opens(client: Browser, page: str) -> None:
    assert client.get(page).status_code == 200


def test_the_first_owner_is_made_by_a_command() -> None:
    call_command("create_owner", "olu@example.org", "Olu Owner")

    assert User.objects.get().role == User.Role.OWNER


@pytest.mark.parametrize("email", ["not an address", "olu@example.org"])
def test_a_wrong_or_known_address_is_refused(email: str) -> None:
    cast.olu()

    with pytest.raises(CommandError):
        call_command("create_owner", email, "Olu Owner")
