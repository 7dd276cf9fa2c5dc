"""The editor of letters: who may change them, what is refused and where, versions, and what letters say then."""

import re
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client as Browser
from django.urls import reverse

from aftercare.access import Session
from aftercare.letters import resync
from aftercare.previewing import previews
from clinic.outbox.draining import copy_of, drain
from clinic.outbox.models import Message, Wording
from clinic.outbox.rewording import Changed, NotSaid, Place, restore, reword
from clinic.outbox.wordings import Spoken, defaults
from clinic.people.models import AuditEvent
from reception.translating import parts
from reception.trying import try_out
from reception.word_book import shelves
from tests import make
from tests.aftercare.words import written
from tests.cast import NOW, clara, dov, fay, olu, user_of

pytestmark = pytest.mark.django_db
PLACE = Place("m12_checkin")
OURS = "Hello {first_name},\n\n[Tell me how it is](link_checkin)\n\nIn need call {emergency}.\n\n{practitioner}"
ENDS = NOW + timedelta(hours=2)


@pytest.fixture
def session() -> Session:
    make.practice()
    make.help_numbers()
    return make.session()


def save(browser: Browser, name: str, /, query: str = "", **typed: object) -> object:
    page = {"subject": "How are you?", "text": OURS, "base": 0, "booking": "", "act": "save"}
    return browser.post(reverse("desk-wording", args=[name]) + query, {**page, **typed})


def said(text: str = OURS, *, place: Place = PLACE, base: int = 0, subject: str = "How are you?") -> Wording | None:
    words = Spoken("" if place.for_code else subject, text)
    return reword(place=place, words=words, base=base, by=olu(), now=NOW)


def test_a_letter_not_yet_sent_says_the_new_words_for_a_booking_already_made(session: Session) -> None:
    resync(session, now=NOW)
    before = written("m12_checkin", session.booking.code, ENDS)

    said()

    mail = written("m12_checkin", session.booking.code, ENDS)
    assert before.subject == "A one-minute check-in"
    assert mail.subject == "How are you?"
    assert mail.text.startswith("Hello Ada,\n\nTell me how it is: http")
    assert "In need call 999.\n\nClara Weiss\n" in mail.text
    assert 'class="b">Tell me how it is</a>' in mail.html


def test_a_letter_already_sent_keeps_its_exact_copy(session: Session, mailoutbox: list[EmailMessage]) -> None:
    resync(session, now=NOW)
    due = Message.objects.get(kind="m12_checkin").due_at
    Message.objects.exclude(kind="m12_checkin").delete()
    drain(now=due)

    said()

    copy = copy_of(Message.objects.get(kind="m12_checkin"))
    assert copy is not None
    assert copy["subject"] == mailoutbox[0].subject == "A one-minute check-in"
    assert "May I ask how you are?" in copy["text"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (OURS.replace("{first_name}", "{nickname}"), "Line 1: {nickname} is not a placeholder of this letter."),
        (OURS.replace("{emergency}", "999"), "{emergency} is missing: this letter must say it."),
        ("Hi {first_name}", "{emergency} is missing: this letter must say it."),
        (OURS + "\n{% load x %}", "Line 8: a { stands alone. Write placeholders like {phone}."),
        (OURS + "{practice.pk}", "Line 7: a { stands alone. Write placeholders like {phone}."),
    ],
)
def test_placeholders_are_refused_with_their_place(client: Browser, session: Session, text: str, problem: str) -> None:
    client.force_login(olu())

    answer = save(client, "m12_checkin", text=text)

    assert problem in answer.context["form"].errors["text"]  # type: ignore[attr-defined]
    assert not Wording.objects.exists()


@pytest.mark.parametrize("subject", ["About your jaw", "Your pelvic session", "Stress", "", "x" * 79, "Hi {nobody}"])
def test_a_subject_that_tells_too_much_is_refused(session: Session, subject: str) -> None:
    with pytest.raises(NotSaid):
        said(subject=subject)
    assert not Wording.objects.exists()


def test_versions_are_kept_and_any_comes_back(session: Session) -> None:
    said()
    said(OURS + "\n\nBye.", base=1)

    restore(place=PLACE, number=1, base=2, by=olu(), now=NOW)
    restore(place=PLACE, number=0, base=3, by=olu(), now=NOW)

    rows = list(PLACE.versions.values_list("number", "subject", "is_default"))
    assert rows == [(4, "", True), (3, "How are you?", False), (2, "How are you?", False), (1, "How are you?", False)]
    assert written("m12_checkin", session.booking.code, ENDS).subject == "A one-minute check-in"
    assert AuditEvent.objects.filter(kind="outbox.wording", fields=["m12_checkin"], actor=olu()).count() == 4


def test_only_what_differs_is_stored() -> None:
    ships = defaults()["m12_checkin"]

    assert said(ships.typed, subject=ships.subject) is None
    assert said() is not None
    assert said(base=1) is None
    back = said(ships.typed, subject=ships.subject, base=1)
    assert back is not None
    assert (back.is_default, back.text) == (True, "")


def test_two_who_change_it_at_once_are_told() -> None:
    said()

    with pytest.raises(Changed):
        said("Other words {emergency} [x](link_checkin)")
    assert Wording.objects.count() == 1


def test_words_typed_meanwhile_are_kept_and_saved_by_the_next_press(client: Browser, session: Session) -> None:
    said()
    client.force_login(olu())

    page = save(client, "m12_checkin", text=OURS + "\n\nBye.")
    form = page.context["form"]  # type: ignore[attr-defined]
    assert "Somebody saved another version" in str(form.errors)
    assert form["text"].value() == OURS + "\n\nBye."
    assert Wording.objects.count() == 1

    save(client, "m12_checkin", text=OURS + "\n\nBye.", base=form["base"].value())
    assert Wording.objects.count() == 2


def test_a_version_is_never_changed() -> None:
    row = said()
    assert row is not None

    with pytest.raises(TypeError):
        row.save()


def test_a_wording_that_fits_no_more_gives_way_to_what_ships(session: Session) -> None:
    Wording.objects.create(
        name="m12_checkin", number=1, subject="x", text="Hi {gone}", written_at=NOW, written_by=olu()
    )

    assert written("m12_checkin", session.booking.code, ENDS).subject == "A one-minute check-in"


def test_a_paragraph_is_reworded_in_every_letter_and_on_the_notes_page(session: Session) -> None:
    said("Drink what you like.", place=Place("drink-standard"), subject="")

    for kind in ("m10_after", "m11_morning"):
        mail = written(kind, session.booking.code, ENDS)
        assert "\n\nDrink what you like.\n\n" in mail.text
        assert "<p>Drink what you like.</p>" in mail.html


def test_additions_stand_before_the_sign_off_for_their_service_and_practitioner_only(session: Session) -> None:
    other = make.session(client=session.client, starts_at=NOW + timedelta(days=3))
    other.booking.service = make.service("other")
    other.booking.save()
    for code, text in ((session.booking.service_id.hex, "Bring {first_name}."), (clara().code.hex, "I am new.")):
        said(text, place=Place("m12_checkin", "", code))

    mine = written("m12_checkin", session.booking.code, ENDS).text
    others = written("m12_checkin", other.booking.code, NOW + timedelta(days=3, hours=2)).text
    assert "urgent.\n\nBring Ada.\n\nI am new.\n\nClara Weiss\n" in mine
    assert "urgent.\n\nI am new.\n\nClara Weiss\n" in others
    assert "Bring" not in others


def test_an_addition_says_no_more_than_the_letter_may() -> None:
    with pytest.raises(NotSaid):
        said("Look: {code}", place=Place("m12_checkin", "", clara().code.hex))
    with pytest.raises(NotSaid):
        said("x" * 501, place=Place("m12_checkin", "", clara().code.hex))


def test_a_client_is_written_to_in_their_language_where_there_are_words_in_it(session: Session) -> None:
    french = "Bonjour {first_name},\n\n{day}\n\n[Dites-moi](link_checkin)\n\n{emergency}\n\n{practitioner}"
    said(french, place=Place("m12_checkin", "fr"), subject="Comment allez-vous ?")
    in_french("footer", "{practice}\n\n[Ne plus recevoir ces lettres](stop_url)")
    in_french("preheader", "Une lettre de {practice}.")
    session.client.language = "fr"
    session.client.save()

    mail = written("m12_checkin", session.booking.code, ENDS)
    other = written("m10_after", session.booking.code, ENDS)
    assert mail.subject == "Comment allez-vous ?"
    assert mail.text.startswith("Bonjour Ada,\n\nlundi 1 février\n")
    assert '<html lang="fr" dir="ltr">' in mail.html
    assert '<div class="pre">Une lettre de Stillpoint.</div>' in mail.html
    assert other.subject == "After today"
    assert '<html lang="en-GB" dir="ltr">' in other.html


def in_french(name: str, text: str, for_code: str = "") -> None:
    said(text, place=Place(name, "fr", for_code), subject="Une lettre" if name.startswith("m1") else "")


MORNING = """Bonjour {first_name},

{walk}

{drink}

{phone}

[[Vos notes : [ici](link_notes)]]

{help}

{help_jaw}

{practitioner}"""
FRENCH = {
    "m11_morning": MORNING,
    "footer": "{practice}\n\n[Ne plus recevoir ces lettres](stop_url)",
    "preheader": "Une lettre de {practice}.",
    "walk-standard": "Marchez un peu.",
    "drink-standard": "Buvez selon votre soif.",
    "warmth-warmth": "La chaleur fait du bien.",
    "help-core": "Appelez le {emergency}.",
}


@pytest.mark.parametrize("left_out", [*FRENCH, ""])
def test_no_letter_mixes_two_languages(session: Session, left_out: str) -> None:
    """All that this letter holds is French, or none of it."""
    for name in FRENCH.keys() - {left_out}:
        in_french(name, FRENCH[name])
    session.client.language = "fr"
    session.client.save()

    mail = written("m11_morning", session.booking.code, ENDS)

    is_french = ["Bonjour", "Marchez", "Buvez", "Appelez", "Ne plus recevoir"]
    is_english = ["Hi Ada", "A gentle walk", "Have a drink", "Call 999 now", "Stop letters like this"]
    assert [each in mail.text for each in is_french] == [not left_out] * 5
    assert [each in mail.text for each in is_english] == [bool(left_out)] * 5
    assert ("Une lettre de Stillpoint." in mail.html) == (not left_out)
    assert (f'<html lang="{"en-GB" if left_out else "fr"}" dir="ltr">') in mail.html


def test_an_addition_that_is_not_translated_keeps_the_whole_letter_in_the_practices_language(session: Session) -> None:
    for name, text in FRENCH.items():
        in_french(name, text)
    session.client.language = "fr"
    session.client.save()
    said("Bring a towel.", place=Place("m11_morning", "", clara().code.hex))
    assert "Hi Ada" in written("m11_morning", session.booking.code, ENDS).text

    in_french("m11_morning", "Apportez une serviette.", clara().code.hex)

    text = written("m11_morning", session.booking.code, ENDS).text
    assert "Bonjour Ada" in text
    assert "Apportez une serviette." in text
    assert "Bring a towel." not in text


def test_the_reasons_beside_a_letter_speak_its_language(session: Session) -> None:
    """Half translated, the letter is English; so are the words that its preview explains."""
    for name in FRENCH.keys() - {"footer"}:
        in_french(name, FRENCH[name])
    session.client.language = "fr"
    session.client.save()

    found = {each.kind: each for each in previews(session, None, now=NOW)}["m11_morning"]

    assert "Hi Ada" in found.text
    assert [why.text for why in found.whys if why.text not in found.text] == []
    assert all("Marchez" not in why.text for why in found.whys)


def test_the_editor_says_what_a_language_lacks_and_when_it_lacks_nothing(client: Browser, session: Session) -> None:
    client.force_login(olu())
    address = reverse("desk-wording", args=["m12_checkin"]) + "?language=fr"
    in_french("m12_checkin", "[Dites-moi](link_checkin) {emergency} {practitioner}")

    page = client.get(address).content.decode()
    assert "A letter never mixes two languages." in page
    assert re.findall(r'<li><a class="solo" href="[^"]*/([\w-]+)/\?language=fr">', page) == ["footer", "preheader"]
    whole = client.get(reverse("desk-wordings") + "?language=fr").content.decode()
    assert "Worded, waits for 2 more" in whole
    assert "A new booking" not in whole
    for name in ("footer", "preheader"):
        in_french(name, FRENCH[name])
    assert "so it goes in Français." in client.get(address).content.decode()
    assert "Worded, waits" not in client.get(reverse("desk-wordings") + "?language=fr").content.decode()
    assert '"?language=fr">Français' in client.get(reverse("desk-wordings")).content.decode()
    assert client.get(reverse("desk-wordings") + "?language=tlh").status_code == 404


def test_every_part_that_a_letter_may_hold_is_named_to_the_translator() -> None:
    assert set(parts("m14_support")) == {"m14_support", "footer", "preheader", "settle-settle"}
    assert {"expect", "position"} <= set(parts("m03_expect"))
    assert {"walk-short", "help-core", "help_jaw-jaw"} <= set(parts("m11_morning"))
    for name, ships in defaults().items():
        assert not ships.kind or set(parts(name)) <= defaults().keys()


def test_from_right_to_left_where_the_language_is(session: Session) -> None:
    for name, text in FRENCH.items():
        said(text, place=Place(name, "ar"), subject="x" if name.startswith("m1") else "")
    session.client.language = "ar"
    session.client.save()

    assert '<html lang="ar" dir="rtl">' in written("m11_morning", session.booking.code, ENDS).html


def test_the_line_on_a_lock_screen_tells_nothing() -> None:
    with pytest.raises(NotSaid, match="could tell others"):
        said("About your jaw, from {practice}", place=Place("preheader"), subject="")


def test_only_the_owner_changes_words_and_those_who_treat_read_them(client: Browser, session: Session) -> None:
    address = reverse("desk-wording", args=["m12_checkin"])
    client.force_login(fay())
    assert client.get(address).status_code == 404
    assert client.get(reverse("desk-wordings")).status_code == 404
    client.force_login(user_of(clara()))
    assert "May I ask how you are?" in client.get(address).content.decode()
    assert client.get(reverse("desk-wordings")).status_code == 200
    for act in ("save", "look", "test"):
        assert save(client, "m12_checkin", act=act).status_code == 404  # type: ignore[attr-defined]
    assert client.post(reverse("desk-wording-restore", args=["m12_checkin"])).status_code == 404
    assert not Wording.objects.exists()
    client.force_login(olu())
    assert save(client, "m12_checkin").status_code == 302  # type: ignore[attr-defined]
    assert Wording.objects.get().written_by == olu()


def test_it_is_looked_at_with_a_real_booking_and_nothing_is_saved_or_sent(client: Browser, session: Session) -> None:
    make.session(client=session.client, starts_at=NOW + timedelta(days=400))
    client.force_login(olu())
    booking = make.session(client=session.client, starts_at=NOW + timedelta(days=4000)).booking

    answer = save(client, "m12_checkin", act="look", booking=str(booking.code))

    page = answer.content.decode()  # type: ignore[attr-defined]
    assert "How it reads for Ada Byron" in page
    assert "Hello Ada," in page
    assert not Wording.objects.exists()
    assert not Message.objects.filter(kind="test_letter").exists()
    assert AuditEvent.objects.filter(verb="viewed", about=str(booking.code), fields=["letters"]).exists()


@pytest.mark.once
@pytest.mark.parametrize("has_booking", [False, True])
def test_every_wording_can_be_looked_at(session: Session, *, has_booking: bool) -> None:
    for name in defaults():
        place = Place(name)
        tried = try_out(place, place.usual, session.booking if has_booking else None, now=NOW)

        assert tried.parts.text.strip(), name
        assert not re.search(r"[{}]|\[\[|\]\(", tried.parts.text), name


def test_a_test_goes_to_ones_own_address_through_the_outbox(
    client: Browser, session: Session, mailoutbox: list[EmailMessage]
) -> None:
    client.force_login(olu())

    save(client, "m12_checkin", act="test")
    Message.objects.exclude(kind="test_letter").delete()
    drain(now=Message.objects.get().due_at)

    assert [(mail.to, mail.subject) for mail in mailoutbox] == [(["olu@example.org"], "Test: How are you?")]
    assert Message.objects.get().client is None
    assert not Wording.objects.exists()


def test_history_tells_who_when_and_what_in_words(client: Browser, session: Session) -> None:
    said()
    said(OURS.replace("In need", "If it hurts,"), base=1)
    client.force_login(olu())

    page = client.get(reverse("desk-wording", args=["m12_checkin"])).content.decode()

    assert "<del>In need</del> <ins>If it hurts,</ins>" in page
    assert page.count("Olu Owner") >= 2
    assert "Put back the shipped words" in page


def test_hard_words_and_long_sentences_are_warned_of_not_refused(client: Browser, session: Session) -> None:
    client.force_login(olu())
    hard = OURS + "\n\nRelease toxins! " + "and then " * 20

    page = save(client, "m12_checkin", text=hard, act="look").content.decode()  # type: ignore[attr-defined]

    assert "“toxin” is a word that we keep out of letters." in page
    assert "An exclamation mark can feel loud." in page
    assert "A long sentence: “and then and then and then and then …”" in page
    assert save(client, "m12_checkin", text=hard).status_code == 302  # type: ignore[attr-defined]


def test_the_list_is_in_the_order_in_which_letters_go_and_each_name_is_its_own(session: Session) -> None:
    found = {shelf.words: [line.ships for line in shelf.lines] for shelf in shelves()}

    assert [ships.title for ships in found["Letters to clients"]][:12] == [
        "Your booking",
        "The form before the session",
        "The form is waiting",
        "What to expect",
        "Tomorrow",
        "A quick call before your visit",
        "Please seek care",
        "Thinking of you",
        "After the session",
        "The next morning",
        "The next morning, when the evening was too short",
        "A one-minute check-in",
    ]
    titles = [ships.title for shelf in found.values() for ships in shelf]
    assert sorted(titles) == sorted(set(titles))


def test_an_addition_is_looked_at_with_the_clients_whose_letters_hold_it(client: Browser, session: Session) -> None:
    client.force_login(olu())

    def offered(code: str) -> list[str]:
        page = client.get(reverse("desk-wording", args=["m12_checkin"]) + f"?for={code}")
        return [value for value, _ in page.context["form"].fields["booking"].choices if value]

    assert offered(clara().code.hex) == offered(session.booking.service_id.hex) == [str(session.booking.code)]
    assert offered(dov().code.hex) == []


def test_an_addition_that_is_emptied_is_taken_out(client: Browser, session: Session) -> None:
    client.force_login(olu())
    query = f"?for={clara().code.hex}"
    save(client, "m12_checkin", query, text="I am new.")
    answer = client.post(
        reverse("desk-wording", args=["m12_checkin"]) + query, {"text": "", "base": 1, "act": "save"}, follow=True
    )

    assert [str(each) for each in answer.context["messages"]][-1].startswith("Taken out.")
    assert "new" not in written("m12_checkin", session.booking.code, ENDS).text


def test_the_history_is_one_press_away(client: Browser, session: Session) -> None:
    said()
    client.force_login(olu())

    page = client.get(reverse("desk-wording", args=["m12_checkin"])).content.decode()

    assert page.index('href="#history"') < page.index("<textarea")
    assert 'id="history"' in page
