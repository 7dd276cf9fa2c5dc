"""One letter to one client in words of its own: sealed, checked, taken back; and amendments shape what is to come."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from aftercare import letters, own_words, rewriting, saying, services
from aftercare.access import Session, closed_record
from aftercare.models import PlanChange
from aftercare.services import NotNow
from clinic.outbox.models import Message
from clinic.outbox.rendering import OwnWords
from clinic.outbox.rewording import NotSaid
from clinic.people.models import AuditEvent
from tests import make
from tests.aftercare.words import record, states, written
from tests.cast import NOW, clara, dov, fay, user_of

pytestmark = pytest.mark.django_db
ENDS = NOW + timedelta(hours=2)
OWN = "Dear {first_name},\n\nThank you for telling me about the cat.\n\n{drive}\n\n{help}\n\n{practitioner}"


def told(session: Session) -> saying.Told:
    return saying.tell(session, closed_record(session), now=ENDS)


def complete(text: str, session: Session, kind: str = "m10_after") -> str:
    """The words with every safety line that the letter must keep."""
    start = rewriting.usual(kind, told(session)).text
    return start.replace("Thank you for coming today.", text)


def rewrite(session: Session, kind: str = "m10_after", **words: str) -> None:
    rewriting.rewrite(session=session, kind=kind, words=OwnWords(**words), by=user_of(clara()), now=ENDS)


def close(session: Session, **changes: object) -> None:
    by = user_of(clara())
    services.save_record(session=session, content=record(**changes), version=0, by=by, now=ENDS)
    services.close_record(session=session, version=1, by=by, now=ENDS)


def test_the_start_holds_the_chosen_paragraphs_and_keeps_safety_lines_and_links(session: Session) -> None:
    text = rewriting.usual("m10_after", told(session)).text

    assert text == (
        "Hi {first_name},\n\nThank you for coming today. Take the next few hours slowly.\n\n"
        "You may feel calm, light, sleepy or a little spaced out. Get up in stages: sit first, then stand.[[ {dizzy}]]"
        "\n\n{drive}\n\nHave a drink when you are thirsty. Water, tea, milk or juice all count. There is no need to "
        "drink a lot.\n\nEat something simple when you are hungry. Leave hard exercise and big choices until tomorrow "
        "if you can.\n\n{intraoral}\n\n{direct}[[ {medicine}]]\n\n{pregnancy}\n\nFeelings can shift after a quiet "
        "session. Be kind to yourself tonight.\n\n{additions}\n\n[[[Your notes are here](link_notes)]]\n\n{help}\n\n"
        "{help_jaw}\n\n{practitioner}"
    )


def test_the_letter_goes_in_these_words_to_this_client_only(session: Session) -> None:
    other = make.session(client=session.client, starts_at=NOW + timedelta(days=3))
    rewrite(session, text=complete("Thank you for the talk.", session), subject="Until soon")

    mine = written("m10_after", session.booking.code, ENDS)
    theirs = written("m10_after", other.booking.code, NOW + timedelta(days=3, hours=2))
    assert mine.subject == "Until soon"
    assert "Thank you for the talk. Take the next few hours slowly." in mine.text
    assert "<p>Thank you for the talk. Take" in mine.html
    assert "Thank you for coming today." in theirs.text


def test_safety_lines_in_own_words_still_follow_the_answers(session: Session) -> None:
    rewrite(session, text=complete("Thank you.", session))
    make.flags(session.client, "p_dizzy")

    assert "If you feel dizzy, sit or lie down right away." in written("m10_after", session.booking.code, ENDS).text


def test_a_sentence_more_stands_before_the_help_lines_and_the_rest_follows_the_record(session: Session) -> None:
    rewrite(session, added="Greet the cat.")

    text = written("m10_after", session.booking.code, ENDS).text
    assert "Be kind to yourself tonight.\n\nGreet the cat.\n\nCall 999 now" in text


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"text": OWN}, "{dizzy} is missing: this letter must say it."),
        ({"added": "See {nobody}"}, "The sentence you add: Line 1: {nobody} is not a placeholder of this letter."),
        ({"subject": "Your pelvis"}, "Subject: “pelvis” could tell others about their health."),
        ({"added": "{% now %}"}, "The sentence you add: Line 1: a { stands alone. Write placeholders like {phone}."),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    session: Session, words: dict[str, str], problem: str
) -> None:
    with pytest.raises(NotSaid) as refusal:
        rewrite(session, **words)

    assert problem in refusal.value.problems
    assert not PlanChange.objects.exists()


def test_the_words_are_sealed_and_the_change_is_audited(session: Session) -> None:
    rewrite(session, added="Greet the cat.")

    row = PlanChange.objects.get()
    assert b"cat" not in bytes(row.sealed_words)
    assert own_words.of(session, "m10_after") == OwnWords(added="Greet the cat.")
    assert AuditEvent.objects.filter(verb="changed", fields=["m10_after"]).count() == 1


def test_taken_back_it_goes_in_the_usual_words(session: Session) -> None:
    before = written("m10_after", session.booking.code, ENDS).text
    rewrite(session, added="Greet the cat.")

    rewriting.take_back(session=session, kind="m10_after", by=user_of(clara()), now=ENDS)

    after = written("m10_after", session.booking.code, ENDS).text
    assert before.split("Stop letters")[0] == after.split("Stop letters")[0]
    assert not PlanChange.objects.exists()


def test_held_and_released_it_keeps_its_words(session: Session) -> None:
    letters.resync(session, now=ENDS)
    by = user_of(clara())
    rewrite(session, added="Greet the cat.")

    services.keep_back(session=session, kind="m10_after", change="hold", by=by, now=ENDS)
    assert states(session.booking.code)["m10_after"] == "withheld"
    rewriting.take_back(session=session, kind="m13_week", by=by, now=ENDS)
    services.release(session=session, kind="m10_after", by=by, now=ENDS)

    assert states(session.booking.code)["m10_after"] == "queued"
    assert "Greet the cat." in written("m10_after", session.booking.code, ENDS).text


def test_a_letter_that_left_cannot_be_rewritten(session: Session) -> None:
    letters.resync(session, now=ENDS)
    Message.objects.filter(kind="m10_after").update(status=Message.Status.SENT)

    with pytest.raises(NotNow):
        rewrite(session, added="Greet the cat.")


def test_what_an_amendment_puts_right_shapes_the_letters_still_to_come(session: Session) -> None:
    session.client.wants_email_detail = True
    session.client.save()
    close(session)
    assert "dizzy" not in written("m10_after", session.booking.code, ENDS).text

    services.amend(
        session=session,
        text="They felt dizzy on standing.",
        reason="forgotten",
        corrected={"after": ["dizzy"], "areas": ["head", "pelvis"]},
        by=user_of(clara()),
        now=ENDS,
    )

    text = written("m10_after", session.booking.code, ENDS).text
    assert "If you feel dizzy, sit or lie down right away." in text
    assert "Your hips or low back may feel loose" in text


def test_an_amendment_cannot_open_what_was_closed(session: Session) -> None:
    close(session)
    make.flags(session.client, "c_abdo_surgery")

    with pytest.raises(services.Refused):
        services.amend(
            session=session, text="x", reason="x", corrected={"areas": ["belly"]}, by=user_of(clara()), now=ENDS
        )
    assert closed_record(session) == record()


def test_the_page_shows_looks_keeps_and_undoes(client: Browser, session: Session) -> None:
    letters.resync(session, now=ENDS)
    client.force_login(user_of(clara()))
    address = reverse("desk-record-words", args=[session.booking.code, "m10_after"])
    start = client.get(address).context["form"].initial

    page = client.post(address, {**start, "added": "Greet the cat.", "act": "look"}).content.decode()
    assert "Greet the cat." in page
    assert not PlanChange.objects.exists()

    assert client.post(address, {**start, "added": "Greet the cat.", "act": "save"}).status_code == 302
    shown = client.get(reverse("desk-record-letters", args=[session.booking.code])).content.decode()
    assert "In your own words" in shown
    assert "Greet the cat." in shown
    assert own_words.of(session, "m10_after") == OwnWords(added="Greet the cat.")

    assert client.post(address, {"act": "undo"}).status_code == 302
    assert not PlanChange.objects.exists()


def test_only_who_treats_the_client_may_word_a_letter(client: Browser, session: Session) -> None:
    address = reverse("desk-record-words", args=[session.booking.code, "m10_after"])
    for user in (fay(), user_of(dov())):
        client.force_login(user)
        assert client.get(address).status_code == 404
        assert client.post(address, {"added": "x", "act": "save"}).status_code == 404
    assert not PlanChange.objects.exists()


def test_a_word_of_the_body_is_refused_where_they_agreed_to_no_detail_and_only_there(session: Session) -> None:
    no_detail = "could tell others about their health, and they have not agreed to detail in mails. Say it in person."
    text = complete("Thank you. Your jaw did well.", session)

    with pytest.raises(NotSaid) as refusal:
        rewrite(session, text=text, added="For your pelvis pain, rest.")
    assert refusal.value.problems == [
        f"“jaw” {no_detail}",
        f"The sentence you add: “pelvis” {no_detail}",
        f"The sentence you add: “pain” {no_detail}",
    ]
    rewrite(session, text=complete("Thank you.", session), added="Rest.")

    session.client.wants_email_detail = True
    rewrite(session, text=text, added="For your pelvis pain, rest.")


def test_a_refusal_stands_beside_its_field(client: Browser, session: Session) -> None:
    client.force_login(user_of(clara()))
    page = {"subject": "Your hips", "text": "Hi {first_name}", "added": "For your jaw.", "act": "save"}

    answer = client.post(reverse("desk-record-words", args=[session.booking.code, "m13_week"]), page)

    errors = answer.context["form"].errors
    assert set(errors) == {"subject", "text", "added"}
    assert errors["subject"] == ["Subject: “hips” could tell others about their health."]
    assert errors["added"][0].startswith("The sentence you add: “jaw” could tell others")
    assert all("must say it" in each for each in errors["text"])
