"""The client's card: what happened and what will, newest first, to those who may know."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clinic.outbox.draining import drain
from clinic.people.models import AuditEvent, User
from tests import cast, make
from tests.cast import NOW
from tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Browser]


@pytest.fixture(autouse=True)
def practice() -> None:
    make.practice()


def card(user: User) -> str:
    browser = Browser()
    browser.force_login(user)
    response = browser.get(reverse("desk-client", args=[cast.ada().code]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_new_client_has_an_empty_time_line() -> None:
    assert "Nothing yet." in card(cast.olu())


def test_sessions_forms_and_letters_are_listed(mailbox: Mailbox) -> None:
    session = make.session()
    make.intake_request(about=session.booking.code)
    make.message("m12_checkin", client=session.client)

    text = card(cast.user_of(cast.clara()))

    assert all(words in text for words in ("One hour with Clara Weiss", "Questions before a session", "To be sent"))


def test_the_front_desk_sees_no_forms_and_opens_no_letters() -> None:
    session = make.session()
    make.intake_request(about=session.booking.code)
    message = make.message("m12_checkin", client=session.client)

    text = card(cast.fay())

    assert "Questions before a session" not in text
    assert str(message.code) not in text


def test_a_practitioner_who_does_not_treat_the_client_gets_404() -> None:
    browser = Browser()
    browser.force_login(cast.user_of(cast.dov()))

    assert browser.get(reverse("desk-client", args=[cast.ada().code])).status_code == 404


def test_reading_is_audited() -> None:
    card(cast.olu())

    assert list(AuditEvent.objects.values_list("actor__email", "verb", "kind", "fields")) == [
        ("olu@example.org", "viewed", "people.client", ["card"])
    ]


def test_a_letter_that_left_is_shown_as_it_was(mailbox: Mailbox) -> None:
    session = make.session(starts_at=NOW)
    message = make.message("m12_checkin", client=session.client, about=session.booking.code, not_after=None)
    drain(now=NOW)
    browser = Browser()
    browser.force_login(cast.user_of(cast.clara()))

    text = browser.get(reverse("desk-letter", args=[message.code])).content.decode()

    assert "check-in" in text.lower()
    for user in (cast.fay(), cast.user_of(cast.dov())):
        browser.force_login(user)
        assert browser.get(reverse("desk-letter", args=[message.code])).status_code == 404


def test_clients_are_found_by_name() -> None:
    cast.ada(), cast.ben()
    browser = Browser()
    browser.force_login(cast.olu())

    text = browser.get("/desk/clients/?q=byr").content.decode()

    assert "Ada Byron" in text
    assert "Ben Okri" not in text
    assert "1 client with" in text
