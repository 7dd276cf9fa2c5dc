"""Book, cancel, undo, move, arrive, missed: the fact, its letters, and each refusal changing nothing."""

from datetime import timedelta
from typing import Any

import pytest

from bookings.door import Refused, SlotTaken
from bookings.holding import hold
from bookings.models import Booking, Service, TimeOff
from bookings.services import (
    Waiting,
    arrive,
    book,
    book_held,
    cancel,
    complete,
    mark_missed,
    move,
    undo_arrive,
    undo_cancel,
    undo_missed,
)  # fmt: skip
from clinic.outbox.models import Message
from clinic.people.matching import note_care
from clinic.people.models import AuditEvent, CareLink, Client, Practice, Practitioner
from intake.models import Request
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
DETAILS: dict[str, Any] = {"name": "Ada Byron", "email": "ada@example.org", "phone": "", "reasons": ["jaw"]}
LATER = NOW + timedelta(minutes=20)


def letters(booking: Booking, *states: str) -> list[str]:
    states = states or (Message.Status.QUEUED,)
    found = Message.objects.filter(about=booking.code, status__in=states)
    return sorted(found.values_list("kind", flat=True))


def take(first: Service, visitor: str = "ann") -> Booking:
    return hold(service=first, practitioner=cast.clara(), start=TEN, visitor=visitor, now=NOW)


def test_booking_makes_client_care_link_questions_and_letters(first: Service) -> None:
    booking = book(held=take(first), **DETAILS, now=NOW)

    assert (booking.status, booking.client, booking.version) == ("booked", cast.ada(), 1)
    assert booking.agreed_local == "2027-02-08T10:00+00:00"
    assert CareLink.objects.filter(client=cast.ada(), practitioner=cast.clara()).exists()
    asked = Request.objects.get(about=booking.code)
    assert (asked.needed_at, asked.questionnaires) == (TEN, ["general", "jaw"])
    assert {"m00_booked", "notice_booked", "m03_expect", "m04_tomorrow"} <= set(letters(booking))


def test_posting_again_shows_the_same_booking(first: Service) -> None:
    held = take(first)

    assert book(held=held, **DETAILS, now=NOW).code == book(held=held, **DETAILS, now=NOW).code
    assert (Booking.objects.count(), Client.objects.count()) == (1, 1)
    assert Message.objects.filter(kind="m00_booked").count() == 1


def test_a_hold_that_ran_out_is_booked_while_the_time_is_still_free(first: Service) -> None:
    assert book(held=take(first), **DETAILS, now=LATER).status == "booked"


def test_a_hold_that_ran_out_and_was_taken_is_refused_and_changes_nothing(first: Service) -> None:
    held = take(first)
    hold(service=first, practitioner=cast.clara(), start=TEN, visitor="bob", now=LATER)

    with pytest.raises(SlotTaken):
        book(held=held, **DETAILS, now=LATER)
    assert (Client.objects.count(), Message.objects.count(), Request.objects.count()) == (0, 0, 0)


def test_who_did_not_choose_a_person_gets_whoever_is_still_free(first: Service) -> None:
    held = hold(service=first, practitioner=None, start=TEN, visitor="ann", now=NOW)
    hold(service=first, practitioner=cast.clara(), start=TEN, visitor="bob", now=LATER)

    assert book(held=held, **DETAILS, now=LATER).practitioner == cast.dov()


def test_another_time_can_be_chosen_with_the_details(first: Service) -> None:
    eleven = TEN + timedelta(hours=1)
    booking = book_held(held=take(first), start=eleven, **DETAILS, now=NOW)

    assert booking.starts_at == eleven
    assert Booking.objects.filter(status="held").count() == 0


def test_a_client_with_as_many_sessions_as_allowed_is_asked_to_call(first: Service) -> None:
    Practice.objects.update(max_upcoming_per_client=1)
    make.booked(start=TEN + timedelta(days=1))

    with pytest.raises(Refused, match="call us"):
        book(held=take(first), **DETAILS, now=NOW)


def test_cancelling_frees_the_time_calls_the_questions_off_and_writes(first: Service) -> None:
    booking = make.booked(start=TEN)
    cancelled = cancel(booking=booking, by="client", reason="unwell", now=LATER)

    assert (cancelled.status, cancelled.cancelled_by, cancelled.version) == ("cancelled", "client", 2)
    assert Request.objects.get(about=booking.code).cancelled_at == LATER
    assert letters(booking) == ["cancelled_by_client", "notice_cancelled"]
    assert take(first, visitor="bob").status == "held"


def test_cancelling_twice_cancels_once(first: Service) -> None:
    booking = make.booked(start=TEN)
    cancel(booking=booking, by="client", now=LATER)

    assert cancel(booking=booking, by="client", now=LATER + timedelta(hours=1)).cancelled_at == LATER
    assert Message.objects.filter(kind="cancelled_by_client").count() == 1


def test_inside_the_cut_off_only_the_practice_cancels_but_the_grace_after_booking_holds(first: Service) -> None:
    soon = NOW + timedelta(hours=25)
    booking = make.booked(start=soon)
    too_late = NOW + timedelta(hours=2)

    with pytest.raises(Refused, match="call us"):
        cancel(booking=booking, by="client", now=too_late)
    with pytest.raises(Refused, match="call us"):
        move(booking=booking, start=TEN, by="client", now=too_late)
    assert cancel(booking=booking, by="practice", now=too_late).status == "cancelled"

    fresh = make.booked("Ben Okri", start=soon, visitor="ben")
    assert cancel(booking=fresh, by="client", now=NOW + timedelta(minutes=15)).status == "cancelled"


def test_a_cancellation_can_be_undone_for_fifteen_minutes(first: Service) -> None:
    booking = make.booked(start=TEN)
    cancel(booking=booking, by="client", now=LATER)
    back = undo_cancel(booking=booking, now=LATER + timedelta(minutes=15))

    assert (back.status, back.cancelled_at, back.version) == ("booked", None, 3)
    assert Request.objects.get(about=booking.code).cancelled_at is None
    waiting = set(letters(booking))
    assert {"booking_restored", "notice_changed", "m03_expect", "m04_tomorrow"} <= waiting
    assert not waiting & {"m00_booked", "cancelled_by_client", "notice_cancelled"}


def test_an_undo_that_comes_too_late_or_finds_the_time_taken_is_refused(first: Service) -> None:
    booking = make.booked(start=TEN)
    cancel(booking=booking, by="client", now=LATER)

    with pytest.raises(Refused, match="too late"):
        undo_cancel(booking=booking, now=LATER + timedelta(minutes=16))
    take(first, visitor="bob")
    hold(service=first, practitioner=cast.clara(), start=TEN, visitor="bob", now=LATER)
    with pytest.raises(SlotTaken):
        undo_cancel(booking=booking, now=LATER + timedelta(minutes=5))
    booking.refresh_from_db()
    assert booking.status == "cancelled"


def test_only_the_practice_takes_back_what_the_practice_cancelled(first: Service) -> None:
    booking = make.booked(start=TEN)
    cancel(booking=booking, by="practice", actor=cast.fay(), now=LATER)

    with pytest.raises(Refused, match="too late"):
        undo_cancel(booking=booking, now=LATER)
    booking.refresh_from_db()
    assert booking.status == "cancelled"
    assert undo_cancel(booking=booking, actor=cast.fay(), now=LATER).status == "booked"


@pytest.mark.parametrize("since", ["time off", "full day", "full client", "practitioner left"])
def test_an_undo_asks_again_whether_the_time_can_be_had(first: Service, since: str) -> None:
    booking = make.booked(start=TEN)
    cancel(booking=booking, by="client", now=LATER)
    if since == "time off":
        TimeOff.objects.create(practitioner=cast.clara(), starts_at=TEN, ends_at=TEN + timedelta(hours=1))
    elif since == "practitioner left":
        Practitioner.objects.filter(slug="clara").update(is_active=False)
    else:
        Practice.objects.update(**{"max_per_day" if since == "full day" else "max_upcoming_per_client": 1})
        make.booked(start=TEN + timedelta(hours=3))

    with pytest.raises(Refused):
        undo_cancel(booking=booking, now=LATER)
    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_by) == ("cancelled", "client")


def test_moving_keeps_the_booking_and_says_so(first: Service) -> None:
    booking = make.booked(start=TEN)
    moved = move(booking=booking, start=TEN + timedelta(minutes=30), by="client", now=LATER)

    assert (moved.code, moved.starts_at, moved.version) == (booking.code, TEN + timedelta(minutes=30), 2)
    assert Request.objects.get(about=booking.code).needed_at == moved.starts_at
    planned = Message.objects.filter(about=booking.code, status="queued", kind="m03_expect")
    assert [each.occasion for each in planned] == [moved.starts_at.isoformat()]
    assert {"booking_moved", "notice_changed"} <= set(letters(booking))


def test_a_move_to_a_taken_time_keeps_the_old_one(first: Service) -> None:
    make.booked("Ben Okri", start=TEN + timedelta(hours=2), visitor="ben")
    booking = make.booked(start=TEN)

    with pytest.raises(SlotTaken):
        move(booking=booking, start=TEN + timedelta(hours=2), by="client", now=LATER)
    booking.refresh_from_db()
    assert (booking.starts_at, booking.version) == (TEN, 1)


def test_arriving_is_noted_and_can_be_undone(first: Service) -> None:
    booking = make.booked(start=TEN)

    assert arrive(booking=booking, actor=cast.fay(), now=TEN).arrived_at == TEN
    assert undo_arrive(booking=booking, actor=cast.fay(), now=TEN).status == "booked"
    assert AuditEvent.objects.filter(actor=cast.fay(), verb="changed", about=str(booking.code)).count() == 2


def test_nobody_arrives_while_an_answer_waits_for_a_person(first: Service) -> None:
    booking = make.booked(start=TEN)
    make.flags(cast.ada(), "c_jaw_locked")

    with pytest.raises(Waiting):
        arrive(booking=booking, actor=cast.fay(), now=TEN)
    booking.refresh_from_db()
    assert booking.status == "booked"


def test_missed_is_marked_after_the_start_and_can_be_undone(first: Service) -> None:
    booking = make.booked(start=TEN)

    with pytest.raises(Refused):
        mark_missed(booking=booking, actor=cast.fay(), now=TEN - timedelta(minutes=1))
    assert mark_missed(booking=booking, actor=cast.fay(), now=TEN).status == "missed"
    assert undo_missed(booking=booking, actor=cast.fay(), now=TEN).status == "booked"
    assert complete(booking=booking, actor=cast.olu(), now=TEN).status == "completed"


def test_no_session_is_completed_before_it_begins(first: Service) -> None:
    booking = make.booked(start=TEN)

    with pytest.raises(Refused, match="has not begun"):
        complete(booking=booking, actor=cast.olu(), now=TEN - timedelta(minutes=1))
    booking.refresh_from_db()
    assert booking.status == "booked"


def test_no_session_is_completed_past_an_answer_that_waits(first: Service) -> None:
    booking = make.booked(start=TEN)
    (flag,) = make.flags(cast.ada(), "c_jaw_locked")

    with pytest.raises(Waiting):
        complete(booking=booking, actor=cast.olu(), now=TEN)
    booking.refresh_from_db()
    assert booking.status == "booked"

    flag.raised_at = booking.ends_at  # what is said afterwards does not keep its record open
    flag.save()
    assert complete(booking=booking, actor=cast.olu(), now=TEN).status == "completed"


def test_an_arrived_client_has_passed_the_check(first: Service) -> None:
    booking = make.booked(start=TEN)
    arrive(booking=booking, actor=cast.fay(), now=TEN)
    make.flags(cast.ada(), "c_jaw_locked")

    assert complete(booking=booking, actor=cast.olu(), now=TEN).status == "completed"


def test_who_at_the_desk_opened_a_record_is_on_the_trail(first: Service) -> None:
    make.booked(start=TEN)
    assert not AuditEvent.objects.filter(verb="opened").exists()  # the client's own booking says so by itself

    for _ in range(2):
        note_care(client=cast.ada(), practitioner=cast.dov(), actor=cast.fay(), now=NOW)
    event = AuditEvent.objects.get(verb="opened")
    assert (event.actor, event.client_code, event.fields) == (cast.fay(), cast.ada().code, ["practitioner"])
