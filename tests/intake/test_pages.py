"""The client's pages before a session, by a plain browser without JavaScript."""

import re
from http import HTTPStatus

import html5lib
import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from intake import consents, documents
from intake.models import Consent, Flag, Request, Response
from intake.services import call_off
from tests import make
from tests.cast import NOW
from tests.intake.answers import answer_all, send

pytestmark = pytest.mark.django_db

PAGES = ["start", "you", "tasks", "touch", "check", "sign", "later", "done", "care"]


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


def at(name: str, token: str, *more: int) -> str:
    return reverse(f"intake-{name}", args=[token, *more])


def begun(**fields: object) -> tuple[Request, str]:
    """A request whose client agreed to keep answers, and the token of its link."""
    asked = make.intake_request(**fields)  # type: ignore[arg-type]
    consents.keep_answers(asked=asked, now=NOW)
    return asked, make.intake_token(asked)


@pytest.mark.parametrize("name", PAGES)
def test_a_wrong_token_opens_nothing(client: Browser, name: str) -> None:
    make.intake_request()

    assert client.get(at(name, "x" * 43)).status_code == HTTPStatus.NOT_FOUND


def test_a_link_of_another_purpose_opens_nothing(client: Browser) -> None:
    asked = make.intake_request()
    token = make.link_token("checkin", asked.client, asked.about)

    assert client.get(at("start", token)).status_code == HTTPStatus.NOT_FOUND


def test_the_start_says_who_reads_and_that_nobody_watches(client: Browser) -> None:
    token = make.intake_token(make.intake_request())

    page = client.get(at("start", token)).content.decode()

    assert "Only Clara Weiss" in page
    assert "Nobody watches these pages day and night" in page
    assert 'href="tel:999"' in page
    assert "checked" not in page


def test_no_question_is_shown_before_the_consent_to_keep_answers(client: Browser) -> None:
    token = make.intake_token(make.intake_request())

    for name, more in [("tasks", ()), ("page", (1, 1)), ("touch", ()), ("you", ()), ("check", ())]:
        assert client.get(at(name, token, *more))["Location"] == at("start", token)


def test_the_box_must_be_ticked_to_start(client: Browser) -> None:
    token = make.intake_token(make.intake_request())

    page = client.post(at("start", token), {}).content.decode()

    assert "<title>Error: " in page
    assert "Tick the box to start." in page
    assert Consent.objects.count() == 0


def test_ticking_it_starts_with_the_profile(client: Browser) -> None:
    token = make.intake_token(make.intake_request())

    answer = client.post(at("start", token), {"keep": "on"})

    assert answer["Location"] == at("you", token)
    assert Consent.objects.get().kind == Consent.Kind.KEEP_ANSWERS


def test_the_profile_is_kept_and_an_impossible_birth_date_is_not(client: Browser) -> None:
    _, token = begun()
    wrong = {"birth_date_day": "31", "birth_date_month": "2", "birth_date_year": "1984", "doctor": "Dr Lin"}

    page = client.post(at("you", token), wrong).content.decode()
    right = client.post(at("you", token), {**wrong, "birth_date_day": "27", "comfort": ["breaks"]})

    assert "Check the date." in page
    assert "Dr Lin" in page
    assert right["Location"] == at("tasks", token)
    assert "27" in client.get(at("you", token)).content.decode()


def test_every_page_of_every_form_works(client: Browser) -> None:
    asked, token = begun(reasons=["unsure"])
    answer_all(asked, gen_activity="chew toast", gen_head_spine=["seizures"], gen_pregnancy="t2")
    seen = 0

    for part in range(1, 5):
        for number in range(1, 14):
            found = client.get(at("page", token, part, number))
            if found.status_code == HTTPStatus.OK:
                seen += 1
                page = found.content.decode()
                html5lib.HTMLParser(strict=True).parse(page)
                assert page.count("<h1") == 1, (part, number)
                assert "required" not in re.sub(r"<p.*?</p>", "", page)
                assert not re.search(r"<title>[^<]*(jaw|pelvi|stress|pain|pregnan)", page, re.IGNORECASE)
    assert seen == 33
    for name in ("start", "tasks", "you", "touch", "check", "sign", "later"):
        found = client.get(at(name, token))
        assert found.status_code == HTTPStatus.OK
        html5lib.HTMLParser(strict=True).parse(found.content.decode())


def test_a_page_that_is_not_there_is_not_found(client: Browser) -> None:
    _, token = begun()

    for part, number in [(9, 1), (1, 99), (0, 1), (1, 5)]:
        assert client.get(at("page", token, part, number)).status_code == HTTPStatus.NOT_FOUND


def test_continue_saves_and_leads_on(client: Browser) -> None:
    asked, token = begun()

    typed = {"gen_goal": "sleep\r\nwell", "gen_concern": "7", "gen_activity": "chew toast"}
    answer = client.post(at("page", token, 1, 1), typed)

    assert answer["Location"] == at("page", token, 1, 2)
    assert documents.read(Response.objects.get(request=asked))["answers"] == {
        "gen_goal": "sleep\nwell",
        "gen_concern": 7,
        "gen_activity": "chew toast",
    }
    assert "You wrote: “chew toast" in client.get(at("page", token, 1, 2)).content.decode()


def test_an_empty_page_names_what_is_missing_and_saves_nothing(client: Browser) -> None:
    _, token = begun()

    page = client.post(at("page", token, 1, 3), {}).content.decode()

    assert "<title>Error: " in page
    assert page.count("Choose at least one answer, or “None of these”.") == 2
    assert 'href="#id_gen_today_0"' in page
    assert Response.objects.count() == 0


def test_a_page_of_several_questions_says_which_one_is_meant(client: Browser) -> None:
    _, token = begun()

    page = client.post(at("page", token, 1, 1), {"gen_activity": "chew toast"}).content.decode()

    assert '<a href="#id_gen_goal">What would you most like help with? Write a few words here.</a>' in page
    assert '<a href="#id_gen_concern_0">Last 7 days: how much has this bothered you? Choose' in page
    assert "chew toast" in page


def test_what_was_typed_survives_an_error(client: Browser) -> None:
    _, token = begun()
    long = "a" * 201

    page = client.post(at("page", token, 1, 1), {"gen_goal": long}).content.decode()

    assert long in page
    assert "Use 200 letters or fewer. You have 201." in page


def test_none_of_these_stands_alone(client: Browser) -> None:
    _, token = begun()

    client.post(at("page", token, 1, 3), {"gen_today": ["fever"]})  # its card is shown once
    page = client.post(at("page", token, 1, 3), {"gen_today": ["fever", "none"]}).content.decode()

    assert "Choose “None of these” on its own, or untick it." in page


def test_a_sign_beats_none_of_these_beside_it(client: Browser) -> None:
    asked, token = begun()

    answer = client.post(at("page", token, 1, 3), {"gen_today": ["chest", "none"]})

    assert answer["Location"] == at("care", token) + "?to=1-3"
    assert "Please get medical help now" in client.get(answer["Location"]).content.decode()
    assert kept(asked) == {"gen_today": ["chest"]}
    assert Flag.objects.get().severity == "urgent"


def test_an_urgent_answer_shows_its_card_before_coming_back_later(client: Browser) -> None:
    _, token = begun()

    answer = client.post(at("page", token, 1, 3), {"gen_today": ["chest", "none"], "later": "1"})

    assert answer["Location"] == at("care", token) + "?to=later"


def test_a_forged_option_and_a_forged_field_never_count(client: Browser) -> None:
    asked, token = begun()

    refused = client.post(at("page", token, 1, 3), {"gen_today": ["forged"]})
    forged = {"gen_today": ["chest"], "gen_pregnancy_signs": ["bleed"]}
    client.post(at("page", token, 1, 1), {"gen_goal": "sleep", "gen_concern": "7", **forged})

    assert "There is a problem" in refused.content.decode()
    assert documents.read(Response.objects.get(request=asked))["answers"] == {"gen_goal": "sleep", "gen_concern": 7}
    assert Flag.objects.count() == 0


def test_an_urgent_answer_shows_its_card_before_anything_else(client: Browser) -> None:
    asked, token = begun()

    answer = client.post(at("page", token, 1, 3), {"gen_today": ["chest", "leg"]})
    card = client.get(answer["Location"]).content.decode()
    onward = client.post(answer["Location"], {"carry_on": "1"})

    assert answer["Location"] == at("care", token) + "?to=1-4"
    assert "Please get medical help now" in card
    assert "Please get medical help today" not in card
    assert 'href="tel:999"' in card
    assert Flag.objects.filter(severity="urgent", state="open").count() == 2
    assert onward["Location"] == at("page", token, 1, 4)
    assert client.get(at("care", token))["Location"] == at("tasks", token)
    shown = documents.read(Response.objects.get(request=asked))["shown"]
    assert [(entry["cards"], entry["choice"]) for entry in shown] == [(["emergency"], "carry_on")]


def test_a_client_may_leave_from_the_card(client: Browser) -> None:
    _, token = begun()
    card = client.post(at("page", token, 1, 3), {"gen_today": ["chest"]})["Location"]

    assert client.post(card, {"leave": "1"})["Location"] == at("later", token)


def test_the_card_leads_on_to_pages_of_this_link_only(client: Browser) -> None:
    _, token = begun()

    for to in ["https://evil.example/", "//evil.example", "1-x", "done"]:
        assert client.get(at("care", token), {"to": to})["Location"] == at("tasks", token)


def test_a_crisis_answer_shows_the_crisis_lines(client: Browser) -> None:
    make.practice(ask_self_harm=True)
    _, token = begun(reasons=["stress"])
    pages = {number: client.get(at("page", token, 2, number)).content.decode() for number in range(1, 20)}
    number = next(number for number, page in pages.items() if "ending your life" in page)

    answer = client.post(at("page", token, 2, number), {"str_safe": "might"})
    card = client.get(answer["Location"]).content.decode()

    assert "Thank you for telling me" in card
    assert 'href="tel:116123"' in card
    assert "medical help" not in card


def test_self_harm_is_not_asked_unless_the_practice_chose_to(client: Browser) -> None:
    _, token = begun(reasons=["stress"])

    pages = [client.get(at("page", token, 2, number)).content.decode() for number in range(1, 15)]

    assert not any("ending your life" in page for page in pages)


def test_sensitive_questions_can_be_declined_in_two_ways(client: Browser) -> None:
    _, token = begun(reasons=["stress"])

    page = client.get(at("page", token, 2, 3)).content.decode()
    answer = client.post(at("page", token, 2, 3), {"str_sleep": "4", "str_tired": "in_person"})

    assert 'value="skip"' in page
    assert 'value="in_person"' in page
    assert answer.status_code == HTTPStatus.FOUND


def test_save_and_come_back_later_keeps_what_is_fine(client: Browser) -> None:
    asked, token = begun(reasons=["jaw"])
    half = {"jaw_chew": "2", "later": "1"}

    answer = client.post(at("page", token, 2, 3), half)

    assert answer["Location"] == at("later", token)
    kept = documents.read(Response.objects.get(request=asked, slug="jaw"))["answers"]
    assert kept == {"jaw_chew": "2"}


def test_autosave_keeps_what_is_typed_and_raises_what_cannot_wait(client: Browser) -> None:
    asked, token = begun()

    answer = client.post(at("autosave", token, 1, 3), {"gen_today": ["chest"]})

    assert answer.status_code == HTTPStatus.OK
    assert "Please get medical help now" in answer.content.decode()
    assert 'href="tel:999"' in answer.content.decode()
    assert documents.read(Response.objects.get(request=asked))["answers"] == {"gen_today": ["chest"]}
    assert [flag.severity for flag in Flag.objects.all()] == ["urgent"]
    assert client.get(at("autosave", token, 1, 3)).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_what_only_calls_for_a_talk_waits_for_continue(client: Browser) -> None:
    _, token = begun()

    assert client.post(at("autosave", token, 1, 3), {"gen_today": ["fever"]}).status_code == HTTPStatus.NO_CONTENT
    assert Flag.objects.count() == 0


def test_a_tick_that_is_taken_back_takes_its_card_away_but_stays_on_record(client: Browser) -> None:
    _, token = begun()
    client.post(at("autosave", token, 1, 3), {"gen_today": ["chest"]})

    answer = client.post(at("autosave", token, 1, 3), {"gen_today": ["none"]})

    assert (answer.status_code, answer.content) == (HTTPStatus.NO_CONTENT, b"")
    assert Flag.objects.get().state == "withdrawn"
    assert client.post(at("page", token, 1, 3), {"gen_today": ["none"]})["Location"] == at("page", token, 1, 4)


def test_the_card_beside_the_question_does_not_take_the_place_of_the_page_that_follows(client: Browser) -> None:
    asked, token = begun()
    client.post(at("autosave", token, 1, 3), {"gen_today": ["chest"]})
    client.post(at("autosave", token, 1, 3), {"gen_today": ["chest"]})

    answer = client.post(at("page", token, 1, 3), {"gen_today": ["chest"]})

    assert answer["Location"] == at("care", token) + "?to=1-4"
    shown = documents.read(Response.objects.get(request=asked))["shown"]
    assert [(entry["choice"], entry["read_at"] is None) for entry in shown] == [("beside", False), ("", True)]


def test_autosave_says_when_something_could_not_be_kept(client: Browser) -> None:
    _, token = begun()

    answer = client.post(at("autosave", token, 1, 3), {"gen_today": ["fever", "none"]})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.post(at("autosave", token, 1, 3), {}).status_code == HTTPStatus.NO_CONTENT


def test_a_part_resumes_at_the_first_question_that_is_left(client: Browser) -> None:
    _, token = begun()
    client.post(at("page", token, 1, 1), {"gen_goal": "sleep", "gen_concern": "3"})

    assert client.get(at("part", token, 1))["Location"] == at("page", token, 1, 2)
    assert client.get(at("part", token, 9)).status_code == HTTPStatus.NOT_FOUND


def test_the_touch_map_asks_for_every_place(client: Browser) -> None:
    asked, token = begun()

    page = client.post(at("touch", token), {"pelvis": "no"}).content.decode()

    assert "Jaw, inside the mouth: choose yes, ask me first, or no." in page
    assert consents.touch_map(asked.client) == {}


def test_one_press_asks_about_every_place(client: Browser) -> None:
    asked, token = begun()

    client.post(at("touch", token), {"ask": "1"})

    assert set(consents.touch_map(asked.client).values()) == {"ask"}


def test_work_inside_the_mouth_is_not_offered_where_it_is_not_permitted(client: Browser) -> None:
    make.practice(intraoral_permitted=False)
    asked, token = begun()

    page = client.get(at("touch", token)).content.decode()
    client.post(at("touch", token), {"ask": "1"})

    assert "inside the mouth" not in page
    assert consents.touch_map(asked.client)["jaw_inside"] == "no"


def test_the_check_page_shows_answers_back_and_leads_to_each(client: Browser) -> None:
    asked, token = begun()
    answer_all(asked, gen_goal="to sleep again")

    page = client.get(at("check", token)).content.decode()
    changed = client.post(at("page", token, 1, 1) + "?to=check", {"gen_goal": "to walk again", "gen_concern": "3"})

    assert "to sleep again" in page
    assert "2 out of 10" in page
    assert f"{at('page', token, 1, 1)}?to=check" in page
    assert changed["Location"] == at("check", token)


def test_the_check_page_names_what_is_still_needed(client: Browser) -> None:
    _, token = begun()

    page = client.get(at("check", token)).content.decode()

    assert "Still needed" in page
    assert at("sign", token) not in page
    assert client.get(at("sign", token))["Location"] == at("check", token)


def test_signing_asks_for_each_tick_both_choices_and_the_name(client: Browser) -> None:
    asked, token = begun()
    answer_all(asked)

    page = client.post(at("sign", token), {"consent_info": "on", "consent_stop": "on", "name": "Ada"}).content.decode()

    assert "Tick this to send: You may keep my health answers to plan my sessions." in page
    assert "Choose yes or no for letters after a session." in page
    assert Request.objects.get(code=asked.code).sent_at is None


def test_signing_sends_everything_and_says_what_happens_next(client: Browser) -> None:
    asked, token = begun()
    answer_all(asked)
    signed = {"consent_info": "on", "consent_stop": "on", "consent_data": "on", "name": "Ada Byron"}

    answer = client.post(at("sign", token), {**signed, "wants_aftercare": "no", "wants_email_detail": "no"})
    done = client.get(answer["Location"]).content.decode()

    assert answer["Location"] == at("done", token)
    assert "There is nothing more you must do." in done
    assert "Clara Weiss reads your answers, or somebody who stands in for them." in done
    asked.refresh_from_db()
    asked.client.refresh_from_db()
    assert asked.sent_at is not None
    assert asked.client.wants_aftercare is False


def test_after_sending_every_page_leads_to_the_end_and_shows_no_answer(client: Browser) -> None:
    asked = make.intake_request()
    send(asked, gen_goal="my own words")
    token = make.intake_token(asked)

    for name, more in [("start", ()), ("tasks", ()), ("page", (1, 1)), ("check", ()), ("sign", ()), ("you", ())]:
        assert client.get(at(name, token, *more))["Location"] == at("done", token)
    assert "my own words" not in client.get(at("done", token)).content.decode()


def test_a_cancelled_session_asks_nothing(client: Browser) -> None:

    asked, token = begun()
    call_off(about=asked.about, now=NOW)

    answer = client.get(at("tasks", token))

    assert answer.status_code == HTTPStatus.GONE
    assert "This session was cancelled" in answer.content.decode()


def test_pages_behind_a_link_are_private(client: Browser) -> None:
    _, token = begun()

    answer = client.get(at("tasks", token))

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert 'content="noindex' in answer.content.decode()


def test_a_save_that_was_overtaken_takes_nothing_back(client: Browser) -> None:
    """Two saves of one page may arrive in the other order, or after Continue."""
    asked, token = begun()
    address, form = at("autosave", token, 1, 1), {"form_key": "a" * 32}

    def tap(number: int, **typed: str) -> int:
        return client.post(address, {**form, **typed}, headers={"X-Autosave": str(number)}).status_code

    assert tap(2, gen_goal="sleep well", gen_concern="3") == HTTPStatus.NO_CONTENT
    assert tap(1, gen_goal="sle") == HTTPStatus.CONFLICT
    assert kept(asked) == {"gen_goal": "sleep well", "gen_concern": 3}
    client.post(at("page", token, 1, 1), {**form, "gen_goal": "sleep very well", "gen_concern": "3"})
    assert tap(3, gen_goal="sleep well") == HTTPStatus.CONFLICT
    assert kept(asked) == {"gen_goal": "sleep very well", "gen_concern": 3}
    other = {"form_key": "b" * 32, "gen_goal": "walk"}  # the page opened anew
    assert client.post(address, other, headers={"X-Autosave": "1"}).status_code == HTTPStatus.NO_CONTENT
    assert kept(asked) == {"gen_goal": "walk", "gen_concern": 3}


def test_only_a_few_pages_are_remembered_for_that(client: Browser) -> None:
    asked, token = begun()
    for number in range(12):
        posted = {"form_key": f"{number:032}", "gen_goal": "sleep"}
        client.post(at("autosave", token, 1, 1), posted, headers={"X-Autosave": "1"})

    assert len(documents.read(Response.objects.get(request=asked))["saves"]) == 6


def kept(asked: Request) -> dict[str, object]:
    answers: dict[str, object] = documents.read(Response.objects.get(request=asked, slug="general"))["answers"]
    return answers


def test_a_second_press_of_sign_changes_nothing_and_leads_to_the_same_page(client: Browser) -> None:
    asked, token = begun()
    answer_all(asked)
    signed = {"consent_info": "on", "consent_stop": "on", "consent_data": "on", "name": "Ada Byron"}
    posted = {**signed, "wants_aftercare": "yes", "wants_email_detail": "no"}

    first = client.post(at("sign", token), posted)
    before = (Consent.objects.count(), Flag.objects.count(), documents.read(Request.objects.get(code=asked.code)))
    second = client.post(at("sign", token), {**posted, "wants_aftercare": "no"})

    assert first["Location"] == second["Location"] == at("done", token)
    after = (Consent.objects.count(), Flag.objects.count(), documents.read(Request.objects.get(code=asked.code)))
    assert before == after
    assert Request.objects.select_related("client").get(code=asked.code).client.wants_aftercare is True
