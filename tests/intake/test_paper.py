"""Answers on paper: the printed form, its code, typing it in, and the signature by hand."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from time_machine import TimeMachineFixture

from clinic.outbox.models import Message
from clinic.people.models import AuditEvent
from intake import consents, documents, meaning, on_paper, paper_codes, versions
from intake.compiling import shipped
from intake.consents import Paper
from intake.definition import Answer
from intake.models import Consent, Flag, Request, Response
from intake.regions import AREAS
from intake.services import NotOpen, Unfinished, save_page
from tests import cast, make
from tests.cast import NOW
from tests.intake.answers import calm, send

pytestmark = pytest.mark.django_db
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
SIGNED = {"consent_info": "on", "consent_stop": "on", "consent_data": "on", "name": "Ada Byron"}
CHOICES = {"wants_aftercare": "yes", "wants_email_detail": "no"}
DAY = {"signed_on_day": "20", "signed_on_month": "11", "signed_on_year": "2026"}


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


@pytest.fixture
def desk(client: Browser) -> Browser:
    """Clara at her desk."""
    client.force_login(cast.user_of(cast.clara()))
    return client


def paper() -> Paper:
    return Paper(NOW.date(), cast.user_of(cast.clara()))


def agreed(asked: Request) -> Request:
    on_paper.agree(asked=asked, paper=paper(), now=NOW)
    return asked


def written(slug: str, **changes: Answer) -> dict[str, Answer]:
    items = [item for item in shipped()[slug].walk() if item.is_asked and item.control != "consent"]
    return {item.link_id: changes.get(item.link_id, calm(item)) for item in items}


def type_in(asked: Request, slug: str = "general", **changes: Answer) -> frozenset[str]:
    by = cast.user_of(cast.clara())
    wording = versions.wording_in_use(slug)
    return on_paper.type_in(asked=asked, wording=wording, answers=written(slug, **changes), by=by, now=NOW)


# --- the code ---------------------------------------------------------------------------------------------------------


@given(st.uuids(), DIGESTS)
def test_a_code_says_which_request_and_which_wording(request: UUID, digest: str) -> None:
    code = paper_codes.read(paper_codes.code_of(request, digest).words)

    assert code is not None
    first, last = code.between
    assert first <= request <= last
    assert code.is_of(digest)


@given(st.uuids(), DIGESTS, st.integers(0, 13), st.sampled_from(paper_codes.LETTERS))
def test_a_code_that_was_typed_wrongly_is_hardly_ever_another_one(
    request: UUID, digest: str, place: int, letter: str
) -> None:
    words = paper_codes.code_of(request, digest).words
    slip = words[:place] + letter + words[place + 1 :]

    found = paper_codes.read(slip)

    assert slip == words or found is None or found.words == slip


def test_one_slip_in_a_code_is_noticed() -> None:
    words = paper_codes.code_of(UUID(int=7), "ab" * 32).words
    slips = [words[:n] + letter + words[n + 1 :] for n in range(14) if words[n] != "-" for letter in "0Z7"]
    taken = [slip for slip in slips if slip != words and paper_codes.read(slip)]

    assert len(taken) <= 1, taken


def test_a_code_is_read_however_it_is_typed() -> None:
    code = paper_codes.code_of(UUID(int=1 << 127), "00" * 32)

    assert paper_codes.read(code.words) == code
    assert paper_codes.read(code.words.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code
    assert paper_codes.read("") is None
    assert paper_codes.read("nothing") is None
    assert paper_codes.read("U" * 12) is None


# --- the printed form -------------------------------------------------------------------------------------------------


def test_the_printed_form_asks_all_that_the_screens_ask_and_says_when() -> None:
    lines = on_paper.blank("general", today=NOW.date()).lines

    asked = {line.item.link_id for line in lines if line.number}
    everything = {item.link_id for item in shipped()["general"].walk() if item.is_asked and item.control != "consent"}
    signed = {"consent_emails", "consent_email_detail"}
    assert asked == everything - signed
    by_id = {line.item.link_id: line for line in lines}
    assert by_id["gen_head_date"].only_if == (
        "Answer this only if you answered question 7 and your answer to question 7 is not “None of these”."
    )
    assert by_id["gen_pregnancy_signs"].only_if.startswith("Answer this only if your answer to question 12 is “I could")
    assert by_id["gen_today"].is_urgent
    assert "Chest pain or trouble breathing (!)" in by_id["gen_today"].boxes[0][1]
    assert "Fever, or a bug you could pass on" in by_id["gen_today"].boxes[0][1]
    assert not by_id["gen_meds"].is_urgent


def test_what_the_practice_does_not_ask_is_not_printed() -> None:
    def ids() -> set[str]:
        return {line.item.link_id for line in on_paper.blank("stress", today=NOW.date()).lines}

    assert "str_safe" not in ids()
    make.practice(ask_self_harm=True)
    assert "str_safe" in ids()


def test_every_form_can_be_printed_blank(desk: Browser) -> None:
    for slug, title in on_paper.printable().items():
        page = desk.get(reverse("desk-paper-blank", args=[slug])).content.decode()
        assert title in page
        assert on_paper.blank(slug, today=NOW.date()).code in page


def test_a_client_prints_their_questions_and_none_of_their_answers(client: Browser) -> None:
    asked = make.intake_request(reasons=["jaw"])
    token = make.intake_token(asked)
    consents.keep_answers(asked=asked, now=NOW)
    save_page(asked=asked, slug="general", answers={"gen_goal": "my own words"}, now=NOW)

    page = client.get(reverse("intake-paper", args=[token])).content.decode()

    assert "my own words" not in page
    assert [sheet.code in page for sheet in on_paper.sheets(asked, now=NOW)] == [True, True]
    assert "Where touch is all right" in page
    assert "When were you born?" in page
    assert page.count("<li>○ Yes, but leave no message</li>") == 1  # one answer only, so a round mark
    assert "Call 999" in page


# --- typing it in -----------------------------------------------------------------------------------------------------


def test_the_code_leads_to_the_answers_and_nowhere_else(desk: Browser) -> None:
    asked = agreed(make.intake_request())
    code = on_paper.sheets(asked, now=NOW)[0].code

    right = desk.post(reverse("desk-paper"), {"code": code.lower().replace("-", "")})
    wrong = desk.post(reverse("desk-paper"), {"code": "AAAA-BBBB-CCCC"})

    assert right["Location"] == reverse("desk-paper-answers", args=[code])
    assert "No form has this code." in wrong.content.decode()


def test_nobody_else_may_type_in(client: Browser) -> None:
    asked = make.intake_request()
    code = on_paper.sheets(asked, now=NOW)[0].code
    pages = [
        reverse("desk-paper-answers", args=[code]),
        reverse("desk-intake-paper", args=[asked.code]),
        reverse("desk-intake-paper-print", args=[asked.code]),
    ]
    for other in (cast.fay(), cast.user_of(cast.dov())):
        client.force_login(other)
        for page in pages:
            assert client.get(page).status_code == HTTPStatus.NOT_FOUND


def test_nothing_is_typed_in_before_the_client_agreed_by_hand(desk: Browser) -> None:
    asked = make.intake_request()
    code = on_paper.sheets(asked, now=NOW)[0].code
    agree = reverse("desk-intake-paper-agree", args=[asked.code])

    assert desk.get(reverse("desk-paper-answers", args=[code]))["Location"] == reverse(
        "desk-intake-paper", args=[asked.code]
    )
    assert desk.get(reverse("desk-intake-paper", args=[asked.code]))["Location"] == agree
    with pytest.raises(NotOpen):
        type_in(asked)
    assert "Without this tick" in desk.post(agree, DAY).content.decode()
    later = {**DAY, "keep": "on", "signed_on_year": "2031"}
    assert "still to come" in desk.post(agree, later).content.decode()
    assert Consent.objects.count() == 0
    desk.post(agree, {**DAY, "keep": "on"})
    kept = documents.read(Consent.objects.select_related("client").get())
    assert kept["on_paper"]["signed_on"] == "2026-11-20"
    assert kept["on_paper"]["typed_by"] == "Clara Weiss"


def test_typed_answers_mean_what_they_mean_on_screen() -> None:
    changes: dict[str, Any] = {"gen_pregnancy": "t2", "gen_pregnancy_signs": ["risk"], "gen_head_date": "2026-05"}
    on_screen = send(make.intake_request(), gen_activity="walk", gen_activity_level=2, **changes)
    asked = agreed(make.intake_request(client=cast.ben()))

    assert type_in(asked, gen_activity="walk", gen_activity_level=2, **changes) == frozenset()

    first, second = (meaning.opened(each, now=NOW, slugs=["general"])["general"] for each in (on_screen, asked))
    signed = {"consent_info", "consent_stop", "consent_data", "consent_emails", "consent_email_detail"}
    assert {k: v for k, v in first.counted.items() if k not in signed} == second.counted
    assert "gen_head_date" not in second.counted  # the answers rule it out, so it does not count
    assert first.result.scores == second.result.scores
    assert {each.flag for each in first.raised} == {each.flag for each in second.raised}
    assert documents.read(second.response)["on_paper"]["by"] == "Clara Weiss"


def test_an_urgent_answer_on_paper_holds_the_session_and_tells_whoever_types(desk: Browser) -> None:
    asked = agreed(make.intake_request())
    code = on_paper.sheets(asked, now=NOW)[0].code
    form = desk.get(reverse("desk-paper-answers", args=[code])).content.decode()
    assert "6. Do you have any of these right now?" in form

    posted = {"gen_goal": "sleep", "gen_concern": "2", "gen_wellbeing": "2", "gen_today": ["chest"]}
    for name in ("gen_head_spine", "gen_conditions", "gen_meds", "gen_allergy", "gen_moving"):
        posted[name] = ["none"]
    posted |= {"gen_fluids": "no", "gen_pregnancy": "no", "gen_surgery": "never"}
    answer = desk.post(reverse("desk-paper-answers", args=[code]), posted, follow=True)

    assert "An answer of this form cannot wait. Call Ada now." in answer.content.decode()
    assert [flag.severity for flag in Flag.objects.filter(severity="urgent")] == ["urgent"]
    assert set(Message.objects.values_list("kind", flat=True)) >= {"m06_urgent"}
    assert documents.read(Response.objects.get())["shown"] == []  # the client was shown no card


def test_a_form_with_a_gap_says_which_question_is_meant(desk: Browser) -> None:
    asked = agreed(make.intake_request())
    code = on_paper.sheets(asked, now=NOW)[0].code

    page = desk.post(reverse("desk-paper-answers", args=[code]), {"gen_goal": "sleep"}).content.decode()

    assert "Do you have any of these right now? Choose at least one answer" in page
    assert "When was the most recent one? Give" not in page  # the other answers rule it out
    assert Response.objects.count() == 0


def test_paper_of_an_older_wording_is_refused_where_the_client_began_with_a_newer(desk: Browser) -> None:
    asked = agreed(make.intake_request())
    save_page(asked=asked, slug="general", answers={"gen_goal": "sleep"}, now=NOW)
    old = versions.wording_in_use("general")._replace(digest="ab" * 32)

    with pytest.raises(on_paper.OtherWording):
        on_paper.type_in(asked=asked, wording=old, answers={}, by=cast.user_of(cast.clara()), now=NOW)
    assert documents.read(Response.objects.get())["answers"] == {"gen_goal": "sleep"}


def test_a_blank_form_asks_first_whose_it_is(desk: Browser) -> None:
    asked = agreed(make.intake_request())
    send(make.intake_request(client=cast.ben()))
    code = on_paper.blank("general", today=NOW.date()).code

    page = desk.get(reverse("desk-paper-answers", args=[code])).content.decode()

    assert on_paper.sheets(asked, now=NOW)[0].code in page
    assert "Ben" not in page  # he has sent his


def test_what_is_signed_on_paper_is_sent_and_says_so(desk: Browser) -> None:
    asked = agreed(make.intake_request())
    address = reverse("desk-intake-paper", args=[asked.code])
    places = {f"touch_{area}": "ask" for area in AREAS}
    early = desk.post(address, {**SIGNED, **CHOICES, **DAY, **places}).content.decode()
    assert "Some answers are still needed." in early
    assert consents.touch_map(asked.client) == {}  # all or nothing
    type_in(asked)

    answer = desk.post(address, {**SIGNED, **CHOICES, **DAY, **places})
    again = desk.post(address, {**SIGNED, **CHOICES, **DAY, **places})

    assert answer["Location"] == again["Location"] == reverse("desk-intake", args=[asked.code])
    asked.refresh_from_db()
    assert asked.sent_at == NOW
    assert set(consents.touch_map(asked.client).values()) == {"ask"}
    signature = documents.read(asked)["signature"]
    assert (signature["name"], signature["on_paper"]["signed_on"]) == ("Ada Byron", "2026-11-20")
    page = desk.get(answer["Location"]).content.decode()
    assert "On paper, signed by Ada Byron on 2026-11-20; typed in by Clara Weiss." in page
    event = AuditEvent.objects.get(verb="typed in, signed on paper")
    assert event.actor == cast.user_of(cast.clara())


def test_without_answers_nothing_is_signed() -> None:
    asked = agreed(make.intake_request())
    signature = {"name": "Ada", "statements": list(SIGNED)[:3], "wants_aftercare": True, "wants_email_detail": True}

    with pytest.raises(Unfinished):
        on_paper.sign(asked=asked, touch={}, signature=signature, paper=paper(), now=NOW)

    assert Request.objects.get().sent_at is None
    assert set(Consent.objects.values_list("kind", flat=True)) == {"keep_answers"}


def test_every_page_about_the_paper_of_four_forms_takes_few_queries(
    desk: Browser, django_assert_max_num_queries: Any
) -> None:
    agreed(make.intake_request(reasons=["unsure"]))
    asked = Request.objects.get()
    for name in ("desk-intake-paper", "desk-intake-paper-print", "desk-intake-paper-about"):
        desk.get(reverse(name, args=[asked.code]))
        with django_assert_max_num_queries(30):
            assert desk.get(reverse(name, args=[asked.code])).status_code == HTTPStatus.OK


def test_sent_answers_are_not_typed_over(desk: Browser) -> None:
    asked = send(make.intake_request())
    code = on_paper.sheets(asked, now=NOW)[0].code

    assert desk.get(reverse("desk-paper-answers", args=[code]))["Location"] == reverse(
        "desk-intake-paper", args=[asked.code]
    )
    assert desk.get(reverse("desk-intake-paper", args=[asked.code]))["Location"] == reverse(
        "desk-intake", args=[asked.code]
    )
    with pytest.raises(NotOpen):
        on_paper.agree(asked=asked, paper=paper(), now=NOW + timedelta(hours=1))
