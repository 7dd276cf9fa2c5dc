"""What intake says by mail, word for word, and what stops a letter that was due."""

from datetime import timedelta
from uuid import UUID

import pytest

from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail, Stop
from clinic.people.models import Client, Link
from intake import consents, flagging, letters, services
from intake.models import Flag, Request
from tests import make
from tests.cast import NOW, clara, user_of
from tests.intake.answers import send

pytestmark = pytest.mark.django_db
FAR = NOW + timedelta(days=20)


@pytest.fixture(autouse=True)
def _practice() -> None:
    make.practice()
    make.help_numbers()


def written(kind: str, about: UUID) -> Mail:
    mail = KINDS[kind].write(about, NOW)
    assert isinstance(mail, Mail), mail
    return mail


def stopped(kind: str, about: UUID) -> str:
    stop = KINDS[kind].write(about, NOW)
    assert isinstance(stop, Stop), stop
    return stop.status


def flagged(**answers: object) -> Request:
    asked = make.intake_request(needed_at=FAR, reasons=["stress"])
    consents.keep_answers(asked=asked, now=NOW)
    for slug in {"stress" if name.startswith("str_") else "general" for name in answers}:
        services.save_page(asked=asked, slug=slug, answers=answers, now=NOW)  # type: ignore[arg-type]
    return asked


def test_the_form_letter() -> None:
    asked = make.intake_request(needed_at=FAR)

    mail = written("m01_form", asked.about)

    address = mail.text.split("Open your form: ")[1].split()[0]
    assert mail.subject == "Sunday 21 February: a short form before we meet"
    assert mail.text.startswith(
        "Hi Ada,\n\n"
        "Please fill in your form. Each page takes about 3 minutes.\n\n"
        f"Open your form: {address}\n\n"
        "The link is just for you. It works until Tuesday 23 March. You can stop and come back.\n\n"
        "Skip anything you would rather not say. I am happy to talk instead: 020 7946 0000.\n\n"
        "I do not watch forms day and night. If you feel very unwell or unsafe, call 999 now.\n\n"
        "Thank you, Clara Weiss\n"
    )
    assert f'<a href="{address}"' in mail.html
    assert mail.reply_to == "clara@example.org"
    assert Link.objects.get().purpose == Link.Purpose.INTAKE


def test_the_nudge() -> None:
    mail = written("m02_form_nudge", make.intake_request(needed_at=FAR).about)

    assert mail.subject == "Sunday 21 February: your form is waiting"
    assert "If forms are hard for you, call me on 020 7946 0000 and we can do it by voice." in mail.text


def test_the_urgent_letter_names_no_symptom() -> None:
    mail = written("m06_urgent", flagged(gen_today=["chest"]).about)

    assert mail.subject == "Please read this today"
    assert mail.text.startswith(
        "Hi Ada,\n\n"
        "One of your answers may need medical care today. Please do not wait for me.\n\n"
        "Call 999 if it feels urgent, or NHS 111 for advice.\n\n"
        "I have put your session on hold. We can talk when you have been seen.\n\n"
        "Clara Weiss, 020 7946 0000\n"
    )
    assert "chest" not in (mail.text + mail.html).lower()


def test_the_notice_says_nothing_of_whom_or_what() -> None:
    asked = flagged(gen_today=["chest"])

    mail = written("urgent_notice", asked.about)

    assert mail.to == "clara@example.org"
    assert mail.subject == "An urgent answer needs you"
    assert "It stands in your list of alerts." in mail.text
    assert f"http://testserver/desk/alerts/{Flag.objects.get().code}/" in mail.text
    for word in ("Ada", "chest"):
        assert word not in mail.text
        assert word not in mail.html
    assert Message.objects.get(kind="urgent_notice").client is None


def test_a_form_that_is_done_is_not_asked_for() -> None:
    asked = send(make.intake_request(needed_at=FAR))

    assert stopped("m01_form", asked.about) == "superseded"
    assert stopped("m02_form_nudge", asked.about) == "superseded"


def test_a_cancelled_session_asks_for_nothing() -> None:
    asked = flagged(gen_today=["chest"])
    services.call_off(about=asked.about, now=NOW)

    assert stopped("m01_form", asked.about) == "superseded"
    assert stopped("m06_urgent", asked.about) == "superseded"


def test_while_something_urgent_waits_nobody_is_asked_for_a_form() -> None:
    asked = flagged(gen_today=["chest"])

    assert stopped("m01_form", asked.about) == "superseded"


def test_an_urgent_letter_stops_when_a_person_has_dealt_with_it() -> None:
    asked = flagged(gen_today=["chest"])
    flagging.clear(flag=Flag.objects.get(), seen="yes", note="Seen.", by=user_of(clara()), now=NOW)

    assert stopped("m06_urgent", asked.about) == "superseded"
    assert stopped("urgent_notice", asked.about) == "superseded"


def test_where_home_may_not_be_safe_nothing_is_written_at_all() -> None:
    asked = flagged(gen_today=["chest"], str_home="no")

    assert stopped("m06_urgent", asked.about) == "superseded"
    kinds = Message.objects.filter(about=asked.about, status="queued").values_list("kind", flat=True)
    assert set(kinds) == {"urgent_notice", "urgent_second"}


def test_a_client_who_may_not_be_written_to_becomes_a_call() -> None:
    asked = make.intake_request(needed_at=FAR)
    Client.objects.update(may_email=False)

    assert stopped("m01_form", asked.about) == "withheld"


def test_a_check_in_makes_a_notice_but_no_urgent_letter() -> None:
    sent = send(make.intake_request())
    asked = services.ask_checkin(client=sent.client, practitioner=clara(), about=sent.about, needed_at=NOW, now=NOW)

    services.save_page(asked=asked, slug="checkin", answers={"chk_signs": ["chest"]}, now=NOW)

    queued = Message.objects.filter(about=asked.about, status="queued").values_list("kind", flat=True)
    assert sorted(queued) == ["urgent_notice", "urgent_second"]


def test_planning_twice_changes_nothing() -> None:
    asked = flagged(gen_today=["chest"])
    before = list(Message.objects.order_by("code").values())

    letters.resync(asked, now=NOW + timedelta(hours=1))

    assert list(Message.objects.order_by("code").values()) == before


def test_a_move_makes_new_letters_for_the_new_time() -> None:
    asked = make.intake_request(needed_at=FAR)

    make.intake_request(about=asked.about, needed_at=FAR + timedelta(days=2))

    found = Message.objects.filter(about=asked.about, kind="m01_form").values_list("status", "occasion")
    assert sorted(found) == [
        ("queued", (FAR + timedelta(days=2)).isoformat()),
        ("superseded", FAR.isoformat()),
    ]
