"""What other floors may know: facts of a client, who waits, how far the forms are, in a steady number of queries."""

from datetime import timedelta
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from intake import access, consents, facts, flagging, reviewing, services
from intake.facts import ClientFacts
from intake.models import Flag
from tests import make
from tests.cast import NOW, ada, ben, clara, user_of
from tests.intake.answers import send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice() -> None:
    make.practice()


def test_of_a_client_who_was_never_asked_nothing_is_known() -> None:
    assert facts.for_client(ada(), now=NOW) == ClientFacts()


def test_the_facts_of_what_was_sent() -> None:
    send(
        make.intake_request(reasons=["jaw", "stress"]),
        gen_head_spine=["aneurysm"],
        gen_meds=["thinner"],
        jaw_pain_worst=6,
        str_settle="music",
    )

    known = facts.for_client(ada(), now=NOW)

    assert known.open_flags == {"c_aneurysm"}
    assert known.flags == {"c_aneurysm", "p_anticoag"}
    assert known.areas["jaw_inside"] == "yes"
    assert (known.settle_words, known.forms_done, known.worst_pain) == ("music", True, 6)


def test_a_decided_flag_still_holds_and_a_cleared_one_does_not() -> None:
    send(make.intake_request(), gen_head_spine=["aneurysm"], gen_today=["chest"])
    by = user_of(clara())
    flagging.decide(flag=Flag.objects.get(severity="contact"), decision="go_ahead", reason="Fine.", by=by, now=NOW)
    flagging.clear(flag=Flag.objects.get(severity="urgent"), seen="yes", note="Seen.", by=by, now=NOW)

    known = facts.for_client(ada(), now=NOW)

    assert known.open_flags == frozenset()
    assert known.flags == {"c_aneurysm"}


def test_an_urgent_answer_in_an_unfinished_form_is_known() -> None:
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    services.save_page(asked=asked, slug="general", answers={"gen_today": ["chest"]}, now=NOW)

    known = facts.for_client(ada(), now=NOW)

    assert known.open_flags == {"u_chest"}
    assert not known.forms_done


def test_what_brings_a_client_is_opened_by_services_only() -> None:
    assert facts.reasons_of(make.intake_request(reasons=["jaw", "hips"])) == ["jaw", "hips"]


def test_who_waits_is_known_without_opening_anything(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    send(make.intake_request(), gen_head_spine=["aneurysm"])
    send(make.intake_request(client=ben()))

    codes = [ada().code, ben().code]

    with django_assert_num_queries(1):
        waiting = access.waiting_for(codes)

    assert [(flag.severity, flag.state) for flag in waiting[ada().code]] == [("contact", "open")]
    assert ben().code not in waiting


def test_how_far_each_form_is(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    asked, begun, sent, read, gone = (make.intake_request() for _ in range(5))
    consents.keep_answers(asked=begun, now=NOW)
    services.save_page(asked=begun, slug="general", answers={"gen_goal": "sleep"}, now=NOW)
    send(sent)
    reviewing.mark_read(asked=send(read), by=user_of(clara()), now=NOW)
    services.call_off(about=gone.about, now=NOW)
    unknown = uuid4()
    abouts = [each.about for each in (asked, begun, sent, read, gone)]

    with django_assert_num_queries(1):
        states = access.form_state([*abouts, unknown])

    assert [states[about] for about in [*abouts, unknown]] == ["asked", "started", "sent", "read", "none", "none"]


def test_a_link_outlasts_the_session_and_the_last_save() -> None:
    asked = make.intake_request(needed_at=NOW + timedelta(days=3))

    token = make.intake_token(asked)

    late = NOW + timedelta(days=32)
    assert access.asked_by_link(token, purpose="intake", now=late).code == asked.code
