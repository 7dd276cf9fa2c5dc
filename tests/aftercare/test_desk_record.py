"""The desk's pages: the record, the letters that it will cause, signing, adding."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import travel

from aftercare import access, letters
from aftercare.access import Session
from aftercare.models import Amendment, PlanChange, SessionRecord
from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.people.models import AuditEvent
from tests import make
from tests.aftercare.words import queued, record
from tests.cast import NOW, clara, dov, fay, olu

AFTER = NOW + timedelta(hours=2)
TYPED = {
    "areas": ["head", "sacrum"],
    "touch_style": "light_still",
    "sensations": ["heat"],
    "after": ["relaxed"],
    "comfort": "1",
    "leave_check": list(record().leave_check),
    "emotional_release": "none",
    "notes": "quiet and warm",
    "version": "0",
}


@pytest.fixture(autouse=True)
def two_hours_later():  # type: ignore[no-untyped-def]
    with travel(AFTER, tick=False):
        yield


@pytest.fixture
def desk(session: Session) -> Browser:
    browser = Browser()
    browser.force_login(clara().user)  # type: ignore[arg-type]
    return browser


def url(session: Session, name: str = "desk-record", **more: str) -> str:
    return reverse(name, kwargs={"code": session.booking.code, **more})


def test_it_works(desk: Browser, session: Session) -> None:
    page = desk.get(url(session))

    assert page.status_code == 200
    assert "Session record" in page.text
    assert "Where you worked" in page.text


def test_opening_it_writes_nothing(desk: Browser, session: Session) -> None:
    desk.get(url(session))
    desk.get(url(session, "desk-record-letters"))

    assert not SessionRecord.objects.exists()
    assert not Message.objects.exists()


def test_a_draft_is_saved_and_shown_again(desk: Browser, session: Session) -> None:
    answer = desk.post(url(session), TYPED)

    assert answer.headers["Location"] == url(session)
    assert access.read(SessionRecord.objects.get()) == record()
    assert "quiet and warm" in desk.get(url(session)).text


def test_locked_areas_are_shown_with_the_reason(desk: Browser, session: Session) -> None:
    make.flags(session.client, "p_hernia")
    make.touch_map(session.client, neck="no")

    page = desk.get(url(session)).text

    assert "Belly: Locked because of: a hernia or mesh. A reason opens it." in page
    assert "Neck, throat and shoulders: They said no to touch here." in page
    assert 'name="areas" value="neck"' not in page


def test_only_what_can_be_left_out_of_a_signed_record_is_called_optional(desk: Browser, session: Session) -> None:
    page = desk.get(url(session)).text

    assert "Most discomfort (optional)" in page
    assert "Kind of touch (optional)" not in page


def test_a_practice_that_never_works_in_the_mouth_is_not_asked_about_it(session: Session, desk: Browser) -> None:
    make.practice(intraoral_permitted=False)

    page = desk.get(url(session)).text
    answer = desk.post(url(session), TYPED)

    assert "Inside the mouth: gloves" not in page
    assert "Jaw, inside the mouth: This practice does not work inside the mouth." in page
    assert answer.status_code == 302


def test_a_forged_area_has_no_place_to_land(desk: Browser, session: Session) -> None:
    make.touch_map(session.client, neck="no")

    page = desk.post(url(session), TYPED | {"areas": ["neck"]})

    assert page.status_code == 200
    assert not SessionRecord.objects.exists()


def test_a_locked_area_needs_its_reason_beside_the_field(desk: Browser, session: Session) -> None:
    make.flags(session.client, "p_hernia")

    page = desk.post(url(session), TYPED | {"areas": ["belly"]})
    assert "Say why you opened it." in page.text
    assert "quiet and warm" in page.text

    answer = desk.post(url(session), TYPED | {"areas": ["belly"], "open__belly": "far from the scar"})
    assert answer.status_code == 302
    assert access.read(SessionRecord.objects.get()).unlocked == {"belly": "far from the scar"}


def test_bad_input_keeps_everything_typed(desk: Browser, session: Session) -> None:
    page = desk.post(url(session), TYPED | {"comfort": "11", "mouth_consent_at": "soon"})

    assert page.status_code == 200
    assert "quiet and warm" in page.text
    assert "soon" in page.text


def test_a_session_that_did_not_happen_says_so(desk: Browser, session: Session) -> None:
    missed = make.session(client=session.client, starts_at=NOW - timedelta(days=1), status="missed")

    assert "there is nothing to record" in desk.get(url(missed)).text
    assert desk.post(url(missed), TYPED).status_code == 200
    assert not SessionRecord.objects.exists()


@pytest.mark.parametrize("junk", ["\x00", "x" * 5000, "\U0001f33f", "<script>", "-1", "9" * 400])
@pytest.mark.parametrize("field", ["areas", "touch_style", "comfort", "mouth_minutes", "mouth_consent_at", "version"])
def test_junk_in_any_field_is_answered_with_a_page(desk: Browser, session: Session, field: str, junk: str) -> None:
    page = desk.post(url(session), TYPED | {field: junk})

    assert page.status_code == 200
    assert "There is a problem" in page.text
    assert not SessionRecord.objects.exists()


def test_two_windows_keep_what_was_typed_and_say_so(desk: Browser, session: Session) -> None:
    desk.post(url(session), TYPED)

    page = desk.post(url(session), TYPED | {"notes": "from the other window"})
    assert "saved this record in another window" in page.text
    assert "from the other window" in page.text
    assert 'name="version" value="1"' in page.text

    desk.post(url(session), TYPED | {"notes": "from the other window", "version": "1"})
    assert access.read(SessionRecord.objects.get()).notes == "from the other window"


def test_the_letters_are_shown_as_they_will_leave_with_the_reasons(desk: Browser, session: Session) -> None:
    make.flags(session.client, "n_sit_long")
    session.client.wants_email_detail = True
    session.client.save()

    answer = desk.post(url(session), TYPED | {"then": "letters"})
    page = desk.get(answer.headers["Location"]).text

    assert "After today" in page
    assert "Your hips or low back may feel loose, heavy or a little sore." in page
    assert "because you worked on the sacrum" in page
    assert "because they sit 7 or more hours a day" in page
    assert "(their own link)" in page
    assert "Monday 1 February at 13:00" in page


def test_without_consent_the_preview_says_what_stands_on_the_page_only(desk: Browser, session: Session) -> None:
    desk.post(url(session), TYPED)

    page = desk.get(url(session, "desk-record-letters")).text

    assert "Your notes are here: (their own link)" in page
    assert "On the notes page only." in page


def test_a_letter_is_skipped_and_let_go(desk: Browser, session: Session) -> None:
    desk.post(url(session), TYPED)
    address = url(session, "desk-record-letter", kind="m13_week")

    desk.post(address, {"act": "skip"})
    assert "m13_week" not in queued(session.booking.code)
    assert "Skipped by Clara Weiss." in desk.get(url(session, "desk-record-letters")).text

    desk.post(address, {"act": "release"})
    assert "m13_week" in queued(session.booking.code)


def test_a_skipped_letter_that_is_planned_no_more_offers_nothing_to_press(desk: Browser, session: Session) -> None:
    address = url(session, "desk-record-letter", kind="m12b_checkin_nudge")
    desk.post(address, {"act": "skip"})
    make.checked_in(session.client, {}, deadline=AFTER, about=session.booking.code, now=AFTER)

    page = desk.get(url(session, "desk-record-letters")).text
    pressed = desk.post(address, {"act": "skip"}, follow=True).text

    assert "The check-in is still open" in page
    assert ": The check-in is still open</span>" not in page  # as every button beside it would say
    assert ": One week on</span>" in page
    assert "This letter is no longer planned, so there is nothing to keep back." in pressed


def test_a_letter_that_a_person_sends_is_read_first_and_sent_once(desk: Browser, session: Session) -> None:
    page = desk.get(url(session, "desk-record-letters")).text
    address = url(session, "desk-record-letter", kind="m14_support")

    first = desk.post(address, {"act": "send"}, follow=True).text
    second = desk.post(address, {"act": "send"}, follow=True).text

    said = page.split("Letters that only a person sends")[1]
    assert said.index("Some support, if it helps") < said.index("Strong feelings can come up") < said.index("Send this")
    assert "Thinking of you" not in said
    assert "Sent to Ada." in first
    assert "Sent to Ada." not in second
    assert second.count("It was sent already on Monday 1 February at 11:00.") == 2  # the notice, and beside the letter
    assert queued(session.booking.code)["m14_support"] == AFTER


def test_the_word_after_a_crisis_is_read_first(desk: Browser, session: Session) -> None:
    make.flags(session.client, "u_crisis")

    said = desk.get(url(session, "desk-record-letters")).text.split("Letters that only a person sends")[1]

    assert "Only after a call that nobody answered." in said
    assert "I tried to call you." in said


def test_where_nothing_may_be_written_the_page_says_so_and_offers_no_press(desk: Browser, session: Session) -> None:
    session.client.may_email = False
    session.client.save()

    said = desk.get(url(session, "desk-record-letters")).text.split("Letters that only a person sends")[1]

    assert "There is no e-mail address we may write to. Please phone." in said
    assert 'value="send"' not in said


def test_a_letter_that_left_is_shown_as_it_was(desk: Browser, session: Session) -> None:
    session.client.wants_email_detail = True
    session.client.save()
    letters.resync(session, now=NOW)
    drain(now=AFTER + timedelta(hours=2))
    desk.post(url(session), TYPED)

    page = desk.get(url(session, "desk-record-letters")).text

    first, rest = page.split("The next morning", maxsplit=1)
    assert "Sent" in first
    assert "hips" not in first
    assert "hips" not in rest.split("Why these paragraphs")[0]
    assert 'value="skip">Skip<span class="vh">: After the session' not in page


@pytest.mark.parametrize("act", ["", "burn", "send"])
def test_an_unknown_act_changes_nothing(desk: Browser, session: Session, act: str) -> None:
    answer = desk.post(url(session, "desk-record-letter", kind="m13_week"), {"act": act})

    assert answer.status_code == 302
    assert not PlanChange.objects.exists()


def test_closing_signs_and_shows_the_signed_record(desk: Browser, session: Session) -> None:
    desk.post(url(session), TYPED)

    answer = desk.post(url(session, "desk-record-close"), {"version": "1"})
    page = desk.get(answer.headers["Location"]).text

    assert SessionRecord.objects.get().is_closed
    assert "by Clara Weiss on Monday 1 February at 11:00" in page
    assert "quiet and warm" in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    assert set(queued(session.booking.code)) == {due.kind for due in letters.plan(session.booking.code, AFTER)}


def test_an_unfinished_record_says_what_is_missing(desk: Browser, session: Session) -> None:
    desk.post(url(session), TYPED | {"leave_check": ["drink"]})

    answer = desk.post(url(session, "desk-record-close"), {"version": "1"}, follow=True)

    assert "Tick every line before you close the record (6 left)." in answer.text
    assert not SessionRecord.objects.get().is_closed


def test_words_are_added_to_a_signed_record(desk: Browser, session: Session) -> None:
    desk.post(url(session), TYPED)
    desk.post(url(session, "desk-record-close"), {"version": "1"})

    desk.post(url(session, "desk-record-amend"), {"text": "It was the left side.", "reason": "mixed up"})

    page = desk.get(url(session)).text
    assert "It was the left side." in page
    assert "Why: mixed up" in page
    assert Amendment.objects.count() == 1


def test_an_empty_amendment_says_what_is_missing(desk: Browser, session: Session) -> None:
    desk.post(url(session), TYPED)
    desk.post(url(session, "desk-record-close"), {"version": "1"})

    page = desk.post(url(session, "desk-record-amend"), {"text": "", "reason": ""})

    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.text


def test_every_read_is_noted(desk: Browser, session: Session) -> None:
    desk.post(url(session), TYPED)
    AuditEvent.objects.all().delete()

    desk.get(url(session))
    desk.get(url(session, "desk-record-letters"))

    seen = AuditEvent.objects.filter(verb="viewed")
    assert [event.fields for event in seen] == [["content"], ["letters"]]
    assert {event.client_code for event in seen} == {session.client.code}


def test_a_read_before_there_is_a_record_is_noted_too(desk: Browser, session: Session) -> None:
    desk.get(url(session))
    desk.get(url(session, "desk-record-letters"))

    assert [event.fields for event in AuditEvent.objects.filter(verb="viewed")] == [["flags"], ["letters"]]


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 5000, "\u0663"])
def test_a_strange_version_signs_nothing(desk: Browser, session: Session, version: str) -> None:
    desk.post(url(session), TYPED)

    assert desk.post(url(session, "desk-record-close"), {"version": version}).status_code == 302
    assert not SessionRecord.objects.get().is_closed


PAGES = [
    ("desk-record", {}, "get"),
    ("desk-record-letters", {}, "get"),
    ("desk-record-amend", {}, "get"),
    ("desk-record-close", {}, "post"),
    ("desk-record-letter", {"kind": "m13_week"}, "post"),
]


@pytest.mark.parametrize(("name", "more", "method"), PAGES)
def test_the_wrong_person_finds_nothing(session: Session, name: str, more: dict[str, str], method: str) -> None:
    for user in (dov().user, fay()):
        browser = Browser()
        browser.force_login(user)  # type: ignore[arg-type]
        assert getattr(browser, method)(url(session, name, **more)).status_code == 404


@pytest.mark.parametrize(("name", "more", "method"), PAGES)
def test_a_stranger_is_asked_to_sign_in(session: Session, name: str, more: dict[str, str], method: str) -> None:
    answer = getattr(Browser(), method)(url(session, name, **more))

    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


def test_the_owner_may_read(session: Session) -> None:
    browser = Browser()
    browser.force_login(olu())

    assert browser.get(url(session)).status_code == 200


def test_a_yes_that_is_missing_and_a_time_that_cannot_be_read_are_said_in_one_round(
    desk: Browser, session: Session
) -> None:
    make.touch_map(session.client, pelvis="ask", jaw_inside="ask")
    wrong = {"areas": ["pelvis", "jaw_inside"], "mouth_consent_at": "soon", "mouth_minutes": "0"}

    errors = desk.post(url(session), TYPED | wrong).context["form"].errors

    assert errors == {
        "asked_today": ["Tick that you asked today and they said yes: Pelvis; Jaw, inside the mouth."],
        "mouth_consent_at": ["Inside the mouth: when they said yes today: enter a time, such as 10:05."],
        "mouth_minutes": ["Inside the mouth: minutes: 1 or more."],
    }


def test_an_amendment_names_what_it_lacks(desk: Browser, session: Session) -> None:
    errors = desk.post(url(session, "desk-record-amend"), {"text": ""}).context["form"].errors

    assert errors == {"text": ["What you add: fill this in."], "reason": ["Why now: fill this in."]}
