"""Which forms a session asks for: all of them at first, then only what is due, then only what is new."""

from datetime import datetime, timedelta

import pytest

from clinic.people import profile
from intake import documents, facts, meaning
from intake.compiling import shipped
from intake.due import Sent, due
from intake.models import Flag, Request, Response, Score
from tests import make
from tests.cast import NOW, ada
from tests.intake.answers import send

WEEK = timedelta(weeks=1)


def sent(weeks: int, sessions: int = 0) -> Sent:
    return Sent(NOW - weeks * WEEK, sessions)


@pytest.mark.parametrize(
    ("wanted", "before", "asked"),
    [
        (["general", "jaw"], {}, ["general", "jaw"]),
        (["general"], {"general": sent(51)}, ["news"]),
        (["general"], {"general": sent(53)}, ["general"]),
        (["general"], {"general": sent(5), "jaw": sent(5, 3)}, ["news"]),
        (["general"], {"general": sent(5), "jaw": sent(5, 4)}, ["news", "jaw"]),
        (["general"], {"general": sent(6), "jaw": sent(6)}, ["news", "jaw"]),
        (["general", "pelvic"], {"general": sent(2), "jaw": sent(2)}, ["news", "pelvic"]),
        (["general"], {"general": sent(60), "jaw": sent(60)}, ["general"]),  # what is over is not dug up again
        (["general", "jaw"], {"general": sent(60), "jaw": sent(60)}, ["general", "jaw"]),
    ],
)
def test_what_is_due(wanted: list[str], before: dict[str, Sent], asked: list[str]) -> None:
    assert due(wanted, before, needed_at=NOW) == asked


def test_a_question_that_two_forms_ask_is_the_same_question() -> None:
    """So that the newest answer to it is the one that counts, whichever form asked."""
    news = shipped()["news"].by_id
    for link_id, item in shipped()["general"].by_id.items():
        if other := news.get(link_id):
            assert (other.text, other.type, other.options, other.rules, other.required, other.sensitive) == (
                item.text, item.type, item.options, item.rules, item.required, item.sensitive,
            )  # fmt: skip


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice() -> None:
    make.practice()


def visit(weeks: int, **fields: object) -> Request:
    """A request for a session so many weeks from now, asked for a day before."""
    when = NOW + weeks * WEEK
    return make.intake_request(needed_at=when, now=when - timedelta(days=1), **fields)  # type: ignore[arg-type]


def sent_at(asked: Request) -> datetime:
    return asked.needed_at - timedelta(hours=2)


def visited(weeks: int, reasons: tuple[str, ...] = (), **answers: object) -> Request:
    asked = visit(weeks, reasons=reasons)
    return send(asked, now=sent_at(asked), **answers)


def test_a_second_visit_asks_only_whether_anything_is_new() -> None:
    visited(0, ("jaw",))

    assert visit(2, reasons=("jaw",)).questionnaires == ["news"]
    assert visit(7).questionnaires == ["news", "jaw"]


def test_after_four_sessions_a_form_is_asked_again() -> None:
    visited(0, ("jaw",))
    for weeks in (1, 2, 3):
        visited(weeks)

    assert visit(4).questionnaires == ["news", "jaw"]


def test_a_session_that_was_cancelled_does_not_count_but_its_answers_do() -> None:
    first = visited(0, ("jaw",))
    Request.objects.filter(code=first.code).update(cancelled_at=NOW)

    assert visit(1, reasons=("jaw",)).questionnaires == ["news"]


def test_sessions_booked_together_ask_in_full_once() -> None:
    first, second = visit(0, reasons=("jaw",)), visit(1, reasons=("jaw",))
    assert second.questionnaires == ["general", "jaw"]

    send(first, now=sent_at(first))

    second.refresh_from_db()
    assert second.questionnaires == ["news"]


def test_a_form_that_was_begun_is_not_taken_away() -> None:
    first, second = visit(0), visit(1)
    make.begin(second, gen_goal="sleep")

    send(first, now=sent_at(first))

    second.refresh_from_db()
    assert second.questionnaires == ["general"]


def test_nothing_new_keeps_what_was_known() -> None:
    visited(0, gen_meds=["thinner"], gen_conditions=["heart"])

    visited(1)

    assert {"p_anticoag", "p_heart"} <= facts.for_client(ada(), now=NOW + WEEK).flags
    assert Score.objects.count() == 1  # no score is made up where nothing was asked


def test_what_is_asked_again_replaces_what_was_known_and_only_that() -> None:
    visited(0, gen_meds=["thinner"], gen_conditions=["heart"])

    visited(1, news_what=["medicines"], gen_meds=["none"])

    flags = facts.for_client(ada(), now=NOW + WEEK).flags
    assert "p_anticoag" not in flags
    assert "p_heart" in flags


def test_a_rule_over_several_forms_sees_the_newest_answer() -> None:
    visited(0, gen_meds=["thinner"])
    asked = visit(1)
    knock = {"news_what": ["injury", "medicines"], "gen_head_spine": ["knock"]}

    off_it = send(asked, now=sent_at(asked), gen_meds=["none"], **knock)

    raised = {documents.read(flag)["id"] for flag in Flag.objects.filter(response__request=off_it)}
    assert "c_head_injury" in raised
    assert "u_head_injury" not in raised  # that takes blood thinners, and those are over


def test_a_pregnancy_is_looked_at_again_without_being_told_as_new() -> None:
    visited(0, gen_pregnancy="t1", gen_pregnancy_signs=["none"])
    asked = visit(6)

    reading = meaning.opened(asked, now=asked.needed_at)["news"]

    assert "gen_pregnancy" in reading.result.enabled


def test_urgent_signs_are_asked_every_time() -> None:
    visited(0)
    asked = visit(1)

    send(asked, now=sent_at(asked), gen_today=["chest"])

    assert Flag.objects.get(response__request=asked).severity == "urgent"
    assert Response.objects.filter(request=asked).count() == 1
    assert profile.read(ada()) == {}
