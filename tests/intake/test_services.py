"""Asking, answering and sending: the fact, exactly these messages, and refusals that change nothing."""

import io
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from clinic.outbox.models import Message
from clinic.people.models import Practice
from intake import consents, documents, flagging, reviewing, services, signing
from intake.models import Consent, Flag, Request, Response, Review, Score
from intake.services import NotOpen, Unfinished
from tests import make
from tests.cast import NOW, ada, clara, dov, user_of
from tests.intake.answers import SIGNED, answer_all, send

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(days=3)


@pytest.fixture(autouse=True)
def _practice() -> None:
    make.practice()
    make.help_numbers()


def letters(asked: Request) -> list[tuple[str, str]]:
    found = Message.objects.filter(about=asked.about).order_by("due_at", "kind")
    return [(message.kind, message.status) for message in found]


def begun(**fields: object) -> Request:
    asked = make.intake_request(**fields)  # type: ignore[arg-type]
    consents.keep_answers(asked=asked, now=NOW)
    return asked


def save(asked: Request, slug: str = "general", **answers: object) -> services.Saved:
    return services.save_page(asked=asked, slug=slug, answers=answers, now=NOW)  # type: ignore[arg-type]


# --- asking


def test_reasons_choose_the_questionnaires_and_general_is_always_asked() -> None:
    assert make.intake_request(reasons=["jaw", "sleep"]).questionnaires == ["general", "jaw", "stress"]
    assert make.intake_request().questionnaires == ["general"]
    assert make.intake_request(reasons=["unsure"]).questionnaires == ["general", "pelvic", "jaw", "stress"]


def test_an_unknown_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="knees is not a reason"):
        make.intake_request(reasons=["knees"])
    assert Request.objects.count() == 0


def test_asking_again_for_a_move_updates_and_never_takes_a_question_away() -> None:
    first = make.intake_request(reasons=["jaw"])
    services.call_off(about=first.about, now=NOW)

    again = make.intake_request(about=first.about, practitioner=dov(), needed_at=SOON + timedelta(days=2))

    assert again.code == first.code
    assert (again.practitioner, again.needed_at) == (dov(), SOON + timedelta(days=2))
    assert again.questionnaires == ["general", "jaw"]
    assert again.cancelled_at is None
    assert Request.objects.count() == 1


def test_a_far_booking_plans_the_form_letter_and_the_nudge() -> None:
    asked = make.intake_request(needed_at=NOW + timedelta(days=20))

    assert letters(asked) == [("m01_form", "queued"), ("m02_form_nudge", "queued")]


def test_a_near_booking_plans_only_the_nudge() -> None:
    assert letters(make.intake_request(needed_at=NOW + timedelta(days=6))) == [("m02_form_nudge", "queued")]
    assert letters(make.intake_request(needed_at=SOON)) == []


def test_calling_off_stops_the_letters_and_an_undo_brings_them_back() -> None:
    asked = make.intake_request(needed_at=NOW + timedelta(days=20))

    services.call_off(about=asked.about, now=NOW)
    assert {status for _, status in letters(asked)} == {"superseded"}

    make.intake_request(about=asked.about, needed_at=NOW + timedelta(days=20))
    assert {status for _, status in letters(asked)} == {"queued"}


def test_a_check_in_stands_beside_the_forms_of_the_same_booking() -> None:
    asked = make.intake_request()
    services.ask_checkin(client=ada(), practitioner=clara(), about=asked.about, needed_at=SOON, now=NOW)

    assert sorted(Request.objects.values_list("purpose", "questionnaires")) == [
        ("checkin", ["checkin"]),
        ("presession", ["general"]),
    ]


def test_the_database_keeps_one_request_a_booking() -> None:
    asked = make.intake_request()

    asked.code = uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save(force_insert=True)


# --- answering


def test_nothing_is_saved_without_the_consent_to_keep_it() -> None:
    asked = make.intake_request()

    with pytest.raises(NotOpen):
        save(asked, gen_goal="sleep")

    assert Response.objects.count() == 0


def test_two_tabs_merge_by_question() -> None:
    asked = begun()
    one, other = Request.objects.get(code=asked.code), Request.objects.get(code=asked.code)

    save(one, gen_goal="sleep")
    save(other, gen_concern=7)
    save(one, gen_goal="rest")

    assert documents.read(Response.objects.get())["answers"] == {"gen_goal": "rest", "gen_concern": 7}


def test_a_question_that_no_longer_applies_stays_in_the_draft_and_drops_at_the_end() -> None:
    asked = begun()
    answer_all(asked, gen_pregnancy="t2", gen_pregnancy_signs=["risk"])

    save(asked, gen_pregnancy="no")
    assert documents.read(Response.objects.get())["answers"]["gen_pregnancy_signs"] == ["risk"]

    signing.sign(asked=asked, now=NOW, **SIGNED)
    assert "gen_pregnancy_signs" not in documents.read(Response.objects.get())["answers"]
    assert Flag.objects.count() == 0


def test_a_question_that_was_not_asked_has_no_place_to_land() -> None:
    asked = begun()

    save(asked, gen_goal="sleep", gen_pregnancy_signs=["bleed"], made_up="yes", gen_consent="yes")

    assert documents.read(Response.objects.get())["answers"] == {"gen_goal": "sleep"}


def test_a_form_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(NotOpen):
        save(begun(), "stress", str_overload="1")


def test_an_urgent_answer_is_flagged_at_once_with_a_letter_and_a_notice() -> None:
    asked = begun(needed_at=NOW + timedelta(days=20))

    saved = save(asked, gen_today=["chest", "fever"])

    assert saved.to_show == {"u_chest", "c_infection"}
    flag = Flag.objects.get()
    assert (flag.severity, flag.state, flag.deadline_at) == ("urgent", "open", NOW + timedelta(hours=1))
    assert documents.read(flag) == {"id": "u_chest", "sources": ["gen_today=chest"]}
    assert sorted(letters(asked)) == [
        ("m01_form", "superseded"),
        ("m02_form_nudge", "superseded"),
        ("m06_urgent", "queued"),
        ("urgent_notice", "queued"),
        ("urgent_second", "queued"),
    ]


def test_a_second_urgent_answer_soon_after_makes_no_second_letter() -> None:
    asked = begun()

    save(asked, gen_today=["chest"])
    services.save_page(
        asked=asked, slug="general", answers={"gen_today": ["chest", "stroke"]}, now=NOW + timedelta(minutes=5)
    )

    assert Flag.objects.count() == 2
    assert sorted(letters(asked)) == [
        ("m06_urgent", "queued"),
        ("urgent_notice", "queued"),
        ("urgent_second", "queued"),
    ]


def test_taking_an_answer_back_marks_the_flag_and_leaves_it_waiting() -> None:
    asked = begun()
    save(asked, gen_today=["chest"])

    save(asked, gen_today=["none"])
    assert Flag.objects.get().state == "withdrawn"
    assert Flag.objects.get().is_waiting

    save(asked, gen_today=["chest"])
    assert Flag.objects.get().state == "open"


def test_saving_the_same_page_again_shows_no_card_again() -> None:
    asked = begun()
    save(asked, gen_today=["chest"])

    assert save(asked, gen_today=["chest"]).to_show == frozenset()
    assert save(asked, gen_goal="sleep").to_show == frozenset()


def test_an_autosave_before_continue_takes_no_card_away() -> None:
    asked = begun()
    services.save_page(asked=asked, slug="general", answers={"gen_today": ["chest"]}, now=NOW, is_continue=False)

    assert save(asked, gen_today=["chest"]).to_show == {"u_chest"}


def test_ticking_again_shows_the_card_again() -> None:
    asked = begun()
    save(asked, gen_today=["chest"])
    save(asked, gen_today=["none"])

    assert save(asked, gen_today=["chest"]).to_show == {"u_chest"}


def test_let_us_talk_is_said_once_unless_there_is_more_to_say() -> None:
    asked = begun(reasons=["jaw"])
    assert save(asked, gen_head_spine=["aneurysm"]).to_show == {"c_aneurysm"}

    assert save(asked, gen_conditions=["cancer"]).to_show == frozenset()
    assert save(asked, "jaw", jaw_signs=["lump"]).to_show == {"c_mouth_lesion"}


@pytest.mark.parametrize(("asks", "shown"), [(False, ["support"]), (True, [])])
def test_where_self_harm_is_not_asked_everyone_sees_whom_to_talk_to(asks: bool, shown: list[str]) -> None:
    make.practice(ask_self_harm=asks)
    asked = begun(reasons=["stress"])

    answer_all(asked)

    document = documents.read(Response.objects.get(slug="stress"))
    assert [card for entry in document["shown"] for card in entry["cards"]] == shown
    assert Flag.objects.count() == 0


def test_a_contact_flag_waits_until_the_form_is_sent() -> None:
    asked = begun()

    assert save(asked, gen_head_spine=["aneurysm"]).to_show == {"c_aneurysm"}
    assert Flag.objects.count() == 0

    send(asked, gen_head_spine=["aneurysm"])
    assert Flag.objects.get().severity == "contact"


@pytest.mark.parametrize("answers", [{"str_safe": "might"}, {"str_safe": "thoughts"}, {"str_home": "no"}])
def test_danger_and_despair_reach_a_person_at_once_and_never_make_a_letter(answers: dict[str, str]) -> None:
    make.practice(ask_self_harm=True)
    asked = begun(needed_at=NOW + timedelta(days=20), reasons=["stress"])

    save(asked, "stress", **answers)

    assert Flag.objects.get().is_waiting
    assert sorted(letters(asked)) == [
        ("m01_form", "superseded"),
        ("m02_form_nudge", "superseded"),
        ("urgent_notice", "queued"),
        ("urgent_second", "queued"),
    ]


def test_an_injury_with_blood_thinners_is_urgent_across_questions() -> None:
    asked = begun()
    save(asked, gen_head_spine=["knock"])

    saved = save(asked, gen_meds=["thinner"])

    assert "u_head_injury" in saved.to_show
    assert documents.read(Flag.objects.get())["sources"] == ["rule X1"]


def test_an_older_form_counts_until_the_newer_one_is_begun() -> None:
    send(begun(), gen_meds=["thinner"])
    asked = begun(reasons=["jaw"])

    saved = save(asked, "jaw", jaw_signs=["injury"])

    assert "u_head_injury" in saved.to_show


def test_telling_in_person_raises_what_rather_not_say_would() -> None:
    asked = send(begun(), gen_pregnancy="in_person")

    assert [documents.read(flag)["id"] for flag in Flag.objects.filter(response__request=asked)] == ["p_preg_unknown"]


# --- sending


def test_signing_completes_scores_and_keeps_what_was_agreed() -> None:
    asked = send(begun(reasons=["jaw"], needed_at=NOW + timedelta(days=20)))

    assert asked.sent_at == NOW
    assert set(Response.objects.values_list("slug", "status")) == {("general", "completed"), ("jaw", "completed")}
    scores = {documents.read(score)["id"]: documents.read(score)["value"] for score in Score.objects.all()}
    assert scores["gen_profile"] == "2.0"
    assert scores["jaw_intensity"] == "20.0"
    assert set(Consent.objects.values_list("kind", flat=True)) == set(Consent.Kind.values)
    signature = documents.read(Consent.objects.get(kind="signature"))
    assert signature["name"] == "Ada Byron"
    assert "I can say no, pause or stop at any time." in signature["text"]
    assert {status for _, status in letters(asked)} == {"superseded"}
    client = ada()
    assert (client.wants_aftercare, client.wants_email_detail) == (True, False)


def test_signing_twice_changes_nothing() -> None:
    asked = send(begun())
    before = Consent.objects.count(), Score.objects.count()

    again = signing.sign(asked=asked, now=NOW + timedelta(hours=1), **SIGNED)

    assert again.sent_at == NOW
    assert (Consent.objects.count(), Score.objects.count()) == before


def test_what_must_be_answered_stops_the_sending_and_changes_nothing() -> None:
    asked = begun(reasons=["jaw"])
    save(asked, gen_goal="sleep")

    with pytest.raises(Unfinished) as refused:
        signing.sign(asked=asked, now=NOW, **SIGNED)

    assert set(refused.value.missing) == {"general", "jaw"}
    assert Response.objects.get().status == "draft"
    assert Request.objects.get().sent_at is None
    assert Consent.objects.exclude(kind="keep_answers").count() == 0


@pytest.mark.parametrize("change", [{"name": " "}, {"statements": ["consent_info", "consent_stop"]}])
def test_a_missing_tick_or_name_leaves_everything_a_draft(change: dict[str, object]) -> None:
    asked = begun()
    answer_all(asked)

    with pytest.raises(Unfinished):
        signing.sign(asked=asked, now=NOW, **{**SIGNED, **change})

    assert Response.objects.get().status == "draft"


def test_nothing_can_be_answered_after_sending_or_cancelling() -> None:
    asked = send(begun())
    with pytest.raises(NotOpen):
        save(asked, gen_goal="other")

    other = begun()
    services.call_off(about=other.about, now=NOW)
    with pytest.raises(NotOpen):
        save(other, gen_goal="other")


def test_a_newer_form_replaces_what_the_older_one_raised_but_not_what_waits() -> None:
    send(begun(), gen_meds=["thinner"], gen_head_spine=["aneurysm"])

    a_year_on = NOW + timedelta(days=370)
    again = make.intake_request(needed_at=a_year_on, now=a_year_on)
    assert again.questionnaires == ["general"]
    send(again, now=a_year_on)

    states = {documents.read(flag)["id"]: flag.state for flag in Flag.objects.all()}
    assert states == {"p_anticoag": "superseded", "c_aneurysm": "open"}


def test_a_check_in_measures_against_the_form_before_and_needs_no_signature() -> None:
    sent = send(begun(), gen_concern=2, gen_wellbeing=2)
    checkin = services.ask_checkin(client=ada(), practitioner=clara(), about=sent.about, needed_at=NOW, now=NOW)
    answers = {"chk_concern": 6, "chk_activity": 6, "chk_wellbeing": 6, "chk_sore": 0, "chk_dizzy": "no"}
    save(checkin, "checkin", **answers)
    save(checkin, "checkin", chk_feelings="settled", chk_signs=["none"])

    services.send_checkin(asked=checkin, now=NOW)
    services.send_checkin(asked=checkin, now=NOW)

    flags = Flag.objects.filter(response__slug="checkin")
    assert [documents.read(flag)["id"] for flag in flags] == ["c_worse_after"]


def test_a_client_who_cannot_safely_be_written_to_is_not() -> None:
    services.save_profile(asked=begun(), changes={"safe_email": "no"}, now=NOW)

    assert ada().may_email is False


def test_wishes_for_comfort_are_pinned() -> None:
    asked = begun()
    services.save_profile(asked=asked, changes={"comfort": ["breaks"]}, now=NOW)

    send(asked)

    assert [documents.read(flag)["id"] for flag in Flag.objects.all()] == ["p_comfort_wishes"]


def test_a_child_needs_a_guardian() -> None:
    asked = begun()
    services.save_profile(asked=asked, changes={"birth_date": "2011-05-01"}, now=NOW)

    send(asked)

    assert [documents.read(flag)["id"] for flag in Flag.objects.all()] == ["c_minor"]


# --- consent


def test_a_later_answer_takes_the_place_of_the_earlier_one() -> None:
    asked = begun()
    consents.set_touch_map(asked=asked, answers={"head": "yes"}, now=NOW)
    consents.set_touch_map(asked=asked, answers={"head": "no", "neck": "ask"}, now=NOW + timedelta(days=1))

    given = consents.touch_map(asked.client)
    assert (given["head"], given["neck"], given["pelvis"]) == ("no", "ask", "no")
    assert Consent.objects.filter(kind="touch", withdrawn_at__isnull=False).count() == 1


def test_a_consent_is_as_easy_to_take_back() -> None:
    asked = begun()

    consents.withdraw(client=asked.client, kind=Consent.Kind.KEEP_ANSWERS, now=NOW)

    assert not consents.may_keep_answers(asked.client)


def test_an_unknown_answer_about_touch_is_refused() -> None:
    asked = begun()

    with pytest.raises(ValueError, match="yes, ask or no"):
        consents.set_touch_map(asked=asked, answers={"head": "maybe"}, now=NOW)

    assert consents.touch_map(asked.client) == {}


# --- deciding and reading


def decided() -> Flag:
    return Flag.objects.get(severity="contact")


def test_a_person_decides_on_a_contact_flag_with_a_reason() -> None:
    send(begun(), gen_head_spine=["aneurysm"])

    flagging.decide(flag=decided(), decision="with_changes", reason="Neck only.", by=user_of(clara()), now=NOW)

    flag = decided()
    assert (flag.state, flag.decided_by, flag.decided_at) == ("decided", user_of(clara()), NOW)
    assert documents.read(flag)["reason"] == "Neck only."


@pytest.mark.parametrize(("decision", "reason"), [("shrug", "why"), ("move", "  ")])
def test_a_decision_without_a_reason_or_of_another_kind_is_refused(decision: str, reason: str) -> None:
    send(begun(), gen_head_spine=["aneurysm"])

    with pytest.raises(ValueError, match="reason"):
        flagging.decide(flag=decided(), decision=decision, reason=reason, by=user_of(clara()), now=NOW)

    assert decided().state == "open"


def test_a_flag_is_decided_once() -> None:
    send(begun(), gen_head_spine=["aneurysm"])
    flagging.decide(flag=decided(), decision="move", reason="Later.", by=user_of(clara()), now=NOW)

    with pytest.raises(flagging.NotWaiting):
        flagging.decide(flag=decided(), decision="go_ahead", reason="Now.", by=user_of(dov()), now=NOW)

    assert documents.read(decided())["decision"] == "move"


def test_clearing_an_urgent_flag_ends_the_hold_and_brings_the_letters_back() -> None:
    asked = begun(needed_at=NOW + timedelta(days=20))
    save(asked, gen_today=["chest"])

    flagging.clear(flag=Flag.objects.get(), seen="yes", note="Seen at A&E.", by=user_of(clara()), now=NOW)

    assert Flag.objects.get().state == "cleared"
    assert sorted(letters(asked)) == [
        ("m01_form", "queued"),
        ("m02_form_nudge", "queued"),
        ("m06_urgent", "superseded"),
        ("urgent_notice", "superseded"),
        ("urgent_second", "superseded"),
    ]


def test_a_cleared_flag_stays_cleared_when_the_same_form_is_saved_again() -> None:
    asked = begun()
    save(asked, gen_today=["chest"])
    flagging.clear(flag=Flag.objects.get(), seen="yes", note="Seen.", by=user_of(clara()), now=NOW)

    save(asked, gen_goal="sleep")

    assert Flag.objects.get().state == "cleared"


def test_no_row_of_a_closed_flag_can_do_without_a_person() -> None:
    save(begun(), gen_today=["chest"])

    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.update(state="cleared")


def test_signing_off_needs_something_sent_and_happens_once() -> None:
    asked = begun()
    with pytest.raises(reviewing.NotSent):
        reviewing.mark_read(asked=asked, by=user_of(clara()), now=NOW)

    send(asked)
    first = reviewing.mark_read(asked=asked, by=user_of(clara()), now=NOW, note="Quiet room.")
    again = reviewing.mark_read(asked=asked, by=user_of(dov()), now=NOW)

    assert first == again
    assert Review.objects.get().reader == user_of(clara())


# --- what the database holds


def test_no_answer_stands_in_clear_text_in_the_database() -> None:
    make.practice(ask_self_harm=True)
    asked = begun(reasons=["unsure"])
    words = "my very own secret words"
    services.save_profile(asked=asked, changes={"doctor": words, "birth_date": "1984-03-27"}, now=NOW)
    send(asked, gen_goal=words, gen_today=["chest"], str_settle=words, str_safe="thoughts")
    flagging.clear(flag=Flag.objects.filter(severity="urgent")[0], seen="yes", note=words, by=user_of(clara()), now=NOW)
    reviewing.mark_read(asked=asked, by=user_of(clara()), now=NOW, note=words)

    dump = io.StringIO()
    call_command("dumpdata", "intake", "people", "outbox", exclude=["intake.questionnaireversion"], stdout=dump)

    for secret in (words, "1984-03-27", "u_chest", "gen_today=chest", "c_suicidal", "unsure", "pel_intensity"):
        assert secret not in dump.getvalue()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the file of SQLite")
def test_no_answer_stands_in_clear_text_in_the_database_file(tmp_path: Path) -> None:
    Practice.objects.the()
    send(begun(), gen_goal="my very own secret words")

    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(tmp_path / "copy.sqlite3")])

    assert b"my very own secret words" not in (tmp_path / "copy.sqlite3").read_bytes()
