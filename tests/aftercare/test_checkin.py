"""The check-in by link: three scales, quick taps, the cards, and the letters that answers cause."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import travel

from aftercare import letters
from aftercare.access import Session
from clinic.outbox.models import Message
from clinic.people.models import Link
from intake import documents
from intake.models import Flag, Request, Response
from tests import make
from tests.aftercare.words import queued, stopped, written
from tests.cast import NOW

ENDS = NOW + timedelta(hours=2)
OPENED = ENDS + timedelta(hours=49)  # Wednesday 3 February, 12:00
SCALES = {"chk_wellbeing": "3", "chk_sore": "0"}
MOST_PAGES = 8
NONE: Mapping[str, object] = {}
CALM = {"chk_dizzy": "no", "chk_feelings": "settled", "chk_drink": "yes", "chk_walk": "yes", "chk_signs": ["none"]}


@pytest.fixture(autouse=True)
def two_days_later():  # type: ignore[no-untyped-def]
    with travel(OPENED, tick=False):
        yield


@pytest.fixture
def token(session: Session) -> str:
    """The link in the letter that left an hour ago."""
    letters.resync(session, now=NOW)
    return token_in(written("m12_checkin", session.booking.code, OPENED).text)


def token_in(text: str) -> str:
    return text.split("/c/")[1].split("/", maxsplit=1)[0]


def url(token: str, number: int | None = None) -> str:
    return reverse("checkin-page", args=[token, number]) if number else reverse("checkin", args=[token])


def answer(token: str, scales: Mapping[str, object] = NONE, taps: Mapping[str, object] = NONE) -> str:
    """Answer all pages as a person does, going where each leads; the last page's text."""
    browser, at = Browser(), url(token, 1)
    for _ in range(MOST_PAGES):
        found = browser.post(at, {**SCALES, **CALM, **scales, **taps}, follow=True)
        at = found.redirect_chain[-1][0]
        if at == url(token):
            return found.text
    raise AssertionError(found.text)


def care(token: str, number: int) -> str:
    return reverse("checkin-care", args=[token, number])


def save(token: str, number: int) -> str:
    return reverse("checkin-autosave", args=[token, number])


def answers() -> dict[str, object]:
    """What the draft holds."""
    found: dict[str, object] = documents.read(Response.objects.get())["answers"]
    return found


def flag_ids() -> set[str]:
    return {documents.read(flag)["id"] for flag in Flag.objects.select_related("client")}


def test_the_first_page_asks_the_scales(token: str) -> None:
    page = Browser().get(url(token))

    assert page.status_code == 200
    assert "Overall, how have you been since your session?" in page.text
    assert "Page 1 of 3" in page.text


def test_the_clients_own_words_stand_beside_the_scales(session: Session) -> None:
    words = {"gen_goal": "my sore neck", "gen_concern": 5, "gen_wellbeing": 4, "gen_activity": "chew toast"}
    make.answered(session.client, "general", words | {"gen_activity_level": 6})
    token = token_in(written("m12_checkin", session.booking.code, OPENED).text)

    page = Browser().get(url(token)).text

    assert "You told us: “my sore neck”" in page
    assert "You told us: “chew toast”" in page


def test_the_clients_own_words_stay_in_the_questions_after_a_mistake(session: Session) -> None:
    words = {"gen_goal": "my sore neck", "gen_concern": 5, "gen_wellbeing": 4, "gen_activity": "chew toast"}
    make.answered(session.client, "general", words | {"gen_activity_level": 6})
    token = token_in(written("m12_checkin", session.booking.code, OPENED).text)

    page = Browser().post(url(token, 1), {}).text

    assert "There is a problem" in page
    assert "You told us: “my sore neck”" in page
    assert "You told us: “chew toast”" in page


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_the_link_changes_nothing(token: str, method: str) -> None:
    for number in (None, 1, 2, 3):
        getattr(Browser(), method)(url(token, number))

    assert not Response.objects.exists()
    assert Request.objects.get().saved_at is None


def test_calm_answers_end_with_a_thank_you_and_no_letter(session: Session, token: str) -> None:
    page = answer(token)

    assert "Thank you. See you soon." in page
    assert "Clara Weiss reads your answers, or somebody who stands in for them." in page
    assert flag_ids() == set()
    assert set(queued(session.booking.code)) == {"m10_after", "m11_morning", "m13_week"}
    assert stopped("m12b_checkin_nudge", session.booking.code, OPENED) == ("superseded", "The check-in was answered.")


def test_a_sent_check_in_stays_sent(token: str) -> None:
    answer(token)

    page = Browser().post(url(token, 1), SCALES | {"chk_sore": "9"}, follow=True)

    assert page.redirect_chain == [(url(token), 302)]
    assert "Thank you" in page.text
    assert flag_ids() == set()


def test_a_missing_answer_is_asked_for_beside_its_field(token: str) -> None:
    page = Browser().post(url(token, 2), {"chk_wellbeing": "3"})

    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.text or "errsum" in page.text
    assert not Response.objects.exists()


@pytest.mark.parametrize("junk", ["\x00", "x" * 5000, "<script>", "-1", "9" * 400])
@pytest.mark.parametrize("field", ["chk_wellbeing", "chk_sore"])
def test_junk_is_answered_with_a_page_that_says_what_to_do(token: str, field: str, junk: str) -> None:
    page = Browser().post(url(token, 1 if field == "chk_wellbeing" else 2), {**SCALES, field: junk})

    assert page.status_code == 200
    assert "There is a problem" in page.text
    assert not Response.objects.exists()


def test_jumping_ahead_leads_back_to_what_is_missing(token: str) -> None:
    found = Browser().post(url(token, 3), CALM, follow=True)

    assert found.redirect_chain[-1][0] == url(token, 1)
    assert Request.objects.get().sent_at is None


@pytest.mark.parametrize(
    ("scales", "taps", "flag"),
    [
        ({"chk_sore": "8"}, {"chk_sore_trend": "same"}, "c_soreness"),
        ({"chk_sore": "2"}, {"chk_sore_trend": "worse"}, "c_worse_after"),
        ({}, {"chk_dizzy": "still"}, "c_dizzy"),
        ({}, {"chk_walk": "cannot"}, "c_walk_pain"),
        ({}, {"chk_signs": ["rash"]}, "c_skin_reaction"),
    ],
)
def test_worrying_answers_promise_a_call(
    session: Session, token: str, scales: dict[str, object], taps: dict[str, object], flag: str
) -> None:
    page = answer(token, scales, taps)

    assert flag_ids() == {flag}
    assert "I will get in touch within one working day." in page
    assert queued(session.booking.code)["m15_sore"] == OPENED
    assert "m14_support" not in queued(session.booking.code)
    day = "Wednesday 3 February" if flag in ("c_dizzy", "c_walk_pain") else "Thursday 4 February"
    assert f"I will call you by {day}." in written("m15_sore", session.booking.code, OPENED).text


def test_a_worry_that_a_person_dealt_with_needs_no_letter(session: Session, token: str) -> None:
    answer(token, {"chk_sore": "8"}, {"chk_sore_trend": "same"})
    Flag.objects.update(state=Flag.State.SUPERSEDED)

    assert stopped("m15_sore", session.booking.code, OPENED) == ("superseded", "A person has dealt with it.")
    letters.resync(session, now=OPENED)
    assert "m15_sore" not in queued(session.booking.code)


@pytest.mark.parametrize(("feelings", "flag"), [("tender", "n_emotional"), ("too_much", "c_emotional")])
def test_tender_feelings_bring_words_of_support(session: Session, token: str, feelings: str, flag: str) -> None:
    answer(token, taps={"chk_feelings": feelings})

    assert flag_ids() == {flag}
    assert queued(session.booking.code)["m14_support"] == OPENED
    assert "m15_sore" not in queued(session.booking.code)


@pytest.mark.parametrize(
    ("taps", "flag", "words"),
    [
        ({"chk_signs": ["chest"]}, "u_chest", "Please get medical help now"),
        ({"chk_signs": ["leg"]}, "u_dvt", "Please get medical help today"),
        ({"chk_dizzy": "fell"}, "u_faint", "Please get medical help now"),
        ({"chk_feelings": "unsafe"}, "u_crisis", "You deserve support right now."),
    ],
)
def test_an_urgent_answer_shows_its_card_and_stops_every_letter(
    session: Session, token: str, taps: dict[str, object], flag: str, words: str
) -> None:
    page = answer(token, {}, taps)

    assert words in page
    assert "See you soon" not in page
    assert flag_ids() == {flag}
    assert queued(session.booking.code) == {}


def test_an_urgent_answer_counts_even_when_the_rest_is_not_sent(session: Session, token: str) -> None:
    Browser().post(url(token, 3), CALM | {"chk_signs": ["chest"]})

    assert flag_ids() == {"u_chest"}
    letters.resync(session, now=OPENED)
    assert queued(session.booking.code) == {}


def test_soreness_shows_its_card_and_goes_on(token: str) -> None:
    found = Browser().post(url(token, 2), SCALES | {"chk_sore": "9"}, follow=True)

    assert "Please read this first" in found.text
    assert "carry on" in found.text


def test_a_sign_beats_none_of_these_beside_it(session: Session, token: str) -> None:
    taps = CALM | {"chk_feelings": "unsafe", "chk_signs": ["chest", "none"]}

    found = Browser().post(url(token, 3), taps, follow=True)

    assert found.redirect_chain == [(care(token, 3), 302)]
    assert "Please get medical help now" in found.text
    assert "You deserve support right now." in found.text
    assert flag_ids() == {"u_chest", "u_crisis"}
    assert answers() == CALM | {"chk_feelings": "unsafe", "chk_signs": ["chest"]}


@pytest.mark.parametrize(
    ("left", "taps", "flag"),
    [
        ("chk_signs", {"chk_feelings": "unsafe"}, "u_crisis"),
        ("chk_feelings", {"chk_signs": ["chest"]}, "u_chest"),
        ("chk_feelings", {"chk_dizzy": "still"}, "c_dizzy"),
    ],
)
def test_a_worrying_answer_counts_on_a_page_that_is_not_right_yet(
    token: str, left: str, taps: dict[str, object], flag: str
) -> None:
    posted = {name: tap for name, tap in (CALM | taps).items() if name != left}

    first = Browser().post(url(token, 3), posted, follow=True)
    again = Browser().post(url(token, 3), posted)

    assert "Please read this first" in first.text
    assert flag_ids() == {flag}
    assert answers() == posted
    assert "There is a problem" in again.text  # its card was shown: now the page may be put right


def test_a_deadline_is_set_for_a_page_that_is_not_right_yet(token: str) -> None:
    Browser().post(url(token, 3), {"chk_walk": "cannot"})

    assert Flag.objects.get().deadline_at == datetime(2027, 2, 3, 18, 0, tzinfo=UTC)


def test_calm_answers_on_a_page_that_is_not_right_yet_are_kept(token: str) -> None:
    page = Browser().post(url(token, 3), {"chk_dizzy": "no"})

    assert "There is a problem" in page.text
    assert answers() == {"chk_dizzy": "no"}
    assert flag_ids() == set()


def test_a_tap_that_cannot_wait_brings_its_card_at_once(token: str) -> None:
    answer = Browser().post(save(token, 3), {"chk_feelings": "unsafe"})

    assert answer.status_code == HTTPStatus.OK
    assert "You deserve support right now." in answer.text
    assert "hold" not in answer.text
    assert flag_ids() == {"u_crisis"}
    assert Browser().get(save(token, 3)).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_tap_that_asks_for_a_call_waits_for_continue(token: str) -> None:
    answer = Browser().post(save(token, 3), {"chk_dizzy": "still"})

    assert (answer.status_code, answer.content) == (HTTPStatus.NO_CONTENT, b"")
    assert answers() == {"chk_dizzy": "still"}
    assert flag_ids() == set()


def test_a_tap_on_a_check_in_that_was_sent_elsewhere_changes_nothing(token: str) -> None:
    answer(token)

    tapped = Browser().post(save(token, 3), {"chk_feelings": "unsafe"})

    assert (tapped.status_code, tapped.headers["Location"]) == (HTTPStatus.FOUND, url(token))
    assert flag_ids() == set()


def test_a_tap_that_was_overtaken_takes_nothing_back(token: str) -> None:
    form = {"form_key": "a" * 32}
    Browser().post(url(token, 3), {**form, "chk_feelings": "unsafe"})

    late = Browser().post(save(token, 3), {**form, "chk_feelings": "settled"}, headers={"X-Autosave": "1"})

    assert late.status_code == HTTPStatus.CONFLICT
    assert answers() == {"chk_feelings": "unsafe"}


def test_the_card_comes_before_a_page_that_was_left_out(token: str) -> None:
    found = Browser().post(url(token, 3), CALM | {"chk_signs": ["chest"]}, follow=True)

    assert "Please get medical help now" in found.text
    assert found.redirect_chain[-1][0] == care(token, 1)


def test_a_promised_call_is_kept_to_even_when_the_rest_is_not_sent(session: Session, token: str) -> None:
    found = Browser().post(url(token, 2), SCALES | {"chk_sore": "9"}, follow=True)

    assert "I will get in touch within one working day." in found.text
    flag = Flag.objects.get()
    assert (documents.read(flag)["id"], flag.owner) == ("c_soreness", session.booking.practitioner)
    assert flag.deadline_at == datetime(2027, 2, 4, 18, 0, tzinfo=UTC)
    assert "alert_notice" in Message.objects.filter(status="queued").values_list("kind", flat=True)


def test_a_deadline_is_not_put_off_by_the_pages_that_follow(token: str) -> None:
    Browser().post(url(token, 2), SCALES | {"chk_sore": "9"})
    with travel(OPENED + timedelta(days=1), tick=False):
        answer(token, {"chk_sore": "9"}, {"chk_sore_trend": "same"})

    assert Flag.objects.get().deadline_at == datetime(2027, 2, 4, 18, 0, tzinfo=UTC)


def test_the_first_page_is_the_three_scales_in_the_clients_own_words(session: Session) -> None:
    words = {"gen_goal": "my sore neck", "gen_concern": 5, "gen_wellbeing": 4, "gen_activity": "chew toast"}
    make.answered(session.client, "general", words | {"gen_activity_level": 6})

    page = Browser().get(url(token_in(written("m12_checkin", session.booking.code, OPENED).text))).text

    asked = set(re.findall(r'name="(chk_[a-z_]+)"', page))
    assert asked == {"chk_concern", "chk_activity", "chk_wellbeing"}


def test_three_taps_and_nothing_more_are_kept(token: str) -> None:
    Browser().post(url(token, 1), SCALES)

    assert Response.objects.get().status == Response.Status.DRAFT
    assert flag_ids() == set()


def test_answers_in_the_night_are_answered_in_the_morning(session: Session, token: str) -> None:
    with travel(datetime(2027, 2, 3, 23, 0, tzinfo=UTC), tick=False):
        answer(token, taps={"chk_feelings": "tender"})

    assert queued(session.booking.code)["m14_support"] == datetime(2027, 2, 4, 8, 0, tzinfo=UTC)


def test_sore_and_tender_at_once_are_two_letters_on_two_days(session: Session, token: str) -> None:
    answer(token, {"chk_sore": "8", "chk_feelings": "tender"}, {"chk_sore_trend": "same"})

    found = queued(session.booking.code)
    assert (found["m15_sore"], found["m14_support"]) == (OPENED, OPENED + timedelta(days=1))


def test_the_reflection_after_a_week_is_three_taps_of_its_own(session: Session, token: str) -> None:
    answer(token)
    week = ENDS + timedelta(days=7)
    with travel(week, tick=False):
        reflect = token_in(written("m13_week", session.booking.code, week).text)
        browser = Browser()
        found = browser.get(url(reflect))
        assert "Since you began" in found.text
        browser.post(url(reflect, 1), {"chk_wellbeing": "8", "ref_change": "6"})

    assert flag_ids() == {"c_worse_after"}
    assert queued(session.booking.code)["m15_sore"] == week


@pytest.mark.parametrize("wrong", ["nonsense", "x" * 300])
def test_an_unknown_link_shows_nothing(session: Session, wrong: str) -> None:
    assert Browser().get(url(wrong)).status_code == 404


def test_a_link_for_something_else_does_not_open_it(session: Session) -> None:
    text = written("m10_after", session.booking.code, OPENED).text
    stop = text.split("/u/")[1].split("/")[0]

    assert Browser().get(url(stop)).status_code == 404


def test_a_link_that_is_too_old_does_not_open_it(token: str) -> None:
    with travel(OPENED + timedelta(days=8), tick=False):
        assert Browser().get(url(token)).status_code == 404


def test_the_link_lives_a_week_and_is_stored_as_a_hash(token: str) -> None:
    link = Link.objects.get(purpose=Link.Purpose.CHECKIN)

    assert link.expires_at == OPENED + timedelta(days=7)
    assert token.encode() not in bytes(link.digest)


def test_pages_are_not_kept_by_anyone(token: str) -> None:
    page = Browser().get(url(token))

    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_nothing_of_the_answers_stands_in_the_outbox(session: Session, token: str) -> None:
    answer(token, {"chk_sore": "8"}, {"chk_sore_trend": "same", "chk_note": "my secret"})

    assert all("sore" not in row.reason and "secret" not in row.reason for row in Message.objects.all())
