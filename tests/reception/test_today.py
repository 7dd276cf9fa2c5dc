"""Today: the day's sessions, what each still needs, and nothing that the reader may not know."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from clinic.outbox.health import beat
from clinic.people.models import User
from intake.models import Flag
from tests import cast, make
from tests.cast import NOW

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Browser]


@pytest.fixture(autouse=True)
def monday_morning(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    beat("tick")


@pytest.fixture
def as_user() -> SignedIn:
    def signed_in(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    return signed_in


def page(browser: Browser, address: str = "/desk/") -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_stranger_is_sent_to_sign_in(client: Browser) -> None:
    assert client.get("/desk/").headers["Location"] == "/accounts/login/?next=/desk/"


def test_a_practitioner_sees_the_sessions_of_those_she_treats(as_user: SignedIn) -> None:
    make.session(client=cast.ada(), practitioner=cast.clara())
    make.session(client=cast.ben(), practitioner=cast.dov(), starts_at=NOW + timedelta(hours=3))

    text = page(as_user(cast.user_of(cast.clara())))

    assert "Ada Byron" in text
    assert "Ben Okri" not in text
    assert "1 session." in text


def test_earlier_sessions_of_which_nobody_has_said_anything_are_asked_for(as_user: SignedIn) -> None:
    make.session(client=cast.ada(), starts_at=NOW - timedelta(days=2))
    make.session(client=cast.ben(), starts_at=NOW - timedelta(days=20))

    text = page(as_user(cast.fay()))

    assert "Did they come?" in text
    assert 'Came<span class="vh">: Ada Byron, Saturday 30 January at 9:00' in text
    assert "Ben Okri" not in text
    assert "Did they come?" not in page(as_user(cast.fay()), "/desk/?day=2027-02-02")


def test_the_owner_sees_everybody(as_user: SignedIn) -> None:
    make.session(client=cast.ada(), practitioner=cast.clara())
    make.session(client=cast.ben(), practitioner=cast.dov(), starts_at=NOW + timedelta(hours=3))

    assert "2 sessions." in page(as_user(cast.olu()))


def test_an_empty_day_says_so(as_user: SignedIn) -> None:
    assert "Nobody is booked on this day." in page(as_user(cast.olu()))


def test_another_day_can_be_opened_and_a_wrong_one_is_today(as_user: SignedIn) -> None:
    make.session(starts_at=NOW + timedelta(days=1))
    browser = as_user(cast.olu())

    assert "Ada Byron" in page(browser, "/desk/?day=2027-02-02")
    assert "Today, Monday 1 February" in page(browser, "/desk/?day=nonsense")


def test_an_answer_that_waits_is_on_top_and_nobody_can_be_checked_in(as_user: SignedIn) -> None:
    session = make.session()
    make.flags(session.client, "c_oral_surgery")

    text = page(as_user(cast.user_of(cast.clara())))

    assert "1 answer to decide on" in text
    assert ">Arrived<" not in text


def test_the_front_desk_learns_that_something_waits_but_not_what(as_user: SignedIn) -> None:
    session = make.session()
    make.flags(session.client, "u_crisis", state=Flag.State.OPEN)

    text = page(as_user(cast.fay()))

    assert "Needs review" in text
    assert "intake" not in text.lower()


def test_a_past_session_without_a_word_is_asked_for(as_user: SignedIn) -> None:
    make.session(starts_at=NOW - timedelta(hours=2))

    text = page(as_user(cast.olu()))

    assert "1 past with no word yet on whether the client came." in text
    assert "Did not come" in text


def test_mail_that_stopped_is_told(as_user: SignedIn, time_machine: TimeMachineFixture) -> None:
    browser = as_user(cast.olu())
    time_machine.move_to(NOW + timedelta(minutes=6), tick=False)

    assert "Letters are not going out" in page(browser)


def test_a_longer_day_costs_no_more_queries(
    as_user: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = as_user(cast.olu())
    make.session()
    with django_assert_num_queries(16):
        browser.get("/desk/")

    for hours in (3, 5):
        make.session(client=cast.ben(), starts_at=NOW + timedelta(hours=hours))
    with django_assert_num_queries(16):
        browser.get("/desk/")
