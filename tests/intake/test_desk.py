"""The practitioner's pages about intake: the list, one intake, and what is decided on it."""

from datetime import timedelta
from http import HTTPStatus

import html5lib
import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from clinic.people.models import AuditEvent
from intake import consents, documents, services
from intake.models import Flag, Request, Review
from tests import make
from tests.cast import NOW, ada, ben, clara, dov, fay, olu, user_of
from tests.intake.answers import send

pytestmark = pytest.mark.django_db
LIST = "/desk/intakes/"


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


def page_of(asked: Request) -> str:
    return reverse("desk-intake", args=[asked.code])


def began(**answers: object) -> Request:
    """An unfinished form with these answers."""
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    services.save_page(asked=asked, slug="general", answers=answers, now=NOW)  # type: ignore[arg-type]
    return asked


def addresses(asked: Request) -> list[str]:
    flag = Flag.objects.get(response__request=asked)
    return [
        LIST,
        page_of(asked),
        reverse("desk-intake-read", args=[asked.code]),
        reverse("desk-flag-clear", args=[flag.code]),
        reverse("desk-flag-decide", args=[flag.code]),
    ]


def test_strangers_are_sent_to_sign_in(client: Browser) -> None:
    for address in addresses(began(gen_today=["chest"])):
        assert client.get(address)["Location"].startswith("/accounts/login/"), address


def test_the_front_desk_finds_nothing(client: Browser) -> None:
    client.force_login(fay())

    for address in addresses(began(gen_today=["chest"])):
        assert client.get(address).status_code == HTTPStatus.NOT_FOUND, address
        assert client.post(address).status_code == HTTPStatus.NOT_FOUND, address


def test_another_practitioner_finds_nothing(client: Browser) -> None:
    asked = began(gen_today=["chest"])
    client.force_login(user_of(dov()))

    assert "Ada" not in client.get(LIST).content.decode()
    assert client.get(page_of(asked)).status_code == HTTPStatus.NOT_FOUND
    for address in addresses(asked)[2:]:
        assert client.post(address).status_code == HTTPStatus.NOT_FOUND, address
    assert Flag.objects.get().state == "open"


def test_the_owner_sees_all(client: Browser) -> None:
    asked = send(make.intake_request())
    client.force_login(olu())

    assert client.get(page_of(asked)).status_code == HTTPStatus.OK


def test_urgent_answers_stand_first_then_the_soonest_session(desk: Browser) -> None:
    late = send(make.intake_request(client=ben(), needed_at=NOW + timedelta(days=9)))
    soon = send(make.intake_request(client=ben(), needed_at=NOW + timedelta(days=2)))
    far = make.intake_request(client=ben(), needed_at=NOW + timedelta(days=20))
    talk = send(far, news_what=["injury"], gen_head_spine=["aneurysm"])
    urgent = began(gen_today=["chest"])

    rows = desk.get(LIST).context["page"].object_list

    assert [row.asked for row in rows] == [urgent, talk, soon, late]
    assert "1 urgent" in desk.get(LIST).content.decode()


def test_the_list_keeps_read_unsent_and_waiting_apart(desk: Browser) -> None:
    read, unsent = send(make.intake_request()), make.intake_request(client=ben())
    desk.post(reverse("desk-intake-read", args=[read.code]))

    def shown(kind: str) -> list[Request]:
        return [row.asked for row in desk.get(LIST, {"show": kind}).context["page"].object_list]

    assert (shown("waiting"), shown("unsent"), shown("read")) == ([], [unsent], [read])
    assert "All read." in desk.get(LIST).content.decode()
    assert desk.get(LIST, {"show": "other"}).status_code == HTTPStatus.NOT_FOUND


def test_the_list_asks_the_database_as_often_for_three_as_for_one(
    desk: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    send(make.intake_request(), gen_head_spine=["aneurysm"])
    desk.get(LIST)
    with django_assert_num_queries(7):
        desk.get(LIST)

    for days in (4, 5):
        again = make.intake_request(needed_at=NOW + timedelta(days=days))
        send(again, news_what=["injury"], gen_head_spine=["aneurysm"])
    with django_assert_num_queries(7):
        desk.get(LIST)


def test_safety_answers_show_the_question_the_answer_and_what_the_client_saw(desk: Browser) -> None:
    asked = began(gen_today=["chest"])
    services.acknowledge(asked=asked, choice="leave", now=NOW + timedelta(minutes=1))

    page = desk.get(page_of(asked)).content.decode()

    html5lib.HTMLParser(strict=True).parse(page)
    assert "“Do you have any of these right now?” <strong>Chest pain or trouble breathing</strong>" in page
    assert "Shown to Ada: Get medical help now, Monday 1 February at 9:00; read, then left the pages." in page
    assert "Not sent yet: this is what there is so far." in page
    assert page.index('id="safety"') < page.index('id="plan"')


def test_one_intake_shows_scores_against_last_time_places_words_and_touch(desk: Browser) -> None:
    send(make.intake_request(reasons=["jaw"]), gen_concern=8, gen_wellbeing=8, gen_activity_level=8, jaw_map=["ear_l"])
    a_year_on = NOW + timedelta(days=370)
    again = make.intake_request(reasons=["jaw"], needed_at=a_year_on, now=a_year_on)
    asked = send(again, now=a_year_on, jaw_map=["ear_r"], gen_goal="rest")

    page = desk.get(page_of(asked)).content.decode()

    assert "-6.0, better" in page
    assert "Right ear" in page
    assert "Was: Left ear" in page
    assert "<dd>rest" in page
    assert "Jaw, inside the mouth" in page


def test_what_to_plan_for_is_listed_with_what_it_asks_of_us(desk: Browser) -> None:
    asked = send(make.intake_request(), gen_meds=["thinner"], gen_pregnancy="t2", gen_pregnancy_signs=["none"])

    page = desk.get(page_of(asked)).content.decode()

    assert "Blood thinners" in page
    assert "Side-lying or tilted." in page


def test_every_reading_is_noted_with_names_of_fields_only(desk: Browser) -> None:
    asked = send(make.intake_request(), gen_goal="my own words")

    desk.get(page_of(asked))

    event = AuditEvent.objects.filter(verb="viewed").get()
    assert (event.actor, event.about, event.client_code) == (user_of(clara()), str(asked.code), ada().code)
    assert event.fields == ["answers", "scores", "flags", "touch", "profile"]


def test_marking_as_read_keeps_the_note_and_what_is_planned_for(desk: Browser) -> None:
    asked = send(make.intake_request(), gen_meds=["thinner"])

    answer = desk.post(
        reverse("desk-intake-read", args=[asked.code]), {"note": "Head raised.", "adaptations": ["p_anticoag"]}
    )

    assert answer["Location"] == reverse("today")  # nothing else waits
    assert documents.read_review(Review.objects.get()) == {"note": "Head raised.", "adaptations": ["p_anticoag"]}
    assert "Read by Clara Weiss" in desk.get(page_of(asked)).content.decode()


def test_an_unsent_form_cannot_be_signed_off(desk: Browser) -> None:
    asked = began(gen_goal="sleep")

    page = desk.post(reverse("desk-intake-read", args=[asked.code]), follow=True).content.decode()

    assert "there is nothing to sign off" in page
    assert Review.objects.count() == 0


def decided(desk: Browser, **data: str) -> tuple[int, str]:
    flag = Flag.objects.get(severity="contact")
    prefix = f"f{flag.code.hex[:8]}-"
    answer = desk.post(
        reverse("desk-flag-decide", args=[flag.code]), {prefix + key: value for key, value in data.items()}
    )
    return answer.status_code, answer.content.decode()


def test_a_contact_flag_is_decided_with_a_reason(desk: Browser) -> None:
    asked = send(make.intake_request(), gen_head_spine=["aneurysm"])

    status, page = decided(desk, decision="doctors_ok")
    assert status == HTTPStatus.OK
    assert "<title>Error: " in page
    assert "Write the reason for your decision." in page
    assert "checked" in page

    status, _ = decided(desk, decision="doctors_ok", reason="Letter from the clinic.")
    assert status == HTTPStatus.FOUND
    page = desk.get(page_of(asked)).content.decode()
    assert "<strong>Ask for the doctor&#x27;s OK.</strong> Letter from the clinic. (Clara Weiss" in page


def test_deciding_twice_changes_nothing(desk: Browser) -> None:
    send(make.intake_request(), gen_head_spine=["aneurysm"])
    decided(desk, decision="move", reason="Later.")

    decided(desk, decision="go_ahead", reason="Now.")

    assert documents.read(Flag.objects.get())["decision"] == "move"


def test_ending_an_urgent_hold_needs_the_question_the_note_and_a_second_look(desk: Browser) -> None:
    began(gen_today=["chest"])
    flag = Flag.objects.get()
    address, prefix = reverse("desk-flag-clear", args=[flag.code]), f"f{flag.code.hex[:8]}-"

    page = desk.post(address, {prefix + "seen": "yes", prefix + "note": "Called."}).content.decode()
    assert "Tick this to confirm that the hold may end." in page
    assert "cancel it or move it</a> first, and close this after that." in page
    assert "Called." in page
    assert Flag.objects.get().state == "open"

    desk.post(address, {prefix + "seen": "yes", prefix + "note": "Called.", prefix + "confirm": "on"})
    assert Flag.objects.get().state == "cleared"


def test_an_urgent_flag_cannot_be_decided_as_a_contact_flag(desk: Browser) -> None:
    began(gen_today=["chest"])

    answer = desk.post(reverse("desk-flag-decide", args=[Flag.objects.get().code]), {})

    assert answer.status_code == HTTPStatus.NOT_FOUND
