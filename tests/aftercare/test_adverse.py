"""Adverse events: written from an alert or a session, sealed, read by those who may, added to, exported."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from aftercare import adverse
from aftercare.access import Session
from aftercare.models import AdverseEvent
from clinic.people.models import AuditEvent, User
from intake.models import Flag
from reception.merging import merge
from tests import make
from tests.cast import NOW, ben, clara, dov, fay, olu, user_of

pytestmark = pytest.mark.django_db
WHEN = ("happened_on_day", "happened_on_month", "happened_on_year")
SAID = {
    "happened_on_day": "1",
    "happened_on_month": "Feb",
    "happened_on_year": "2027",
    "what": "=She fainted on the stairs",
    "began": "an hour after",
    "severity": "severe",
    "help_sought": "A&E",
    "told_insurer": "yes",
}


@pytest.fixture(autouse=True)
def two_days_later(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW + timedelta(days=2), tick=False)


@pytest.fixture
def flag(session: Session) -> Flag:
    make.checked_in(session.client, {"chk_dizzy": "fell"}, deadline=NOW, about=session.booking.code)
    return Flag.objects.get()


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def write(flag: Flag, said: dict[str, str] | None = None) -> str:
    address = reverse("desk-adverse-add", args=[flag.code])
    return signed_in(user_of(clara())).post(address, SAID | (said or {}), follow=True).content.decode()


def test_a_note_is_written_from_an_alert_and_knows_its_session(flag: Flag, session: Session) -> None:
    text = write(flag)

    event = AdverseEvent.objects.get()
    assert (event.client, event.booking, event.flag) == (session.client, session.booking, flag)
    assert "She fainted on the stairs" in text
    assert "<dd>Monday 1 February 2027</dd>" in text
    assert "Noted by Clara Weiss, Wednesday 3 February at 9:00." in text
    assert [row.verb for row in AuditEvent.objects.filter(kind="aftercare.adverseevent")] == ["wrote", "viewed"]


def test_it_is_sealed(flag: Flag) -> None:
    write(flag)

    assert b"fainted" not in bytes(AdverseEvent.objects.get().sealed)
    assert "fainted" not in str(list(AuditEvent.objects.values()))


def test_a_note_is_written_from_a_session_too(session: Session) -> None:
    address = reverse("desk-adverse-session", args=[session.booking.code])

    signed_in(olu()).post(address, SAID)

    assert (AdverseEvent.objects.get().booking, AdverseEvent.objects.get().flag) == (session.booking, None)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"what": ""}, "Write what happened."),
        ({"severity": ""}, "Choose how severe it was."),
        ({"told_insurer": ""}, "Say whether your insurer was told."),
        ({"happened_on_year": "2028"}, "This date has not come yet."),
        ({"happened_on_day": "31"}, "It does not exist in the calendar."),
        ({"happened_on_year": "1926"}, "The session was on Monday 1 February 2027. Check the date."),
        ({"happened_on_day": "31", "happened_on_month": "1"}, "The session was on Monday 1 February 2027."),
        ({"happened_on_year": "27"}, "Write the year with 4 numbers, for example 2027."),
        (dict.fromkeys(WHEN, ""), "Enter a date, for example 3 2 2027."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(flag: Flag, said: dict[str, str], words: str) -> None:
    assert words in write(flag, said)
    assert not AdverseEvent.objects.exists()


def test_a_session_that_is_to_come_sets_no_first_date(session: Session, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    day_before = SAID | {"happened_on_day": "31", "happened_on_month": "1"}

    signed_in(olu()).post(reverse("desk-adverse-session", args=[session.booking.code]), day_before)

    assert adverse.read(AdverseEvent.objects.get()).happened_on == "2027-01-31"


def test_words_are_added_and_the_note_stays(flag: Flag) -> None:
    write(flag)
    before = adverse.read(AdverseEvent.objects.get())

    address = reverse("desk-adverse-event", args=[AdverseEvent.objects.get().code])
    text = signed_in(olu()).post(address, {"text": "Well again."}, follow=True).content.decode()

    after = adverse.read(AdverseEvent.objects.get())
    assert "Well again." in text
    assert [each[1:] for each in after.added] == [("Olu Owner", "Well again.")]
    assert after.rows() == before.rows()


def test_the_list_names_the_client_and_says_nothing_of_what_happened(flag: Flag) -> None:
    write(flag)

    text = signed_in(user_of(clara())).get(reverse("desk-adverse")).content.decode()

    assert "Ada Byron" in text
    assert "fainted" not in text
    assert "All notes as a file" not in text
    assert "Ada Byron" not in signed_in(user_of(dov())).get(reverse("desk-adverse")).content.decode()


def test_the_owner_takes_all_as_a_file_without_formulas(flag: Flag) -> None:
    write(flag)

    answer = signed_in(olu()).post(reverse("desk-adverse-export"))

    head, line = b"".join(answer).decode("utf-8-sig").splitlines()
    assert head.startswith("Client,Session,When it happened,What happened")
    assert line.startswith("Ada Byron,2027-02-01,2027-02-01,'=She fainted on the stairs")
    assert AuditEvent.objects.filter(verb="exported", fields=["adverse events"], actor=olu()).count() == 1


@pytest.mark.parametrize(("who", "status"), [(fay, 404), (lambda: user_of(clara()), 404)])
def test_nobody_else_takes_the_file(who: object, status: int) -> None:
    assert signed_in(who()).post(reverse("desk-adverse-export")).status_code == status  # type: ignore[operator]


@pytest.mark.parametrize("who", [fay, lambda: user_of(dov())])
def test_nobody_else_reads_or_writes(flag: Flag, session: Session, who: object) -> None:
    write(flag)
    browser, event = signed_in(who()), AdverseEvent.objects.get()  # type: ignore[operator]

    addresses = [
        reverse("desk-adverse-event", args=[event.code]),
        reverse("desk-adverse-add", args=[flag.code]),
        reverse("desk-adverse-session", args=[session.booking.code]),
    ]
    assert {browser.get(address).status_code for address in addresses} == {404}
    assert {browser.post(address, SAID | {"text": "x"}).status_code for address in addresses} == {404}
    assert AdverseEvent.objects.count() == 1


def test_the_note_moves_with_the_client(flag: Flag) -> None:
    write(flag)
    before = adverse.read(AdverseEvent.objects.select_related("client").get())

    merge(kept=ben(), gone=flag.client, actor=olu(), now=NOW)

    event = AdverseEvent.objects.select_related("client").get()
    assert (event.client, adverse.read(event)) == (ben(), before)


def test_a_longer_list_costs_no_more_queries(
    flag: Flag, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    write(flag)
    browser = signed_in(olu())
    with django_assert_num_queries(7):
        browser.get(reverse("desk-adverse"))
    write(flag)
    write(flag)

    with django_assert_num_queries(7):
        browser.get(reverse("desk-adverse"))
