"""The drain, against a real SMTP server: each letter leaves once, late ones do not, poison harms nobody else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from clinic.outbox.claiming import claim
from clinic.outbox.draining import copy_of, drain, prepare
from clinic.outbox.models import Message, Suppression
from clinic.outbox.registry import Mail, Stop
from clinic.people import clock
from clinic.people.models import Practice
from tests import cast, make
from tests.cast import NOW
from tests.mailbox import Mailbox, html_of, text_of

pytestmark = pytest.mark.django_db
Status = Message.Status
Register = Callable[..., str]


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.status, message.outcome


def let_retries_pass() -> None:
    Message.objects.update(next_try_at=None)


def test_a_due_letter_leaves_once(kind: Register, mailbox: Mailbox) -> None:
    message = make.message(kind())

    assert [drain(now=NOW), drain(now=NOW)] == [1, 0]
    assert [(mail["To"], mail["Subject"], mail["Message-ID"]) for mail in mailbox.mails] == [
        ("ada@example.org", "Hello", message.message_id)
    ]
    assert (text_of(mailbox.mails[0]), html_of(mailbox.mails[0])) == ("Good day.\n", "<p>Good day.</p>")
    assert state(message) == (Status.SENT, "")
    assert message.sent_at == NOW


def test_each_letter_of_a_run_is_written_from_what_holds_now(kind: Register, mailbox: Mailbox) -> None:
    """What one letter has read is not kept for the next."""

    def write(about: UUID, now: datetime) -> Mail:
        name = Practice.objects.the().name
        Practice.objects.update(name=f"{name} and more")
        return Mail(to="ada@example.org", subject=name, text="", html="")

    note = kind(write)
    Practice.objects.update(name="Practice")
    for _ in range(3):
        make.message(note)

    assert drain(now=NOW) == 3
    assert [mail["Subject"] for mail in mailbox.mails] == [
        "Practice",
        "Practice and more",
        "Practice and more and more",
    ]


def test_a_letter_that_is_not_due_waits(kind: Register, mailbox: Mailbox) -> None:
    make.message(kind(), due_at=NOW + timedelta(seconds=1))

    assert drain(now=NOW) == 0
    assert mailbox.mails == []


def test_too_late_is_not_sent_but_shown_as_missed(kind: Register, mailbox: Mailbox) -> None:
    message = make.message(kind(), not_after=NOW - timedelta(minutes=1))

    assert drain(now=NOW) == 0
    assert state(message) == (Status.MISSED, "It was too late to send.")
    assert mailbox.mails == []


def test_the_writer_can_stop_a_letter(kind: Register, mailbox: Mailbox) -> None:
    message = make.message(kind(lambda about, now: Stop(Status.SUPERSEDED, "The session was moved.")))

    assert drain(now=NOW) == 0
    assert state(message) == (Status.SUPERSEDED, "The session was moved.")


def test_a_poisoned_letter_does_not_stop_its_neighbours(kind: Register, mailbox: Mailbox) -> None:
    bad = uuid4()

    def write(about: UUID, now: datetime) -> Mail:
        if about == bad:
            raise ZeroDivisionError
        return Mail(to="ada@example.org", subject="Hello", text="", html="")

    message = make.message(kind(write), about=bad, due_at=NOW - timedelta(hours=1))
    for _ in range(3):
        make.message("note")

    assert drain(now=NOW) == 3
    assert state(message) == (Status.QUEUED, "It could not be written.")
    for _ in range(2):
        let_retries_pass()
        drain(now=NOW)
    assert state(message) == (Status.FAILED, "It could not be written.")


def test_an_unknown_kind_fails_with_its_reason(mailbox: Mailbox) -> None:
    message = make.message("nobody_knows")

    assert drain(now=NOW) == 0
    assert state(message) == (Status.FAILED, "This kind is unknown.")


@pytest.mark.parametrize("answer", ["421 Too busy", "450 Try later", "451 Try later"])
def test_not_now_is_tried_again_later(kind: Register, mailbox: Mailbox, answer: str) -> None:
    message = make.message(kind())
    mailbox.on_data = lambda subject: answer

    assert drain(now=NOW) == 0
    assert state(message) == (Status.QUEUED, f"The mail server refused it (answer {answer[:3]}).")
    assert message.next_try_at is not None
    assert timedelta(seconds=50) < message.next_try_at - clock.real_now() < timedelta(seconds=80)

    mailbox.on_data = lambda subject: None
    assert drain(now=NOW) == 0  # not yet
    let_retries_pass()
    assert drain(now=NOW) == 1


def test_not_now_ends_after_six_tries(kind: Register, mailbox: Mailbox) -> None:
    message = make.message(kind())
    mailbox.on_data = lambda subject: "450 Try later"

    for _ in range(7):
        drain(now=NOW)
        let_retries_pass()

    assert state(message) == (Status.FAILED, "The mail server refused it (answer 450).")
    assert message.attempts == 6


def test_a_bad_address_is_remembered_and_not_written_to_again(kind: Register, mailbox: Mailbox) -> None:
    first = make.message(kind())
    mailbox.on_rcpt = lambda address: "550 No such person"

    assert drain(now=NOW) == 0
    assert state(first) == (Status.FAILED, "The mail server refused it (answer 550).")

    mailbox.on_rcpt = lambda address: None
    second = make.message("note")
    assert drain(now=NOW) == 0
    assert state(second) == (Status.WITHHELD, "This address refused our mail before. Please phone.")
    assert "ada" not in str(Suppression.objects.values())


def test_a_refused_mail_does_not_blame_the_address(kind: Register, mailbox: Mailbox) -> None:
    make.message(kind())
    mailbox.on_data = lambda subject: "554 Looks like spam"

    drain(now=NOW)

    assert Suppression.objects.count() == 0


def test_a_server_that_refuses_the_practice_loses_no_letter(kind: Register, mailbox: Mailbox) -> None:
    message = make.message(kind())
    mailbox.on_mail = lambda sender: "550 Daily quota exceeded"

    assert drain(now=NOW) == 0
    assert state(message) == (Status.QUEUED, "The mail server refused it (answer 550).")

    mailbox.on_mail = lambda sender: None
    let_retries_pass()
    assert drain(now=NOW) == 1


def test_a_server_that_is_away_costs_no_try(kind: Register, settings: Settings) -> None:
    message = make.message(kind())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert drain(now=NOW) == 0
    assert state(message) == (Status.QUEUED, "")
    assert message.attempts == 0


def test_a_line_dropped_before_the_answer_repeats_with_the_same_message_id(kind: Register, mailbox: Mailbox) -> None:
    message = make.message(kind())
    mailbox.drops_before_answer = 1

    drain(now=NOW)
    let_retries_pass()
    drain(now=NOW)

    assert [mail["Message-ID"] for mail in mailbox.mails] == [message.message_id] * 2
    assert state(message) == (Status.SENT, "")


def test_a_leased_letter_is_left_alone_until_its_lease_ends(kind: Register) -> None:
    make.message(kind())
    real_now = clock.real_now()

    first = claim(now=NOW, real_now=real_now)
    assert first is not None
    assert claim(now=NOW, real_now=real_now + timedelta(seconds=119)) is None
    assert claim(now=NOW, real_now=real_now + timedelta(seconds=120)) is not None


def test_a_worker_that_overslept_cannot_overwrite_the_newer_outcome(kind: Register, mailbox: Mailbox) -> None:
    message = make.message(kind(lambda about, now: Stop(Status.WITHHELD, "late word")))
    late = claim(now=NOW, real_now=clock.real_now() - timedelta(minutes=5))
    assert late is not None
    newer = claim(now=NOW, real_now=clock.real_now())
    assert newer is not None

    prepare(late, now=NOW)

    assert state(message) == (Status.LEASED, "")


def test_the_copy_is_sealed_and_its_links_are_masked(kind: Register, mailbox: Mailbox) -> None:
    token = "x" * 43
    ada = cast.ada()
    message = make.message(
        kind(lambda about, now: Mail("ada@example.org", "Hi", f"Go to https://x/b/{token}/ now\n", "<p></p>")),
        client=ada,
    )

    drain(now=NOW)

    message.refresh_from_db()
    assert b"Go to" not in bytes(message.sealed_copy)
    assert copy_of(message) == {
        "to": "ada@example.org",
        "subject": "Hi",
        "text": "Go to https://x/b/…/ now\n",
        "html": "<p></p>",
    }
    assert token in text_of(mailbox.mails[0])


def test_a_letter_that_no_header_can_hold_does_not_stop_its_neighbours(kind: Register, mailbox: Mailbox) -> None:
    bad = uuid4()

    def write(about: UUID, now: datetime) -> Mail:
        return Mail("ada@example.org", "Two\nlines" if about == bad else "Hello", "", "")

    message = make.message(kind(write), about=bad, due_at=NOW - timedelta(hours=1))
    make.message("note")

    assert drain(now=NOW) == 1
    assert state(message) == (Status.QUEUED, "It could not be sent.")
