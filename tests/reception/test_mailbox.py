"""The mailbox: what will be sent, what was, and what a person must see to; pausing, and sending again."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from aftercare.letters import resync
from clinic.outbox import choosing, keeping, phoning
from clinic.outbox.draining import address_digest, copy_of, drain
from clinic.outbox.models import Message, Suppression
from clinic.outbox.services import differences, sweep
from clinic.people.models import Client, Link, User
from tests import cast, make
from tests.cast import NOW
from tests.mailbox import Mailbox, text_of

pytestmark = pytest.mark.django_db
Status = Message.Status


@pytest.fixture(autouse=True)
def practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW)  # links in letters end some days after it
    make.practice()
    cast.treats(cast.clara(), cast.ada())


def check_in_letter() -> Message:
    """A letter to Ada that is due now: the one that goes two days after a session."""
    session = make.session(starts_at=NOW - timedelta(days=2, hours=1))
    resync(session, now=NOW - timedelta(days=2))
    Message.objects.exclude(kind="m12_checkin").delete()
    return Message.objects.get()


def page(user: User, query: str = "") -> str:
    browser = Browser()
    browser.force_login(user)
    response = browser.get(f"/desk/letters/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_letters_stand_under_what_became_of_them() -> None:
    message = check_in_letter()

    assert "To be sent (1)" in page(cast.olu())
    assert "Ada Byron" in page(cast.olu(), "?show=coming")
    Message.objects.filter(code=message.code).update(status=Status.FAILED, outcome="The mail server refused it.")
    assert "The mail server refused it." in page(cast.olu())


def test_an_empty_mailbox_says_what_would_be_there() -> None:
    assert "Nothing needs a person." in page(cast.olu())


def test_letters_are_found_by_client_and_by_kind() -> None:
    check_in_letter()

    assert "Ada Byron" in page(cast.olu(), "?show=coming&q=byr")
    assert "Nothing with these words." in page(cast.olu(), "?show=coming&q=nobody")


def test_others_see_neither_the_letters_nor_how_many() -> None:
    check_in_letter()

    assert "To be sent (0)" in page(cast.user_of(cast.dov()))
    assert "/desk/letters/" + str(Message.objects.get().code) not in page(cast.fay(), "?show=coming")


def test_a_paused_client_gets_nothing_and_later_what_is_not_too_late(mailbox: Mailbox) -> None:
    ada, message = cast.ada(), check_in_letter()
    keeping.pause(client=ada, by=cast.olu(), now=NOW)

    assert drain(now=NOW) == 0
    message.refresh_from_db()
    assert (message.status, message.outcome) == (Status.WITHHELD, "Letters to this client are paused.")

    assert keeping.resume(client=cast.ada(), by=cast.olu(), now=NOW) == 1
    assert drain(now=NOW) == 1


def test_what_became_too_late_in_a_pause_is_not_sent() -> None:
    check_in_letter()
    keeping.pause(client=cast.ada(), by=cast.olu(), now=NOW)
    drain(now=NOW)

    assert keeping.resume(client=cast.ada(), by=cast.olu(), now=NOW + timedelta(days=5)) == 0


def test_a_failed_letter_is_sent_again_after_the_address_was_mended(mailbox: Mailbox) -> None:
    message = check_in_letter()
    mailbox.on_rcpt = lambda address: "550 No such person"
    drain(now=NOW)
    mailbox.on_rcpt = lambda address: None

    message.refresh_from_db()
    keeping.send_again(message=message, by=cast.olu(), now=NOW)

    assert not Suppression.objects.filter(digest=address_digest("ada@example.org")).exists()
    assert drain(now=NOW) == 1


@pytest.mark.parametrize(
    ("status", "hours", "why"),
    [
        (Status.SENT, 1, "Only a letter that failed"),
        (Status.QUEUED, 1, "Only a letter that failed"),
        (Status.FAILED, -1, "It is too late"),
    ],
)
def test_sending_again_is_refused_with_the_reason(status: str, hours: int, why: str) -> None:
    message = make.message("m12_checkin", client=cast.ada(), not_after=NOW + timedelta(hours=hours))
    Message.objects.update(status=status)

    with pytest.raises(keeping.NotAgain, match=why):
        keeping.send_again(message=message, by=cast.olu(), now=NOW)
    message.refresh_from_db()
    assert message.status == status


def test_the_buttons_do_what_they_say(client: Browser) -> None:
    client.force_login(cast.user_of(cast.clara()))
    address = reverse("desk-client", args=[cast.ada().code])

    paused = client.post(f"{address}pause-letters/", follow=True).content.decode()
    resumed = client.post(f"{address}resume-letters/", follow=True).content.decode()

    assert "Letters are paused" in paused
    assert "Letters to this client go out again." in resumed
    assert "Pause all letters" in resumed


def test_letters_to_come_show_that_they_are_paused(client: Browser) -> None:
    letter = make.message("m12_checkin", client=cast.ada())
    client.force_login(cast.user_of(cast.clara()))
    addresses = {
        reverse("desk-letters") + "?show=coming": "Paused</span>",
        reverse("desk-client", args=[cast.ada().code]): "Paused</span>",
        reverse("desk-letter", args=[letter.code]): "To be sent, but letters to them are paused",
    }
    for address, words in addresses.items():
        assert words not in client.get(address).content.decode()

    keeping.pause(client=cast.ada(), by=cast.olu(), now=NOW)
    for address, words in addresses.items():
        assert words in client.get(address).content.decode()


def test_the_front_desk_cannot_pause(client: Browser) -> None:
    client.force_login(cast.fay())

    assert client.post(reverse("desk-letters-pause", args=[cast.ada().code])).status_code == 404


def test_a_failed_notice_to_the_practice_is_shown_to_its_owner() -> None:
    make.message("urgent_notice", client=None)
    Message.objects.update(status=Status.FAILED, outcome="The mail server refused it.")

    assert "The mail server refused it." in page(cast.olu())
    assert "The mail server refused it." not in page(cast.fay())


def test_the_front_desk_learns_that_there_is_a_letter_but_not_which(client: Browser) -> None:
    session = make.session()
    for kind in ("m06_urgent", "m14_support"):
        make.message(kind, client=cast.ada(), about=session.booking.code)
    client.force_login(cast.fay())
    seen = [
        page(cast.fay(), "?show=coming"),
        client.get(reverse("desk-client", args=[cast.ada().code])).content.decode(),
        client.get(reverse("desk-booking", args=[session.booking.code])).content.decode(),
    ]

    for text in seen:
        assert "A letter" in text
        assert not [words for words in ("Please seek care", "Some support", "A test asked for it.") if words in text]
    assert "Nothing with these words." in page(cast.fay(), "?show=coming&q=seek+care")


def test_one_clients_letters_stand_by_themselves() -> None:
    check_in_letter()
    make.message("m00_booked", client=cast.ben())
    cast.treats(cast.clara(), cast.ben())
    ada, ben = cast.ada().code, cast.ben().code

    text = page(cast.user_of(cast.clara()), f"?show=coming&client={ada}")

    assert "Letters to Ada Byron" in text
    assert "To be sent (1)" in text
    assert f"?show=sent&amp;client={ada}" in text
    assert "Ben Okri" not in text
    assert "Ben Okri" in page(cast.fay(), f"?show=coming&client={ben}")


@pytest.mark.parametrize("code", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_letters_of_nobody_are_not_found(code: str) -> None:
    browser = Browser()
    browser.force_login(cast.olu())

    assert browser.get(f"/desk/letters/?client={code}").status_code == 404


def test_letters_of_somebody_elses_client_are_not_found() -> None:
    browser = Browser()
    browser.force_login(cast.user_of(cast.dov()))

    assert browser.get(f"/desk/letters/?client={cast.ada().code}").status_code == 404


@pytest.mark.parametrize(
    ("status", "outcome", "needs"),
    [
        (Status.FAILED, "The mail server refused it (answer 554).", True),
        (Status.MISSED, "It was too late to send.", True),
        (Status.MISSED, "It was too late: the next letter goes instead.", False),
        (Status.WITHHELD, "There is no e-mail address we may write to. Please phone.", True),
        (Status.WITHHELD, "Letters to this client are paused.", False),
        (Status.WITHHELD, "Skipped by Clara Weiss.", False),
        (Status.SENT, "", False),
    ],
)
def test_what_did_not_arrive_needs_a_person_until_somebody_has_seen_to_it(
    status: str, outcome: str, needs: bool
) -> None:
    message = check_in_letter()
    Message.objects.filter(code=message.code).update(status=status, outcome=outcome)
    message.refresh_from_db()

    assert phoning.to_phone(now=NOW).exists() is needs
    assert bool(phoning.what_to_do(message)) is needs
    assert ("Needs a person (1)" in page(cast.olu())) is needs

    phoning.mark(message=message, is_done=True, actor=cast.olu(), now=NOW)
    assert not phoning.to_phone(now=NOW).exists()
    assert "Needs a person (0)" in page(cast.olu())


def test_a_letter_to_come_can_be_read_as_it_stands_and_nothing_is_kept_of_that() -> None:
    message, browser = check_in_letter(), Browser()
    browser.force_login(cast.user_of(cast.clara()))
    address, before = reverse("desk-letter", args=[message.code]), Link.objects.count()

    assert "May I ask how you are?" not in browser.get(address).content.decode()
    shown = browser.post(address).content.decode()

    assert "May I ask how you are?" in shown
    assert "/c/…" in shown
    assert Link.objects.count() == before
    message.refresh_from_db()
    assert (message.status, bytes(message.sealed_copy)) == (Status.QUEUED, b"")


def test_a_letter_that_would_not_go_says_why_before_its_time() -> None:
    message, browser = check_in_letter(), Browser()
    browser.force_login(cast.user_of(cast.clara()))
    Client.objects.update(may_email=False)

    shown = browser.post(reverse("desk-letter", args=[message.code])).content.decode()

    assert "It would not go. There is no e-mail address we may write to." in shown


class TestSentOnceMore:
    """A letter that was sent, again: as it reads today, to the present address, once for each press."""

    @pytest.fixture
    def sent(self, mailbox: Mailbox) -> Message:
        message = check_in_letter()
        drain(now=NOW)
        message.refresh_from_db()
        assert message.status == Status.SENT
        mailbox.mails.clear()
        return message

    def press(self, message: Message, seen: int = 0) -> str:
        browser = Browser()
        browser.force_login(cast.user_of(cast.clara()))
        address = reverse("desk-letter-again", args=[message.code])
        return browser.post(address, {"seen": str(seen)}, follow=True).content.decode()

    def test_it_goes_to_the_present_address_with_links_that_work(self, sent: Message, mailbox: Mailbox) -> None:
        Client.objects.update(email="ada@new.example.org")

        keeping.repeat(message=sent, seen=0, by=cast.olu(), now=NOW + timedelta(hours=1))
        assert drain(now=NOW + timedelta(hours=1)) == 1

        assert [mail["To"] for mail in mailbox.mails] == ["ada@new.example.org"]
        again = keeping.repeats(sent).get()
        assert again.message_id != sent.message_id
        copy, first = copy_of(again), copy_of(sent)
        assert copy
        assert first
        assert (copy["to"], copy["text"]) == ("ada@new.example.org", first["text"])
        link = re.search(r"http\S+/c/\S+", text_of(mailbox.mails[0]))
        assert link
        assert Browser().get(link[0].replace("http://testserver", "")).status_code == 200

    def test_two_presses_of_one_page_send_one_letter_and_the_next_page_another(
        self, sent: Message, mailbox: Mailbox
    ) -> None:
        for seen in (0, 0, 1):
            keeping.repeat(message=sent, seen=seen, by=cast.olu(), now=NOW + timedelta(hours=1))

        assert drain(now=NOW + timedelta(hours=1)) == 2

    def test_the_next_sweep_leaves_it_alone(self, sent: Message) -> None:
        keeping.repeat(message=sent, seen=0, by=cast.olu(), now=NOW)
        sweep(now=NOW)

        assert keeping.repeats(sent).get().status == Status.QUEUED
        assert differences(now=NOW).extra == []

    def test_the_ledger_shows_both_and_who_asked(self, sent: Message) -> None:
        assert "The letter will be sent in a moment." in self.press(sent)
        again = keeping.repeats(sent).get()

        first = page(cast.olu(), f"{sent.code}/")
        assert f"/desk/letters/{again.code}/" in first
        assert 'name="seen" value="1"' in first
        repeated = page(cast.olu(), f"{again.code}/")
        assert "“A one-minute check-in”, sent again by Clara Weiss" in repeated
        assert f"/desk/letters/{sent.code}/" in repeated
        assert "Send it again" not in repeated
        assert "A letter sent again" in page(cast.olu(), "?show=coming")

    def test_the_front_desk_learns_nothing_of_it(self, sent: Message) -> None:
        keeping.repeat(message=sent, seen=0, by=cast.olu(), now=NOW)

        shown = page(cast.fay(), "?show=coming")
        assert "A letter" in shown
        assert "sent again" not in shown
        assert "check-in" not in shown.lower()

    def test_what_is_no_longer_so_is_not_sent_and_the_page_says_why(self, sent: Message) -> None:
        before = Link.objects.count()
        make.checked_in(cast.ada(), {}, deadline=NOW, about=sent.about)

        assert "It is not sent again. The check-in was answered." in self.press(sent)
        assert not keeping.repeats(sent).exists()
        assert Link.objects.count() == before

    def test_it_stops_at_what_the_client_wants_and_where_mail_came_back(self, sent: Message) -> None:
        choosing.stop_all(client=cast.ada(), by=None, now=NOW)
        assert "It is not sent again. They asked for no letters" in self.press(sent)
        choosing.choose(client=cast.ada(), on=["m12_checkin"], by=None, now=NOW)
        Suppression.objects.create(digest=address_digest("ada@example.org"), since=NOW, why="550")
        assert "Correct the address" in self.press(sent)
        assert not keeping.repeats(sent).exists()

    def test_who_does_not_treat_them_cannot(self, sent: Message) -> None:
        browser = Browser()
        browser.force_login(cast.user_of(cast.dov()))

        assert browser.post(reverse("desk-letter-again", args=[sent.code]), {"seen": "0"}).status_code == 404
        assert not keeping.repeats(sent).exists()
