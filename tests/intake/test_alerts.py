"""Alerts: answers that need a person, each with an owner and a deadline; taken, passed on, late, closed with a note."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail, Stop
from clinic.people import profile
from clinic.people.matching import find_or_create_client
from clinic.people.models import AuditEvent, Client, User
from intake import alerts, consents, documents, flagging
from intake.models import Flag, Request
from intake.services import call_off, save_page
from tests import make
from tests.cast import NOW, ada, ben, clara, dov, fay, olu, user_of

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)
SORE = {"chk_sore": 8, "chk_sore_trend": "worse", "chk_note": "my secret"}


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()
    dov()
    olu()


@pytest.fixture
def sore() -> Flag:
    """Ada answered the check-in: very sore, and getting worse."""
    checked_in(ada(), SORE)
    return flag_of("c_soreness")


def checked_in(client: Client, answers: dict[str, object]) -> Request:
    return make.checked_in(client, answers, deadline=TOMORROW)


def flag_of(flag_id: str) -> Flag:
    return next(flag for flag in Flag.objects.select_related("client") if documents.read(flag)["id"] == flag_id)


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def page(user: User, flag: Flag) -> str:
    answer = signed_in(user).get(reverse("desk-alert", args=[flag.code]))
    assert answer.status_code == 200
    return answer.content.decode()


def post(user: User, name: str, flag: Flag, data: dict[str, str] | None = None) -> str:
    return signed_in(user).post(reverse(name, args=[flag.code]), data or {}, follow=True).content.decode()


def letters(*kinds: str) -> list[tuple[str, str]]:
    return list(Message.objects.filter(kind__in=kinds).order_by("kind").values_list("kind", "status"))


def noted(flag: Flag) -> dict[str, str]:
    prefix = f"f{flag.code.hex[:8]}"
    return {f"{prefix}-decision": "spoke", f"{prefix}-reason": "Better already. We speak again on Friday."}


def test_an_alert_belongs_to_who_treated_and_has_a_deadline(sore: Flag) -> None:
    assert (sore.owner, sore.owned_at, sore.deadline_at) == (clara(), NOW, TOMORROW)


def test_the_list_shows_the_nearest_deadline_first_and_nothing_of_the_answer(sore: Flag) -> None:
    make.begin(make.intake_request(client=ben()), gen_today=["chest"])

    text = signed_in(olu()).get(reverse("desk-alerts")).content.decode()

    assert text.index("Ben Okri") < text.index("Ada Byron")
    assert "Monday 1 February at 10:00" in text
    assert "Tuesday 2 February at 9:00" in text
    assert "2 answers, After a session" in text
    assert "sore" not in text.lower()


def test_mine_are_those_that_i_own(sore: Flag) -> None:
    address = reverse("desk-alerts") + "?whose=mine"

    assert "Ada Byron" in signed_in(user_of(clara())).get(address).content.decode()
    assert "Nothing waits for you." in signed_in(olu()).get(address).content.decode()


def test_the_page_shows_the_answer_the_phone_and_the_deadline_and_is_audited(sore: Flag) -> None:
    Client.objects.update(phone="020 7946 0111")

    text = page(user_of(clara()), sore)

    assert "How sore are you now?" in text
    assert 'href="tel:02079460111"' in text
    assert "Tuesday 2 February at 9:00" in text
    seen = AuditEvent.objects.filter(kind="intake.flag", verb="viewed")
    assert [(event.about, event.fields) for event in seen] == [(str(sore.code), ["answers", "flags"])]


def test_without_a_phone_number_there_is_another_way_to_reach_them(sore: Flag) -> None:
    profile.write(ada(), {"emergency_name": "Bo Byron", "emergency_phone": "020 7946 0222"})

    text = page(user_of(clara()), sore)

    assert f'href="{reverse("desk-client-address", args=[sore.client_id])}">Put in a number</a>' in text
    assert 'href="mailto:ada@example.org"' in text
    assert "Bo Byron 020 7946 0222" in text


def test_nobody_writes_where_writing_is_not_safe(sore: Flag) -> None:
    Client.objects.update(may_email=False)

    text = page(user_of(clara()), sore)

    assert "mailto:ada@example.org" not in text
    assert "Do not write" in text


def test_where_home_is_not_safe_nobody_near_them_is_named() -> None:
    profile.write(ada(), {"emergency_name": "Bo Byron", "emergency_phone": "020 7946 0222"})
    asked = make.intake_request(reasons=["stress"])
    consents.keep_answers(asked=asked, now=NOW)
    save_page(asked=asked, slug="stress", answers={"str_home": "no"}, now=NOW)

    text = page(user_of(clara()), flag_of("c_unsafe"))

    assert "Bo Byron" not in text
    assert "mailto:" not in text


def test_the_number_of_open_alerts_stands_in_the_navigation_of_those_who_may_know(sore: Flag) -> None:
    badge = '1<span class="vh"> open</span>'

    assert badge in signed_in(user_of(clara())).get("/desk/clients/").content.decode()
    assert badge not in signed_in(user_of(dov())).get("/desk/clients/").content.decode()
    assert "Alerts" not in signed_in(fay()).get("/desk/clients/").content.decode()


def test_today_names_the_next_deadlines(sore: Flag) -> None:
    text = signed_in(user_of(clara())).get("/desk/").content.decode()

    assert "Answers that need a person" in text
    assert any(reverse("desk-alert", args=[flag.code]) in text for flag in Flag.objects.all())
    assert "Answers that need a person" not in signed_in(fay()).get("/desk/").content.decode()


def test_the_practitioner_is_told_without_a_word_of_what_it_is(sore: Flag) -> None:
    mail = KINDS["alert_notice"].write(sore.response.request.about, NOW)

    assert isinstance(mail, Mail)
    assert (mail.to, mail.subject) == ("clara@example.org", "An answer needs you")
    assert any(f"/desk/alerts/{flag.code}/" in mail.text for flag in Flag.objects.all())
    for secret in ("Ada", "Byron", "sore", "worse", "secret"):
        assert secret not in mail.text + mail.subject + mail.html
    assert letters("alert_notice", "alert_second", "urgent_notice") == [
        ("alert_notice", "queued"),
        ("alert_second", "queued"),
    ]


def test_taken_in_hand_nobody_else_is_called(sore: Flag) -> None:
    text = post(user_of(clara()), "desk-alert-take", sore)

    assert "Clara Weiss sees to this since Monday 1 February at 9:00" in text
    post(user_of(clara()), "desk-alert-take", flag_of("c_worse_after"))
    assert letters("alert_notice", "alert_second") == [("alert_notice", "superseded"), ("alert_second", "superseded")]
    assert alerts.open_for(user_of(clara())).count() == 2  # both still wait


def test_at_the_deadline_a_second_person_is_told_who_may_then_read_it(sore: Flag) -> None:
    about = sore.response.request.about
    assert isinstance(KINDS["alert_second"].write(about, TOMORROW - timedelta(minutes=1)), Stop)

    mail = KINDS["alert_second"].write(about, TOMORROW)

    assert isinstance(mail, Mail)
    assert (mail.to, mail.subject) == ("olu@example.org", "An answer still waits")
    assert "Ada" not in mail.text
    sore.refresh_from_db()
    assert (sore.escalated_at, sore.escalated_to) == (TOMORROW, olu())
    assert "Olu Owner was told on Tuesday 2 February at 9:00" in page(olu(), sore)


def test_where_the_owner_is_away_a_colleague_may_read_it_from_then_on(sore: Flag) -> None:
    User.objects.filter(role=User.Role.OWNER).delete()
    assert signed_in(user_of(dov())).get(reverse("desk-alert", args=[sore.code])).status_code == 404

    mail = KINDS["alert_second"].write(sore.response.request.about, TOMORROW)

    assert isinstance(mail, Mail)
    assert mail.to == "dov@example.org"
    assert "How sore are you now?" in page(user_of(dov()), sore)


def test_told_twice_the_first_time_stays(sore: Flag) -> None:
    for at in (TOMORROW, TOMORROW + timedelta(minutes=1)):
        KINDS["alert_second"].write(sore.response.request.about, at)

    sore.refresh_from_db()
    assert sore.escalated_at == TOMORROW
    assert AuditEvent.objects.filter(verb="escalated", about=str(sore.code)).count() == 1


def test_passed_on_it_is_somebody_elses_who_hears_of_it(sore: Flag) -> None:
    flagging.take(flag=sore, by=user_of(clara()), now=NOW)

    text = post(user_of(clara()), "desk-alert-pass-on", sore, {"pass-to": str(dov().code)})

    assert "It is with Dov Levi now, who gets a letter about it." in text
    sore.refresh_from_db()
    assert (sore.owner, sore.taken_at) == (dov(), None)
    assert "How sore are you now?" in page(user_of(dov()), sore)
    mail = KINDS["alert_passed_on"].write(sore.code, NOW)
    assert isinstance(mail, Mail)
    assert (mail.to, "Ada" in mail.text) == ("dov@example.org", False)


def test_passing_on_to_nobody_says_what_to_do(sore: Flag) -> None:
    assert "Choose who sees to it." in post(user_of(clara()), "desk-alert-pass-on", sore)
    sore.refresh_from_db()
    assert sore.owner == clara()


def test_closed_with_a_note_it_waits_no_more(sore: Flag) -> None:
    text = post(user_of(clara()), "desk-alert-close", sore, noted(sore))

    assert "Closed: Ada Byron." in text
    sore.refresh_from_db()
    assert (sore.state, sore.decided_by) == (Flag.State.DECIDED, user_of(clara()))
    assert b"Friday" not in bytes(sore.sealed)
    text = page(user_of(clara()), sore)
    assert "We spoke." in text
    assert "We speak again on Friday." in text
    assert alerts.open_for(user_of(clara())).count() == 1


def test_one_call_can_settle_all_answers_of_a_form(sore: Flag) -> None:
    data = noted(sore) | {f"f{sore.code.hex[:8]}-together": "on"}

    post(user_of(clara()), "desk-alert-close", sore, data)

    assert alerts.count_for(user_of(clara())) == 0
    assert letters("alert_notice", "alert_second") == [("alert_notice", "superseded"), ("alert_second", "superseded")]


def test_without_a_note_it_stays_open(sore: Flag) -> None:
    text = post(user_of(clara()), "desk-alert-close", sore)

    assert "Write a note: what was said, and what comes next." in text
    assert alerts.open_for(user_of(clara())).count() == 2


def test_closing_twice_says_that_it_was_closed(sore: Flag) -> None:
    post(user_of(clara()), "desk-alert-close", sore, noted(sore))

    assert "Somebody closed this in the meantime." in post(olu(), "desk-alert-close", sore, noted(sore))
    sore.refresh_from_db()
    assert sore.decided_by == user_of(clara())


def test_an_urgent_one_needs_a_word_on_the_health_service(sore: Flag) -> None:
    checked_in(ben(), {"chk_signs": ["chest"]})
    urgent = flag_of("u_chest")

    text = post(olu(), "desk-alert-close", urgent)

    assert "Say whether a health service has seen the client." in text
    prefix = f"f{urgent.code.hex[:8]}"
    done = {f"{prefix}-seen": "yes", f"{prefix}-note": "They went at once.", f"{prefix}-confirm": "on"}
    assert "Closed: Ben Okri." in post(olu(), "desk-alert-close", urgent, done)
    urgent.refresh_from_db()
    assert urgent.state == Flag.State.CLEARED


def test_a_session_that_must_not_go_ahead_is_called_off_before_the_hold_ends() -> None:
    checked_in(ada(), {"chk_signs": ["chest"]})
    following = make.intake_request()
    flag, called_off = flag_of("u_chest"), "I am sure that nothing more is to be done. No session is booked."

    booked = page(user_of(clara()), flag)
    call_off(about=following.about, now=NOW)
    free = page(user_of(clara()), flag)

    link = reverse("desk-booking", args=[following.about])
    assert "Booked for Thursday 4 February at 9:00." in booked
    assert f'<a href="{link}">cancel it or move it</a> first' in booked
    assert "I am sure that the session may go ahead again." in booked
    assert called_off not in booked
    assert called_off in free
    assert link not in free
    assert "go ahead" not in free


def test_while_something_urgent_waits_only_its_own_notice_goes() -> None:
    checked_in(ada(), SORE | {"chk_signs": ["chest"]})

    assert letters("alert_notice", "alert_second", "urgent_notice", "urgent_second") == [
        ("urgent_notice", "queued"),
        ("urgent_second", "queued"),
    ]


def test_the_notice_of_something_urgent_after_a_session_opens_its_alert() -> None:
    asked = checked_in(ada(), SORE | {"chk_signs": ["chest"]})

    mail = KINDS["urgent_notice"].write(asked.about, NOW)

    assert isinstance(mail, Mail)
    assert "It stands in your list of alerts." in mail.text
    assert f"/desk/alerts/{flag_of('u_chest').code}/" in mail.text


@pytest.mark.parametrize("name", ["desk-alert", "desk-alert-take", "desk-alert-pass-on", "desk-alert-close"])
@pytest.mark.parametrize("who", [fay, lambda: user_of(dov())])
def test_nobody_else_sees_or_changes_it(sore: Flag, name: str, who: Callable[[], User]) -> None:
    browser, before = signed_in(who()), Flag.objects.values().get(code=sore.code)
    address = reverse(name, args=[sore.code])

    answer = browser.get(address) if name == "desk-alert" else browser.post(address, noted(sore))

    assert answer.status_code == 404
    assert Flag.objects.values().get(code=sore.code) == before


def test_a_longer_list_costs_no_more_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    checked_in(ada(), SORE)
    browser = signed_in(olu())
    with django_assert_num_queries(6):
        browser.get(reverse("desk-alerts"))
    for name in ("Cyd Moss", "Eli Roth"):
        checked_in(find_or_create_client(name=name, email="", now=NOW), SORE)

    with django_assert_num_queries(6):
        browser.get(reverse("desk-alerts"))
