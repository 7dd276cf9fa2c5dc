"""The headers and the size of every kind of letter to a client, as a mail program gets it."""

from email import message_from_bytes, policy

import pytest
from django.core.mail import get_connection
from time_machine import TimeMachineFixture

from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail
from clinic.outbox.sending import build
from tests import make
from tests.cast import NOW
from tests.mailbox import html_of, text_of
from tests.outbox.test_every_kind import TO_CLIENTS, write

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CLIPPED_AT = 102_000  # bytes; Gmail hides the rest
MESSAGE_ID = "<the-same-at-every-try@example.org>"


@pytest.mark.parametrize("kind", sorted(TO_CLIENTS))
def test_every_letter_carries_what_it_should(kind: str, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    case = TO_CLIENTS[kind]()
    written = write(kind, case)
    assert isinstance(written, Mail), written
    message = Message(kind=kind, message_id=MESSAGE_ID)
    raw = build(message, written, "Stillpoint <hello@example.org>", connection=get_connection(), now=case.at)
    mail = message_from_bytes(raw.message().as_bytes(), policy=policy.default)

    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == MESSAGE_ID
    assert mail["Reply-To"]
    assert "noreply" not in mail["Reply-To"].replace("-", "").lower()
    assert 0 < len(mail["Subject"]) <= 78
    assert text_of(mail).strip()
    assert "<html" in html_of(mail)
    assert "<img" not in html_of(mail)
    assert len(mail.as_bytes()) < CLIPPED_AT
    assert ("List-Unsubscribe" in mail) is KINDS[kind].optional
    if KINDS[kind].optional:
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert b"List-Unsubscribe: <http" in raw.message().as_bytes()  # on one line
