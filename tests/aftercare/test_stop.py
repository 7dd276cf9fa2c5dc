"""Stopping letters: by the page, by one click from the mail program, and back again."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import travel

from aftercare import letters
from aftercare.access import Session
from clinic.people.models import AuditEvent
from tests import make
from tests.aftercare.words import queued, written
from tests.cast import NOW

ENDS = NOW + timedelta(hours=2)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def at_the_end():  # type: ignore[no-untyped-def]
    with travel(ENDS, tick=False):
        yield


@pytest.fixture
def token(session: Session) -> str:
    letters.resync(session, now=NOW)
    mail = written("m10_after", session.booking.code, ENDS)
    return mail.headers["List-Unsubscribe"].strip("<>").rstrip("/").rsplit("/", 1)[-1]


def wants(session: Session) -> bool | None:
    session.client.refresh_from_db()
    return session.client.wants_aftercare


@pytest.mark.parametrize("name", ["stop", "stop-short"])
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_it_changes_nothing(session: Session, token: str, name: str, method: str) -> None:
    getattr(Browser(), method)(reverse(name, args=[token]))

    assert wants(session) is None
    assert len(queued(session.booking.code)) == 5


def test_one_click_stops_every_letter_without_a_cookie_or_a_redirect(session: Session, token: str) -> None:
    mail_program = Browser(enforce_csrf_checks=True)

    answer = mail_program.post(reverse("stop-short", args=[token]), ONE_CLICK)  # multipart

    assert (answer.status_code, answer.cookies.keys() - {"csrftoken"}) == (200, set())
    assert wants(session) is False
    assert queued(session.booking.code) == {}


def test_one_click_takes_a_plain_form_too_and_twice_is_once(session: Session, token: str) -> None:
    mail_program, address = Browser(enforce_csrf_checks=True), reverse("stop-short", args=[token])

    for _ in range(2):
        answer = mail_program.post(
            address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 200

    assert AuditEvent.objects.filter(fields=["wants_aftercare"]).count() == 1


def test_the_page_stops_them_and_says_so(session: Session, token: str) -> None:
    page = Browser().post(reverse("stop", args=[token]), {"act": "stop"}, follow=True).text

    assert "You will get no more letters after a session." in page
    assert wants(session) is False


def test_undo_brings_them_back(session: Session, token: str) -> None:
    browser, address = Browser(), reverse("stop", args=[token])
    browser.post(address, {"act": "stop"})

    browser.post(address, {"act": "allow"})

    assert wants(session) is True
    assert len(queued(session.booking.code)) == 5


def test_the_page_itself_needs_its_own_form(token: str) -> None:
    assert Browser(enforce_csrf_checks=True).post(reverse("stop", args=[token])).status_code == 403


def test_letters_of_every_coming_session_stop(session: Session, token: str) -> None:
    other = make.session(client=session.client, starts_at=NOW + timedelta(days=14))
    letters.resync(other, now=NOW)

    Browser().post(reverse("stop-short", args=[token]), ONE_CLICK)

    assert queued(other.booking.code) == {}


@pytest.mark.parametrize("name", ["stop", "stop-short"])
def test_an_unknown_link_changes_nothing(session: Session, name: str) -> None:
    assert Browser().post(reverse(name, args=["nonsense"]), ONE_CLICK).status_code == 404
    assert wants(session) is None
