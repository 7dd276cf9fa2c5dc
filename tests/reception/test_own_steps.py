"""Letters of the practice's own: made, worded, switched on, sent on their day, kept back, stopped, taken away."""

import re
from datetime import time, timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client as Browser
from django.urls import reverse

from aftercare import own_steps, services
from aftercare.access import Session
from aftercare.letters import resync
from aftercare.models import OwnStep
from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.outbox.rewording import Place, reword
from clinic.outbox.services import differences
from clinic.outbox.wishes import switches
from clinic.outbox.wordings import Spoken
from clinic.people.models import AuditEvent
from tests import make
from tests.cast import NOW, clara, fay, olu, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    make.practice()
    make.help_numbers()
    return make.session(starts_at=NOW + timedelta(days=20, hours=1))


def step(**fields: object) -> OwnStep:
    made = OwnStep(**{"name": "Parking", "when": "before", "days": 7, "at": time(10), **fields})
    own_steps.save(step=made, by=olu(), now=NOW)
    words = Spoken("How to find us", "Hi {first_name},\n\nPark behind the house on {day}.\n\n{practitioner}")
    reword(place=Place(own_steps.kind_of(made)), words=words, base=0, by=olu(), now=NOW)
    made.is_on = True
    return own_steps.save(step=made, by=olu(), now=NOW)


def rows(session: Session) -> dict[str, Message]:
    return {row.kind: row for row in Message.objects.about(session.booking.code).filter(kind__startswith="own_")}


def test_it_goes_on_its_day_with_a_stop_link(session: Session, mailoutbox: list[EmailMessage]) -> None:
    step()
    resync(session, now=NOW)

    row = rows(session)["own_1"]
    assert row.due_at == session.booking.starts_at.replace(hour=10, minute=0) - timedelta(days=7)
    assert row.reason == "Parking: 7 days before the session"
    Message.objects.exclude(code=row.code).delete()
    drain(now=row.due_at)
    mail = mailoutbox[0]
    assert (mail.to, mail.subject) == (["ada@example.org"], "How to find us")
    assert mail.body.startswith("Hi Ada,\n\nPark behind the house on Sunday 21 February.\n\nClara Weiss\n")
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(("when", "hour"), [("before", 20), ("after", 8)])
def test_it_keeps_the_quiet_hours(session: Session, when: str, hour: int) -> None:
    step(when=when, at=time(3))
    resync(session, now=NOW)

    assert rows(session)["own_1"].due_at.hour == hour


def test_it_is_for_its_service_only_and_not_for_what_was_due_before_the_booking(session: Session) -> None:
    step(service=make.service("other"))
    step(days=30)
    resync(session, now=NOW)

    assert rows(session) == {}


def test_it_can_be_skipped_for_one_session_and_follows_the_sweep(session: Session) -> None:
    made = step()
    resync(session, now=NOW)
    services.keep_back(session=session, kind="own_1", change="skip", by=user_of(clara()), now=NOW)
    assert rows(session)["own_1"].status == "withheld"
    services.release(session=session, kind="own_1", by=user_of(clara()), now=NOW)

    own_steps.remove(step=made, by=olu(), now=NOW)
    resync(session, now=NOW)
    assert rows(session)["own_1"].status == "superseded"
    found = differences(now=NOW)
    assert not [each for each in found.missing if each.kind == "own_1"]


def test_it_stops_when_somebody_must_look_first(session: Session) -> None:
    step()
    make.flags(session.client, "u_chest")
    resync(session, now=NOW)

    assert rows(session) == {}


def test_it_is_not_switched_on_without_words_and_there_are_nine_at_most() -> None:
    with pytest.raises(own_steps.NotSo):
        own_steps.save(step=OwnStep(name="x", when="after", days=1, at=time(9), is_on=True), by=olu(), now=NOW)
    for _ in range(9):
        own_steps.save(step=OwnStep(name="x", when="after", days=1, at=time(9)), by=olu(), now=NOW)
    with pytest.raises(own_steps.NotSo):
        own_steps.save(step=OwnStep(name="x", when="after", days=1, at=time(9)), by=olu(), now=NOW)
    assert sorted(OwnStep.objects.values_list("number", flat=True)) == list(range(1, 10))


def test_a_number_that_is_free_again_has_no_old_words() -> None:
    own_steps.remove(step=step(), by=olu(), now=NOW)

    with pytest.raises(own_steps.NotSo):
        own_steps.save(step=OwnStep(name="y", when="after", days=1, at=time(9), is_on=True), by=olu(), now=NOW)


def test_the_owner_makes_one_from_the_page(client: Browser) -> None:
    make.practice()
    typed = {"name": "Parking", "when": "before", "days": 7, "at": "10:00", "service": ""}
    for user in (fay(), user_of(clara())):
        client.force_login(user)
        assert client.get(reverse("desk-own-steps")).status_code == 404
        assert client.post(reverse("desk-own-steps"), typed).status_code == 404
    client.force_login(olu())

    answer = client.post(reverse("desk-own-steps"), typed)

    assert answer.headers["Location"] == reverse("desk-wording", args=["own_1"])
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.post(reverse("desk-own-steps"), {**typed, "days": 90}).status_code == 200
    assert "Parking" in client.get(reverse("desk-wordings")).content.decode()
    made = OwnStep.objects.get()
    assert client.post(reverse("desk-own-step", args=[made.code]), {**typed, "is_on": "on"}).status_code == 200
    assert client.post(reverse("desk-own-step-remove", args=[made.code])).status_code == 302
    assert not OwnStep.objects.exists()
    assert AuditEvent.objects.filter(fields=["own step"], actor=olu()).count() == 2


def test_a_new_one_begins_with_a_day_and_an_hour(client: Browser) -> None:
    client.force_login(olu())

    page = client.get(reverse("desk-own-steps")).content.decode()

    assert 'name="days" value="7"' in page
    assert 'name="at" value="10:00"' in page
    assert "Every kind" in page
    assert "Write its words first." in page
    assert "-----" not in page


def test_one_that_is_worded_comes_back_as_it_was_typed(client: Browser) -> None:
    made = step(at=time(9))
    client.force_login(olu())

    page = client.get(reverse("desk-own-step", args=[made.code])).content.decode()

    assert 'name="at" value="9:00"' in page
    assert "Write its words first." not in page


def test_it_has_its_name_at_the_desk_and_the_general_title_for_clients(client: Browser, session: Session) -> None:
    made = step()
    resync(session, now=NOW)
    client.force_login(user_of(clara()))
    letter = Message.objects.get(kind="own_1")
    general = "Other letters from the practice"

    for address in (
        reverse("desk-wording", args=["own_1"]),
        reverse("desk-letters") + "?show=coming&q=parking",
        reverse("desk-letter", args=[letter.code]),
        reverse("desk-client", args=[session.client.code]),
        reverse("desk-record-letters", args=[session.booking.code]),
        reverse("desk-record-words", args=[session.booking.code, "own_1"]),
    ):
        page = client.get(address).content.decode()
        assert "Parking" in re.sub("Parking: 7 days", "", page), address
        assert general not in page, address
    assert general in {each.title for each in switches()}

    own_steps.remove(step=made, by=olu(), now=NOW)
    own_steps.save(step=OwnStep(name="Towels", when="after", days=1, at=time(9)), by=olu(), now=NOW)
    assert "Towels" not in client.get(reverse("desk-letter", args=[letter.code])).content.decode()


@pytest.mark.parametrize(("when", "days"), [("before", 7), ("after", 1)])
def test_what_was_due_before_it_was_switched_on_is_not_a_letter_that_came_too_late(when: str, days: int) -> None:
    make.practice()
    booked_at = NOW - timedelta(days=30)
    begins = NOW + timedelta(days=2) if when == "before" else NOW - timedelta(days=3)
    old = make.session(starts_at=begins, booked_at=booked_at, status="booked" if when == "before" else "completed")
    step(when=when, days=days)
    resync(old, now=NOW)

    assert rows(old) == {}
