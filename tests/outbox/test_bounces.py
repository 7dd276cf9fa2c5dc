"""What mail providers report: through anymail's own views, in the shapes that Mailgun and Postmark document."""

import hashlib
import hmac
import json
import logging
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from clinic.outbox import choosing, keeping, phoning, wishes
from clinic.outbox.draining import address_digest, drain
from clinic.outbox.models import MailEvent, Message, Suppression
from clinic.people.models import AuditEvent, Client, User
from tests import cast, make
from tests.cast import NOW
from tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db
MAILGUN, POSTMARK = "/mail-events/mailgun/tracking/", "/mail-events/postmark/tracking/"
SECRET = "provider:only-for-tests-only-for-tests"
EVERY = frozenset(each.kind for each in wishes.switches())


@pytest.fixture(autouse=True)
def practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    cast.treats(cast.clara(), cast.ada())


@pytest.fixture
def letter() -> Message:
    """A letter to Ada that left an hour ago."""
    made = make.message("m00_booked", client=cast.ada())
    Message.objects.filter(code=made.code).update(status="sent", sent_at=NOW - timedelta(hours=1))
    made.refresh_from_db()
    return made


def basic(secret: str) -> str:
    return "Basic " + b64encode(secret.encode()).decode()


def post(address: str, said: dict[str, Any], secret: str | None = SECRET) -> int:
    headers = {"Authorization": basic(secret)} if secret else {}
    browser = Browser(enforce_csrf_checks=True, raise_request_exception=False)
    return browser.post(address, json.dumps(said), content_type="application/json", headers=headers).status_code


def mailgun(letter: Message, event: str, token: str = "a" * 50, **data: Any) -> dict[str, Any]:
    """https://documentation.mailgun.com/docs/mailgun/user-manual/tracking-messages/, "event-data"."""
    stamp = "1800003600"
    signature = hmac.new(settings.ANYMAIL["MAILGUN_WEBHOOK_SIGNING_KEY"].encode(), (stamp + token).encode(), "sha256")
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature.hexdigest()},
        "event-data": {
            "event": event,
            "timestamp": 1800003600.0,
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "recipient": "ada@example.org",
            "recipient-domain": "example.org",
            "message": {
                "headers": {
                    "to": "Ada Byron <ada@example.org>",
                    "message-id": letter.message_id.strip("<>"),
                    "from": "Stillpoint <hello@example.org>",
                    "subject": "Tuesday 2 February, 10:00: your session",
                },
                "size": 111,
            },
            "delivery-status": {"code": 550, "message": "5.1.1 no mailbox ada@example.org", "description": ""},
            "tags": [],
            "user-variables": {},
            **data,
        },
    }


def mailgun_gone(letter: Message, **more: Any) -> dict[str, Any]:
    return mailgun(letter, "failed", severity="permanent", reason="bounce", **more)


def postmark(kind: str, **more: Any) -> dict[str, Any]:
    """https://postmarkapp.com/developer/webhooks/bounce-webhook."""
    return {
        "RecordType": "SpamComplaint" if kind == "SpamComplaint" else "Bounce",
        "MessageStream": "outbound",
        "ID": 4323372036854775807,
        "Type": kind,
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {},
        "ServerID": 23,
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist. ada@example.org",
        "Email": "ada@example.org",
        "From": "hello@example.org",
        "BouncedAt": "2027-02-01T08:59:00Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Tuesday 2 February, 10:00: your session",
        **more,
    }


def state(letter: Message) -> tuple[str, str]:
    letter.refresh_from_db()
    return letter.status, letter.outcome


def is_suppressed() -> bool:
    return Suppression.objects.filter(digest=address_digest("ada@example.org")).exists()


def page(user: User, address: str) -> str:
    browser = Browser()
    browser.force_login(user)
    return browser.get(address).content.decode()


def test_a_hard_bounce_marks_the_letter_bars_the_address_and_asks_for_a_call(letter: Message) -> None:
    assert post(MAILGUN, mailgun_gone(letter)) == 200

    assert state(letter) == ("failed", "It came back: their address takes no mail. Please phone.")
    assert is_suppressed()
    assert list(phoning.to_phone(now=NOW)) == [letter]
    text = page(cast.fay(), reverse("desk-to-phone"))
    assert "Ada Byron" in text
    assert "Ask for an address that works" in text
    assert "1 letter did not reach the client and needs a person" in page(cast.fay(), "/desk/")
    assert "Mail to this address comes back" in page(cast.fay(), reverse("desk-client", args=[cast.ada().code]))


def test_a_provider_that_does_not_report_our_message_id_is_understood_by_the_address(letter: Message) -> None:
    assert post(POSTMARK, postmark("HardBounce")) == 200

    assert state(letter)[0] == "failed"
    assert is_suppressed()


def test_a_repeat_counts_once(letter: Message) -> None:
    for _ in range(3):
        assert post(MAILGUN, mailgun_gone(letter)) == 200
        assert post(POSTMARK, postmark("SpamComplaint")) == 200

    assert MailEvent.objects.count() == 2
    assert AuditEvent.objects.filter(verb="came back").count() == 1
    assert AuditEvent.objects.filter(verb="chose letters").count() == 1


def test_a_repeat_after_the_address_was_tried_again_does_not_bar_it_anew(letter: Message) -> None:
    post(MAILGUN, mailgun_gone(letter))
    keeping.lift(client=cast.ada(), by=cast.fay(), now=NOW)

    post(MAILGUN, mailgun_gone(letter))

    assert not is_suppressed()


@pytest.mark.parametrize("secret", [None, "provider:wrong", "only-for-tests-only-for-tests", "x" * 5000])
@pytest.mark.parametrize("address", [MAILGUN, POSTMARK])
def test_whoever_does_not_know_the_secret_changes_nothing(letter: Message, address: str, secret: str | None) -> None:
    said = mailgun_gone(letter) if address == MAILGUN else postmark("HardBounce")

    assert post(address, said, secret) == 400

    assert (MailEvent.objects.count(), is_suppressed(), state(letter)[0]) == (0, False, "sent")


def test_mailguns_own_signature_is_checked_besides(letter: Message) -> None:
    said = mailgun_gone(letter)
    said["signature"]["signature"] = hashlib.sha256(b"guessed").hexdigest()

    assert post(MAILGUN, said) == 400
    assert state(letter)[0] == "sent"


@pytest.mark.parametrize("address", [MAILGUN, POSTMARK])
@pytest.mark.parametrize("method", ["get", "head", "options", "put"])
def test_no_other_method_does_anything(letter: Message, address: str, method: str) -> None:
    getattr(Browser(), method)(address, headers={"Authorization": basic(SECRET)})

    assert MailEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("address", "make_said"),
    [
        (MAILGUN, lambda letter: mailgun(letter, "failed", severity="temporary", reason="generic")),
        (POSTMARK, lambda letter: postmark("Transient")),
        (POSTMARK, lambda letter: postmark("SoftBounce")),
    ],
)
def test_a_soft_bounce_is_a_note_and_nothing_else(letter: Message, address: str, make_said: Any) -> None:
    post(address, make_said(letter))

    assert state(letter) == ("sent", "")
    assert not is_suppressed()
    assert [(event.kind, event.message) for event in MailEvent.objects.all()] == [("later", letter)]
    text = page(cast.olu(), reverse("desk-letter", args=[letter.code]))
    assert "Put off for a while by the other mail server" in text


def test_a_refusal_for_another_reason_fails_the_letter_and_spares_the_address(letter: Message) -> None:
    post(MAILGUN, mailgun(letter, "failed", severity="permanent", reason="generic"))

    assert state(letter) == ("failed", "The mail provider did not pass it on. Please phone.")
    assert not is_suppressed()


@pytest.mark.parametrize(
    ("address", "make_said"),
    [
        (MAILGUN, lambda letter: mailgun(letter, "complained")),
        (POSTMARK, lambda letter: postmark("SpamComplaint")),
    ],
)
def test_a_complaint_stops_optional_letters_and_no_others(letter: Message, address: str, make_said: Any) -> None:
    post(address, make_said(letter))

    assert wishes.on(cast.ada()) == frozenset()
    assert wishes.on(cast.ben()) == EVERY
    assert (state(letter)[0], is_suppressed()) == ("sent", False)
    last = choosing.last_choice(cast.ada())
    assert last is not None
    assert (last.by, last.complained) == (None, True)
    text = page(cast.fay(), reverse("desk-client-letters", args=[cast.ada().code]))
    assert "a letter was reported as spam, so all were stopped" in text


@pytest.mark.parametrize("event", ["delivered", "opened", "clicked", "accepted", "something new"])
def test_what_went_well_or_is_unknown_is_not_kept(letter: Message, event: str) -> None:
    assert post(MAILGUN, mailgun(letter, event)) == 200
    assert MailEvent.objects.count() == 0


def test_a_stranger_to_us_is_noted_and_harms_nobody(letter: Message) -> None:
    said = postmark("HardBounce", Email="nobody@elsewhere.example")

    assert post(POSTMARK, said) == 200

    assert state(letter)[0] == "sent"
    assert MailEvent.objects.get().message is None


def test_a_letter_long_gone_is_not_taken_for_the_one_that_bounced(letter: Message) -> None:
    Message.objects.update(sent_at=NOW - timedelta(days=8))

    post(POSTMARK, postmark("HardBounce"))

    assert state(letter)[0] == "sent"
    assert is_suppressed()


def test_no_address_and_no_content_reach_the_log_or_the_table(
    letter: Message, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        post(MAILGUN, mailgun_gone(letter))
        post(POSTMARK, postmark("HardBounce"))
        post(POSTMARK, postmark("HardBounce"), "provider:wrong")

    kept = str([*MailEvent.objects.values(), *Suppression.objects.values()])
    for secret in ("ada", "byron", "session", "mailbox", "10:00"):
        assert secret not in (caplog.text + kept).lower()


class TestAfterwards:
    """What the desk does about an address that mail came back from."""

    @pytest.fixture
    def withheld(self, letter: Message, mailbox: Mailbox) -> Message:
        """A letter that was due after the bounce."""
        post(MAILGUN, mailgun_gone(letter))
        made = make.booked()
        drain(now=NOW)
        assert mailbox.subjects() == ["Notice: a new booking"] or mailbox.mails
        mailbox.mails.clear()
        return Message.objects.get(kind="m00_booked", about=made.code)

    def press(self, name: str, data: dict[str, str] | None = None) -> str:
        browser = Browser()
        browser.force_login(cast.fay())
        return browser.post(reverse(name, args=[cast.ada().code]), data or {}, follow=True).content.decode()

    def test_letters_to_it_wait(self, withheld: Message) -> None:
        assert state(withheld) == ("withheld", "This address refused our mail before. Please phone.")

    def test_it_may_be_tried_again(self, withheld: Message, mailbox: Mailbox) -> None:
        text = self.press("desk-client-address-again")

        assert "We write to this address again. 1 letter leaves now." in text
        assert drain(now=NOW) == 1
        assert [mail["To"] for mail in mailbox.mails] == ["ada@example.org"]
        assert AuditEvent.objects.filter(verb="lifted", actor=cast.fay()).count() == 1

    def test_another_address_is_put_in(self, withheld: Message, mailbox: Mailbox) -> None:
        text = self.press("desk-client-address", {"email": "Ada.B@Example.org"})

        assert "Saved. 1 letter leaves now." in text
        assert drain(now=NOW) == 1
        assert [mail["To"] for mail in mailbox.mails] == ["ada.b@example.org"]
        assert is_suppressed()  # the old one still is
        changed = AuditEvent.objects.filter(verb="changed", about=str(withheld.client_id), actor=cast.fay())
        assert [event.fields for event in changed] == [["email"]]

    def test_what_somebody_phoned_about_is_not_sent_besides(self, withheld: Message, mailbox: Mailbox) -> None:
        phoning.mark(message=withheld, is_done=True, actor=cast.fay(), now=NOW)

        assert keeping.lift(client=cast.ada(), by=cast.fay(), now=NOW) == 0

    def test_a_phone_number_is_put_in_where_the_address_is(self, withheld: Message) -> None:
        self.press("desk-client-address", {"email": "ada@example.org", "phone": "020 7946 0111"})

        changed = AuditEvent.objects.get(verb="changed", about=str(withheld.client_id), actor=cast.fay())
        assert (Client.objects.get().phone, changed.fields) == ("+442079460111", ["phone"])

    def test_a_phone_number_that_is_none_is_said_so(self, withheld: Message) -> None:
        text = self.press("desk-client-address", {"email": "ada@example.org", "phone": "12"})

        assert "Enter a phone number like 07700 900 123, or leave this empty." in text
        assert Client.objects.get().phone == ""

    def test_an_address_that_is_none_is_said_so(self, withheld: Message) -> None:
        assert "Enter an email address like name@example.org." in self.press("desk-client-address", {"email": "ada"})
        assert Client.objects.get().email == "ada@example.org"

    @pytest.mark.parametrize("name", ["desk-client-address", "desk-client-address-again"])
    def test_nobody_else_does_that(self, letter: Message, name: str) -> None:
        browser = Browser()
        browser.force_login(cast.user_of(cast.dov()))

        assert browser.post(reverse(name, args=[cast.ada().code]), {"email": "x@example.org"}).status_code == 404
        assert Client.objects.get().email == "ada@example.org"
