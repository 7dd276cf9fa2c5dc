"""Rule X18: when the letters page asks to look at the plan again."""

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from aftercare import services
from aftercare.access import Session
from aftercare.looking_back import asks_review
from intake import documents
from intake.models import Flag, Response, Score
from tests import make
from tests.aftercare.words import record
from tests.cast import NOW, clara


def sessions(count: int) -> Session:
    """That many signed sessions of Ada, a week apart; the last of them."""
    user = clara().user
    assert user is not None
    for number in range(count):
        at = NOW + timedelta(days=7 * number)
        found = make.session(starts_at=at, booked_at=NOW - timedelta(days=3))
        make.touch_map(found.client)
        services.save_record(session=found, content=record(), version=0, by=user, now=at)
        services.close_record(session=found, version=1, by=user, now=at)
    return found


def worse(session: Session, at: datetime) -> None:
    response = make.answered(session.client, "checkin", {}, now=at)
    flag = Flag(client=session.client, response=response, severity="contact", state="superseded", raised_at=at)
    documents.close(flag, {"id": "c_worse_after"}).save()


def score(response: Response, value: str, at: datetime) -> None:
    row = Score(client=response.client, response=response, number=0, scored_at=at)
    documents.close(row, {"id": "gen_profile", "value": value}).save()


@pytest.mark.parametrize(("times", "expected"), [(0, False), (1, False), (2, True)])
def test_worse_after_two_sessions_asks_for_it(db: None, times: int, expected: bool) -> None:
    session = sessions(2)
    for number in range(times):
        worse(session, NOW + timedelta(days=number))

    assert asks_review(session.client) is expected


@pytest.mark.parametrize(("last", "expected"), [("5.0", True), ("1.0", False), ("9.0", False)])
def test_four_sessions_without_a_change_that_matters_ask_for_it(db: None, last: str, expected: bool) -> None:
    session = sessions(4)
    for number, value in enumerate(("5.5", last)):
        at = NOW + timedelta(days=number)
        score(make.answered(session.client, "general", {}, now=at), value, at)

    assert asks_review(session.client) is expected


def test_the_letters_page_says_so(db: None) -> None:
    session = sessions(4)
    browser = Browser()
    browser.force_login(clara().user)  # type: ignore[arg-type]

    page = browser.get(reverse("desk-record-letters", args=[session.booking.code])).text

    assert "Worth a look at the plan" in page
