"""Who works here: somebody new who treats, somebody who leaves and comes back, and who may sign in."""

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from bookings import feeds
from bookings.models import Booking, Service, WaitlistEntry
from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.people.models import AuditEvent, Practitioner, User
from tests import cast, make
from tests.cast import NOW
from tests.mailbox import Mailbox, text_of
from tests.make import TEN

pytestmark = pytest.mark.django_db
ADD = "desk-practitioner-add"
NEW = {"name": "Eve Stone", "email": "Eve@example.org", "slug": "", "invites": "on"}


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        make.practice()
        yield


@pytest.fixture
def desk(client: Browser) -> Browser:
    client.force_login(cast.olu())
    return client


def leave(desk: Browser, **decisions: str) -> int:
    return desk.post(reverse("desk-practitioner-leave", args=["clara"]), decisions).status_code


@pytest.mark.parametrize("name", ["desk-people", ADD, "desk-front-desk-add"])
def test_nobody_but_the_owner_finds_these_pages(client: Browser, name: str) -> None:
    for user in (cast.fay(), cast.user_of(cast.clara())):
        client.force_login(user)
        assert client.get(reverse(name)).status_code == 404


def test_somebody_new_treats_is_written_to_and_signs_in(desk: Browser, mailbox: Mailbox) -> None:
    first = make.service()
    answer = desk.post(reverse(ADD), {**NEW, "offers": [str(first.pk)]})

    eve = Practitioner.objects.get(slug="eve-stone")
    assert answer["Location"] == reverse("desk-hours", args=["eve-stone"])
    assert (cast.user_of(eve).email, cast.user_of(eve).role, list(eve.services.all())) == (
        "eve@example.org",
        "practitioner",
        [first],
    )
    assert AuditEvent.objects.filter(actor=cast.olu(), verb="added").count() == 2
    assert list(Message.objects.values_list("kind", flat=True)) == ["invitation"]

    drain(now=NOW)
    (mail,) = mailbox.mails
    assert (mail["To"], mail["Subject"]) == ("eve@example.org", "You can sign in")
    assert "type this address, eve@example.org" in text_of(mail)
    assert "http://testserver/desk/" in text_of(mail)


def test_hours_follow_and_then_clients_see_times(desk: Browser) -> None:
    make.offers(cast.clara(), make.service())
    desk.post(reverse(ADD), {**NEW, "slug": "eve", "offers": [str(Service.objects.get().pk)]})
    row = {"row-0-weekday": "0", "row-0-opens": "10:00", "row-0-closes": "12:00"}
    form = {"row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "0", **row, "save": "1"}
    answer = desk.post(reverse("desk-hours", args=["eve"]), form)

    assert answer.status_code == 302
    assert Practitioner.objects.get(slug="eve").working_hours.count() == 1


def test_without_an_invitation_there_is_no_sign_in(desk: Browser) -> None:
    desk.post(reverse(ADD), {"name": "Eve Stone", "email": "", "slug": "eve"})

    assert Practitioner.objects.get(slug="eve").user is None
    assert not Message.objects.exists()


def test_an_owner_may_treat_too_and_stays_owner(desk: Browser) -> None:
    desk.post(reverse(ADD), {**NEW, "email": "olu@example.org"})

    assert Practitioner.objects.get(slug="eve-stone").user == cast.olu()
    assert cast.olu().role == User.Role.OWNER


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": ""}, "Enter an email address, or untick the invitation below."),
        ({"email": "clara@example.org"}, "Somebody who treats here signs in with this address already."),
        ({"email": "fay@example.org"}, "Somebody signs in with this address already."),
        ({"slug": "CLARA"}, "Somebody here has this short name already."),
        ({"slug": "a b"}, "Use letters, digits, - and _ only."),
        ({"name": "Eve\x1bStone"}, "Write one line only."),
        ({"offers": ["x"]}, "Choose from the list."),
        ({"offers": ["\x00"]}, "Choose from the list."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_made(desk: Browser, typed: dict[str, object], said: str) -> None:
    cast.clara()
    cast.fay()
    html = desk.post(reverse(ADD), {**NEW, **typed}).content.decode()

    assert said in html
    assert {each.slug for each in Practitioner.objects.all()} == {"clara"}
    assert User.objects.count() == 3
    assert not Message.objects.exists()


def test_somebody_at_the_front_desk_is_added_and_her_sign_in_closed_and_opened(desk: Browser) -> None:
    desk.post(reverse("desk-front-desk-add"), {"name": "Gil Poe", "email": "gil@example.org"})
    gil = User.objects.get(email="gil@example.org")
    assert (gil.role, gil.is_active) == ("front_desk", True)

    hers = Browser()
    hers.force_login(gil)
    assert hers.get(reverse("today")).status_code == 200
    for do, is_active, seen in [("close", False, 302), ("open", True, 200)]:
        desk.post(reverse("desk-sign-in", args=[gil.pk]), {"do": do})
        assert (User.objects.get(pk=gil.pk).is_active, hers.get(reverse("today")).status_code) == (is_active, seen)


def test_nobody_closes_her_own_sign_in(desk: Browser) -> None:
    desk.post(reverse("desk-sign-in", args=[cast.olu().pk]), {"do": "close"})

    assert cast.olu().is_active


def test_a_second_press_sends_one_invitation_and_a_closed_sign_in_gets_none(desk: Browser, mailbox: Mailbox) -> None:
    clara = cast.user_of(cast.clara())
    for _ in range(2):
        desk.post(reverse("desk-sign-in", args=[clara.pk]), {"do": "invite"})
    assert Message.objects.get().status == "queued"

    desk.post(reverse("desk-sign-in", args=[clara.pk]), {"do": "close"})
    drain(now=NOW)
    assert (Message.objects.get().status, mailbox.mails) == ("superseded", [])


def test_leaving_shows_what_goes_with_her_and_changes_nothing_yet(desk: Browser) -> None:
    make.booked(start=TEN)
    feeds.make(practitioner=cast.clara(), shows_names=False, actor=cast.olu(), now=NOW)
    wish = {"client": cast.ben(), "service": Service.objects.get(), "until_on": TEN.date(), "joined_at": NOW}
    WaitlistEntry.objects.create(practitioner=cast.clara(), **wish)
    html = desk.get(reverse("desk-practitioner-leave", args=["clara"])).content.decode()

    assert "1 session to come" in html
    assert "1 person waits for Clara Weiss" in html
    assert "The calendar feed stops" in html
    assert "The sign-in is closed" in html
    assert cast.clara().is_active


def test_leaving_asks_what_becomes_of_each_session(desk: Browser) -> None:
    booking = make.booked(start=TEN)

    assert leave(desk) == 409
    assert cast.clara().is_active

    assert leave(desk, **{f"decide-{booking.code}": "cancel"}) == 302
    booking.refresh_from_db()
    assert (booking.status, cast.clara().is_active) == ("cancelled", False)
    assert Message.objects.filter(about=booking.code, kind="cancelled_by_practice", status="queued").exists()


def test_who_has_left_cannot_be_booked_nor_sign_in_nor_be_followed(desk: Browser) -> None:
    first = make.service()
    make.offers(cast.clara(), first)
    make.offers(cast.dov(), first)
    make.booking(status="held", starts_at=TEN)
    token = feeds.make(practitioner=cast.clara(), shows_names=False, actor=cast.olu(), now=NOW)
    hers = Browser()
    hers.force_login(cast.user_of(cast.clara()))
    assert (hers.get(reverse("today")).status_code, hers.get(f"/feed/{token}.ics").status_code) == (200, 200)

    assert leave(desk) == 302
    assert (hers.get(reverse("today")).status_code, hers.get(f"/feed/{token}.ics").status_code) == (302, 404)
    assert Booking.objects.get().cancelled_by == "lapse"
    assert "Clara" not in Browser().get("/book/times/?service=first").content.decode()


def test_she_comes_back_as_she_was(desk: Browser) -> None:
    make.offers(cast.clara(), make.service())
    leave(desk)
    desk.post(reverse("desk-practitioner-return", args=["clara"]))

    clara = cast.clara()
    assert (clara.is_active, cast.user_of(clara).is_active, clara.working_hours.count()) == (True, True, 7)
    assert clara.services.count() == 1


def test_a_session_that_stays_behind_is_listed_and_moves_to_somebody_else(desk: Browser) -> None:
    booking = make.booked(start=TEN)
    make.offers(cast.dov(), booking.service)
    answer = desk.post(reverse("desk-practitioner-leave", args=["clara"]), {f"decide-{booking.code}": "move"})

    assert answer["Location"] == reverse("desk-outside")
    assert "Ada Byron" in desk.get(reverse("desk-outside")).content.decode()
    desk.post(reverse("desk-booking-move", args=[booking.code]), {"start": TEN.isoformat()})
    booking.refresh_from_db()
    assert (booking.practitioner, booking.starts_at) == (cast.dov(), TEN)
    assert "None. Every session" in desk.get(reverse("desk-outside")).content.decode()


def test_an_owner_who_stops_treating_still_signs_in(desk: Browser) -> None:
    clara = cast.clara()
    clara.user = cast.olu()
    clara.save()

    assert leave(desk) == 302
    assert desk.get(reverse("desk-people")).status_code == 200


def test_the_list_takes_as_many_queries_for_one_as_for_three(
    desk: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        Practitioner.objects.create(slug=f"p{number}", name=f"P {number}", is_active=number != 1)
        with django_assert_num_queries(6):
            desk.get(reverse("desk-people"))
