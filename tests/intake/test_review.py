"""The page that a practitioner reads for a client who was here before, and signing it off in a few presses."""

from datetime import datetime, timedelta

import html5lib
import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from intake.models import Request
from tests import make
from tests.cast import NOW, ben, clara, user_of
from tests.intake.answers import send

pytestmark = pytest.mark.django_db
THEN = NOW - timedelta(weeks=8)


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


@pytest.fixture
def desk(client: Browser) -> Browser:
    """A browser in which Clara is signed in."""
    client.force_login(user_of(clara()))
    return client


def sent(when: datetime = NOW, reasons: tuple[str, ...] = ("jaw",), **answers: object) -> Request:
    asked = make.intake_request(needed_at=when + timedelta(days=1), reasons=reasons, now=when)
    return send(asked, now=when, **answers)


def page_of(desk: Browser, asked: Request) -> str:
    page = desk.get(reverse("desk-intake", args=[asked.code])).content.decode()
    html5lib.HTMLParser(strict=True).parse(page)
    return page


def section(page: str, start: str, end: str) -> str:
    return page[page.index(start) : page.index(end)]


def test_what_changed_stands_right_after_the_safety_answers(desk: Browser) -> None:
    sent(THEN, gen_meds=["none"], jaw_map=["ear_l"], jaw_noise="no")
    asked = sent(news_what=["medicines"], gen_meds=["thinner"], jaw_map=["ear_l"], jaw_noise="painful")

    page = page_of(desk, asked)
    changed = section(page, 'id="changed"', 'id="plan"')

    assert page.index('id="safety"') < page.index('id="changed"')
    assert "(2)" in changed
    assert "Blood thinners" in changed
    assert "Was: None of these" in changed
    assert "Yes, with pain" in changed
    assert "Was: No" in changed
    assert "Where do you feel it?" not in changed


def test_a_first_form_says_that_there_is_nothing_to_compare(desk: Browser) -> None:
    assert "This is the first form" in page_of(desk, sent())


def test_an_unchanged_visit_says_so_and_still_shows_what_to_plan_for(desk: Browser) -> None:
    sent(THEN, (), gen_meds=["thinner"])
    asked = sent()

    page = page_of(desk, asked)

    assert "Blood thinners" in section(page, 'id="plan"', 'id="touch"')
    assert "Since Monday 7 December" in page


def test_scores_stand_beside_the_last_ones_and_in_a_picture_with_the_sessions(desk: Browser) -> None:
    sent(THEN, jaw_pain_avg=8, jaw_pain_worst=8)
    asked = sent(jaw_pain_avg=2, jaw_pain_worst=2)

    page = page_of(desk, asked)

    assert "-60.0" in page
    assert 'aria-label="Pain level (jaw): 80.0, then 20.0, on a scale from 0 to 100"' in page
    assert "Tuesday 8 December 2026: session" in page
    assert "not validated" in page


def test_places_stand_side_by_side_with_the_difference(desk: Browser) -> None:
    sent(THEN, jaw_map=["ear_l", "throat"])
    page = page_of(desk, sent(jaw_map=["ear_r", "throat"]))

    assert "<strong>New:</strong> Right ear. <strong>Gone:</strong> Left ear." in page
    assert page.count('class="was"') == 2


def test_the_page_opens_on_the_button_unless_something_waits(desk: Browser) -> None:
    calm, waiting = sent(), make.intake_request(client=ben())
    send(waiting, gen_head_spine=["aneurysm"])

    assert 'form="sign-off" autofocus>' in page_of(desk, calm)
    assert "autofocus" not in page_of(desk, waiting)


def test_what_was_ticked_last_time_is_ticked_again(desk: Browser) -> None:
    first = sent(THEN, gen_meds=["thinner"], gen_conditions=["heart"])
    desk.post(reverse("desk-intake-read", args=[first.code]), {"adaptations": ["p_anticoag"]})

    page = page_of(desk, sent())

    assert 'value="p_anticoag" checked' in " ".join(page.split()).replace(' id="id_adaptations_0"', "")
    assert page.count(" checked") == 1


def test_signing_off_leads_to_the_next_one_and_then_to_today(desk: Browser) -> None:
    first, second = sent(), send(make.intake_request(client=ben()))
    both = {first.code: second, second.code: first}

    answer = desk.post(reverse("desk-intake-read", args=[first.code]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("desk-intake", args=[both[first.code].code])
    assert "Read by Clara Weiss: Ada Byron. This is the next one." in answer.content.decode()

    answer = desk.post(reverse("desk-intake-read", args=[second.code]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("today")
    assert "Nothing else waits." in answer.content.decode()


def test_a_flag_that_waits_from_another_form_is_on_the_page_too(desk: Browser) -> None:
    sent(THEN, gen_head_spine=["aneurysm"])

    page = page_of(desk, sent())

    assert "Aneurysm" in section(page, 'id="safety"', 'id="changed"')
