"""The desk books and moves for a client: past the rules with a word, never into another session."""

from datetime import datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from bookings import appointing, plan, rights
from bookings.door import Refused, SlotTaken
from bookings.models import Booking, Room, Service, WorkingHours
from bookings.services import move, undo_move
from clinic.outbox.models import Message
from clinic.people.models import AuditEvent, CareLink, Client, Practice
from intake.models import Request
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
EIGHT_AT_NIGHT = TEN + timedelta(hours=10)


@pytest.fixture
def desk(client: Browser, first: Service) -> Browser:
    client.force_login(cast.fay())
    return client


def when(client: Client) -> str:
    return reverse("desk-book-when", args=[client.code]) + "?service=first&practitioner=clara"


def press(browser: Browser, address: str, start: datetime, confirmed: str = "") -> HttpResponse:
    return browser.post(address, {"start": start.isoformat(), "confirmed": confirmed})  # type: ignore[return-value]


def appoint(start: datetime, *allowed: str, of: Service | None = None) -> Booking:
    return appointing.appoint(
        client=cast.ada(),
        service=of or make.service(),
        practitioner=cast.clara(),
        start=start,
        allowed=allowed,
        actor=cast.fay(),
        now=NOW,
    )


def kinds() -> set[str]:
    return set(Message.objects.filter(status="queued").values_list("kind", flat=True))


# --- the service -------------------------------------------------------------------------------


def test_booking_for_a_client_makes_the_same_letters_questions_and_trail(first: Service) -> None:
    booking = appoint(TEN)

    assert (booking.status, booking.client, booking.starts_at) == ("booked", cast.ada(), TEN)
    assert kinds() >= {"m00_booked", "m03_expect", "m04_tomorrow", "notice_booked"}
    assert kinds() - set(plan.KINDS) <= {"m01_form", "m02_form_nudge"}
    assert Request.objects.filter(about=booking.code).exists()
    assert CareLink.objects.filter(client=cast.ada(), practitioner=cast.clara()).exists()
    assert AuditEvent.objects.filter(about=str(booking.code), actor=cast.fay()).exists()


@pytest.mark.parametrize(
    ("start", "rules"),
    [
        (EIGHT_AT_NIGHT, ["hours"]),
        (NOW + timedelta(hours=2), ["notice"]),
        (TEN + timedelta(days=200), ["window"]),
        (TEN + timedelta(minutes=5), ["grid"]),
    ],
)
def test_a_broken_rule_is_named_first_and_let_go_when_confirmed(
    first: Service, start: datetime, rules: list[str]
) -> None:
    with pytest.raises(appointing.BreaksRules) as caught:
        appoint(start)
    assert [each.rule for each in caught.value.reasons] == rules
    assert not Booking.objects.exists()
    assert not Message.objects.exists()

    assert appoint(start, *rules).starts_at == start


def test_what_was_confirmed_covers_no_other_rule(first: Service) -> None:
    with pytest.raises(appointing.BreaksRules):
        appoint(EIGHT_AT_NIGHT, "notice")


@pytest.mark.parametrize("away", [-90, -15, 0, 15, 75])
def test_never_into_another_session_or_its_buffer(first: Service, away: int) -> None:
    make.booking(cast.ben(), starts_at=TEN)
    start = TEN + timedelta(minutes=away)
    if away == -90:
        assert appoint(start, "hours").starts_at == start
        return
    with pytest.raises(SlotTaken):
        appoint(start, "booked", "hours", "notice", "grid", "room")
    assert Booking.objects.count() == 1


def test_a_visitors_hold_is_not_overrun(first: Service) -> None:
    make.booking(starts_at=TEN, status="held")
    with pytest.raises(SlotTaken):
        appoint(TEN)


def test_pressing_twice_books_once(first: Service) -> None:
    assert appoint(TEN) == appoint(TEN)


def test_another_room_is_offered_and_no_room_at_all_is_refused(first: Service) -> None:
    garden, street = (Room.objects.create(slug=slug, name=slug) for slug in ("garden", "street"))
    WorkingHours.objects.update(room=garden)
    needs = make.service("quiet", needs_room=True)
    make.offers(cast.clara(), needs)
    make.booking(cast.ben(), cast.dov(), starts_at=TEN, room=garden)

    with pytest.raises(appointing.BreaksRules) as caught:
        appoint(TEN, of=needs)
    assert [each.words for each in caught.value.reasons] == [appointing.ELSEWHERE]
    assert appoint(TEN, "room", of=needs).room == street

    Booking.objects.filter(client=cast.ada()).delete()
    make.booking(cast.ben(), cast.dov(), starts_at=TEN + timedelta(minutes=91), room=street, of=needs)
    Room.objects.filter(slug="street").update(is_active=False)
    with pytest.raises(SlotTaken):
        appoint(TEN, "room", of=needs)


def test_a_client_with_as_many_sessions_as_the_practice_keeps_is_named_too(first: Service) -> None:
    make.practice(max_upcoming_per_client=1)
    appoint(TEN)
    with pytest.raises(appointing.BreaksRules, match="as many as the practice keeps"):
        appoint(TEN + timedelta(days=1))

    assert appoint(TEN + timedelta(days=1), appointing.FULL)


def test_the_past_and_a_session_she_does_not_offer_are_refused(first: Service) -> None:
    with pytest.raises(Refused, match="past"):
        appoint(NOW - timedelta(hours=1), "notice", "hours")
    with pytest.raises(Refused, match="does not offer"):
        appoint(TEN, of=make.service("other"))
    assert not Booking.objects.exists()


def test_moving_to_a_colleague_tells_the_client_and_the_questions(first: Service) -> None:
    booking = make.booked(start=TEN)
    facts = {"start": EIGHT_AT_NIGHT, "actor": cast.fay(), "now": NOW}
    with pytest.raises(appointing.BreaksRules):
        appointing.reappoint(booking=booking, practitioner=cast.dov(), allowed=[], **facts)  # type: ignore[arg-type]
    booking.refresh_from_db()
    assert booking.starts_at == TEN

    moved = appointing.reappoint(booking=booking, practitioner=cast.dov(), allowed=["hours"], **facts)  # type: ignore[arg-type]

    assert (moved.starts_at, moved.practitioner) == (EIGHT_AT_NIGHT, cast.dov())
    assert moved.version == booking.version + 1
    assert "booking_moved" in kinds()
    assert Request.objects.get(about=booking.code).practitioner == cast.dov()


def test_what_the_practice_moved_the_client_does_not_move_back(first: Service) -> None:
    booking = make.booked(start=TEN)
    own = move(booking=booking, start=TEN + timedelta(hours=2), by="client", now=NOW)
    assert rights.may_undo_move(own, Practice.objects.the(), NOW)

    facts = {"start": TEN + timedelta(hours=4), "allowed": [], "actor": cast.fay(), "now": NOW}
    moved = appointing.reappoint(booking=booking, practitioner=cast.clara(), **facts)  # type: ignore[arg-type]
    assert not rights.may_undo_move(moved, Practice.objects.the(), NOW)
    assert undo_move(booking=booking, now=NOW).starts_at == TEN + timedelta(hours=4)


def test_a_cancelled_session_is_not_moved(first: Service) -> None:
    booking = make.booking(starts_at=TEN, status="cancelled")
    with pytest.raises(Refused):
        appointing.reappoint(
            booking=booking,
            practitioner=cast.clara(),
            start=EIGHT_AT_NIGHT,
            allowed=["hours"],
            actor=cast.fay(),
            now=NOW,
        )


# --- the pages ---------------------------------------------------------------------------------


def test_the_desk_finds_a_client_and_goes_on_to_the_times(desk: Browser) -> None:
    ada = cast.ada()
    html = desk.get(reverse("desk-book"), {"q": "byr", "on": "2027-02-08"}).content.decode()

    assert reverse("desk-book-when", args=[ada.code]) + "?on=2027-02-08" in html


def test_somebody_new_without_email_is_made_with_a_phone_number(desk: Browser) -> None:
    address = reverse("desk-book")
    nothing = desk.post(address, {"name": "Zoe Tall"}).content.decode()
    assert "so that you can reach them" in nothing
    assert 'value="Zoe Tall"' in nothing

    response = desk.post(address, {"name": "Zoe Tall", "phone": "020 7946 0011"})
    zoe = Client.objects.get(name="Zoe Tall")
    assert str(zoe.code) in response["Location"]

    press(desk, when(zoe), TEN)
    assert Booking.objects.get(client=zoe).status == "booked"


def test_a_free_time_is_one_press_and_the_client_is_written_to(desk: Browser) -> None:
    assert "Monday 8 February at " in desk.get(when(cast.ada()) + "&on=2027-02-08").content.decode()
    response = press(desk, when(cast.ada()), TEN)

    assert response["Location"] == reverse("desk-booking", args=[Booking.objects.get().code])
    assert "m00_booked" in kinds()


def test_any_other_time_comes_back_with_what_it_breaks_and_is_booked_when_confirmed(desk: Browser) -> None:
    asked = desk.post(when(cast.ada()), {"date": "2027-02-08", "time": "20:00"}).content.decode()
    assert "breaks a rule for clients" in asked
    assert "This is outside the open hours." in asked
    assert not Booking.objects.exists()

    press(desk, when(cast.ada()), EIGHT_AT_NIGHT, confirmed="hours")
    assert Booking.objects.get().starts_at == EIGHT_AT_NIGHT


def test_a_time_that_is_taken_says_so_and_keeps_what_was_typed(desk: Browser) -> None:
    make.booking(cast.ben(), starts_at=TEN)
    response = desk.post(when(cast.ada()), {"date": "2027-02-08", "time": "10:00"})
    html = response.content.decode()

    assert response.status_code == 409
    assert "Clara Weiss has another session then" in html
    assert 'value="2027-02-08"' in html
    assert 'value="10:00' in html


def test_bad_input_is_named(desk: Browser) -> None:
    html = desk.post(when(cast.ada()), {"date": "soon", "time": ""}).content.decode()

    assert "Enter a date, for example" in html
    assert "Enter a time." in html


def test_the_same_picker_moves_a_session(desk: Browser) -> None:
    booking = make.booked(start=TEN)
    address = reverse("desk-booking-move", args=[booking.code])
    html = desk.get(address).content.decode()
    assert ("The time now" in html, f"{TEN:%Y-%m-%dT%H:%MZ}" in html) == (True, False)

    press(desk, address, TEN + timedelta(hours=3))
    booking.refresh_from_db()
    assert booking.starts_at == TEN + timedelta(hours=3)


def test_a_session_that_is_over_is_not_moved(desk: Browser) -> None:
    booking = make.booking(starts_at=NOW - timedelta(days=1))
    assert desk.get(reverse("desk-booking-move", args=[booking.code])).status_code == 302


def test_a_practitioner_books_her_own_clients_into_her_own_calendar_only(client: Browser, first: Service) -> None:
    cast.treats(cast.clara(), cast.ada())
    client.force_login(cast.user_of(cast.clara()))

    html = client.get(when(cast.ada())).content.decode()
    assert "Clara Weiss" in html
    assert "Dov Levi" not in html
    assert client.get(when(cast.ben())).status_code == 404

    client.post(reverse("desk-book"), {"name": "Zoe Tall", "phone": "020 7946 0011"})
    assert client.get(when(Client.objects.get(name="Zoe Tall"))).status_code == 200
