"""Every page after a session: valid HTML, and as many queries for three letters or records as for one."""

from datetime import timedelta

import html5lib
import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from aftercare import letters, services
from aftercare.access import Session
from tests import make
from tests.aftercare.words import record, written
from tests.cast import NOW, clara

ENDS = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def at_the_end():  # type: ignore[no-untyped-def]
    with travel(ENDS, tick=False):
        yield


@pytest.fixture
def desk(session: Session) -> Browser:
    browser = Browser()
    browser.force_login(clara().user)  # type: ignore[arg-type]
    return browser


def close(session: Session, amendments: int) -> None:
    user = clara().user
    assert user is not None
    services.save_record(session=session, content=record(), version=0, by=user, now=ENDS)
    services.close_record(session=session, version=1, by=user, now=ENDS)
    for number in range(amendments):
        services.amend(session=session, text=f"more {number}", reason="late", by=user, now=ENDS)


def addresses(session: Session) -> list[str]:
    letters.resync(session, now=NOW)
    first = written("m10_after", session.booking.code, ENDS)
    checkin = written("m12_checkin", session.booking.code, ENDS).text.split("/c/")[1].split("/")[0]
    stop = first.headers["List-Unsubscribe"].strip("<>").rstrip("/").rsplit("/", 1)[-1]
    notes = first.text.split("/n/")[1].split("/")[0]
    code = session.booking.code
    return [
        *(reverse(name, args=[code]) for name in ("desk-record", "desk-record-letters", "desk-record-amend")),
        *(reverse("checkin-page", args=[checkin, number]) for number in (1, 2)),
        reverse("stop", args=[stop]),
        reverse("aftercare-notes", args=[notes]),
    ]


def test_every_page_is_valid_html(desk: Browser, session: Session) -> None:
    form = desk.get(reverse("desk-record", args=[session.booking.code]))
    close(session, amendments=2)

    for page in [form, *(desk.get(address) for address in addresses(session))]:
        assert page.status_code == 200
        html5lib.HTMLParser(strict=True).parse(page.text)


def test_every_letter_is_valid_html(session: Session) -> None:
    close(session, amendments=0)
    for kind in ("m10_after", "m11_morning", "m12_checkin", "m12b_checkin_nudge", "m13_week"):
        html5lib.HTMLParser(strict=True).parse(written(kind, session.booking.code, ENDS).html)


def test_a_signed_record_costs_the_same_with_one_amendment_or_three(desk: Browser, session: Session) -> None:
    other = make.session(client=session.client, starts_at=NOW - timedelta(days=7))
    close(session, amendments=1)
    close(other, amendments=3)

    assert queries(desk, session) == queries(desk, other)


def test_the_plan_of_a_session_costs_a_handful_of_queries(session: Session) -> None:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        letters.plan(session.booking.code, NOW)

    assert len(captured) <= 8


def queries(browser: Browser, session: Session) -> int:
    with CaptureQueriesContext(connection) as captured:
        browser.get(reverse("desk-record", args=[session.booking.code]))
    return len(captured)
