"""Which letters exist after each act, and what stops them: in the outbox and again at the moment of sending."""

from datetime import datetime, timedelta

import pytest

from aftercare import letters, services
from aftercare.access import Session
from aftercare.models import PlanChange
from bookings import services as bookings
from bookings.models import Booking
from clinic.outbox.draining import copy_of, drain
from clinic.outbox.models import Message
from clinic.outbox.services import differences, sweep
from clinic.people.models import User
from intake.flagging import clear
from intake.models import Flag
from tests import make
from tests.aftercare.words import queued, record, states, stopped, written
from tests.cast import NOW, ben, clara

ENDS = NOW + timedelta(hours=2)  # 11:00 on Monday 1 February
PLAN = {
    "m10_after": ENDS + timedelta(hours=2),
    "m11_morning": datetime(2027, 2, 2, 9, 0, tzinfo=NOW.tzinfo),
    "m12_checkin": ENDS + timedelta(hours=48),
    "m12b_checkin_nudge": ENDS + timedelta(hours=72),
    "m13_week": ENDS + timedelta(days=7),
}


@pytest.fixture
def by(session: Session) -> User:
    user = clara().user
    assert user is not None
    return user


def test_a_booked_session_has_exactly_these_letters(session: Session) -> None:
    letters.resync(session, now=NOW)

    assert queued(session.booking.code) == PLAN


def test_the_sweep_finds_the_same_and_nothing_more(session: Session) -> None:
    sweep(now=NOW)
    sweep(now=NOW)

    assert queued(session.booking.code) == PLAN
    assert differences(now=NOW).missing == []


@pytest.mark.parametrize("status", [Booking.Status.CANCELLED, Booking.Status.MISSED])
def test_a_session_that_did_not_happen_has_none(session: Session, status: str) -> None:
    letters.resync(session, now=NOW)
    Booking.objects.filter(code=session.booking.code).update(status=status, cancelled_at=NOW)

    letters.resync(session, now=NOW)

    assert queued(session.booking.code) == {}
    assert stopped("m10_after", session.booking.code, ENDS) == ("superseded", "The session was cancelled or missed.")


def test_an_undo_brings_them_back(session: Session, by: User) -> None:
    letters.resync(session, now=NOW)
    bookings.mark_missed(booking=session.booking, actor=by, now=ENDS)
    letters.resync(session, now=ENDS)

    bookings.undo_missed(booking=session.booking, actor=by, now=ENDS)
    letters.resync(session, now=ENDS)

    assert queued(session.booking.code) == PLAN


def test_a_moved_session_takes_its_letters_along(session: Session) -> None:
    letters.resync(session, now=NOW)
    later = timedelta(days=2)
    session.booking.set_start(session.booking.starts_at + later, session.booking.service)
    session.booking.save()

    letters.resync(session, now=NOW)

    assert queued(session.booking.code) == {kind: due_at + later for kind, due_at in PLAN.items()}
    assert Message.objects.filter(kind="m10_after", status=Message.Status.SUPERSEDED).count() == 1


def test_a_practice_may_want_to_see_them_arrive_first(session: Session, by: User) -> None:
    make.practice(aftercare_needs_arrival=True)
    letters.resync(session, now=NOW)
    assert queued(session.booking.code) == {}

    bookings.arrive(booking=session.booking, actor=by, now=ENDS)
    letters.resync(session, now=ENDS)

    assert queued(session.booking.code) == PLAN


@pytest.mark.parametrize(("wants", "expected"), [(None, PLAN), (True, PLAN), (False, {})])
def test_only_a_no_stops_them(session: Session, wants: bool | None, expected: dict[str, datetime]) -> None:
    session.client.wants_aftercare = wants
    session.client.save()

    letters.resync(session, now=NOW)

    assert queued(session.booking.code) == expected


def test_an_urgent_answer_stops_them_until_a_person_cleared_it(session: Session, by: User) -> None:
    letters.resync(session, now=NOW)
    (flag,) = make.flags(session.client, "u_chest")

    assert stopped("m10_after", session.booking.code, ENDS)[0] == "superseded"
    letters.resync(session, now=NOW)
    assert queued(session.booking.code) == {}

    clear(flag=flag, seen="yes", note="seen today", by=by, now=ENDS)
    letters.resync(session, now=ENDS)
    assert queued(session.booking.code) == PLAN


@pytest.mark.parametrize("flag", ["c_unsafe", "c_suicidal_thoughts"])
def test_so_does_an_answer_that_nobody_else_may_guess(session: Session, flag: str) -> None:
    letters.resync(session, now=NOW)
    make.flags(session.client, flag)

    assert stopped("m10_after", session.booking.code, ENDS) == ("superseded", "Something waits for a person first.")
    letters.resync(session, now=NOW)
    assert queued(session.booking.code) == {}


def test_another_contact_answer_does_not(session: Session) -> None:
    make.flags(session.client, "c_surgery")

    letters.resync(session, now=NOW)

    assert queued(session.booking.code) == PLAN


def test_once_a_newer_session_begins_only_its_letters_go(session: Session) -> None:
    newer = make.session(client=session.client, starts_at=NOW + timedelta(days=3, hours=1))

    letters.resync(session, now=NOW)
    letters.resync(newer, now=NOW)

    assert set(queued(session.booking.code)) == {"m10_after", "m11_morning", "m12_checkin"}
    assert set(queued(newer.booking.code)) == PLAN.keys()
    assert stopped("m13_week", session.booking.code, ENDS) == ("superseded", "It is no longer planned.")


def test_a_session_written_down_late_has_no_letters_of_its_past(session: Session) -> None:
    late = make.session(client=ben(), starts_at=NOW - timedelta(days=5), booked_at=NOW)

    letters.resync(late, now=NOW)

    assert set(queued(late.booking.code)) == {"m13_week"}


def test_closing_late_shapes_only_what_has_not_left(session: Session, by: User) -> None:
    session.client.wants_email_detail = True
    session.client.save()
    letters.resync(session, now=NOW)
    drain(now=PLAN["m10_after"])
    first = "Your hips or low back"

    services.save_record(session=session, content=record(), version=0, by=by, now=PLAN["m10_after"])
    services.close_record(session=session, version=1, by=by, now=PLAN["m10_after"])

    assert states(session.booking.code)["m10_after"] == "sent"
    assert first not in sent_text("m10_after", session)
    letters_now = queued(session.booking.code)
    assert set(letters_now) == {"m11_morning", "m12_checkin", "m12b_checkin_nudge", "m13_week"}


def test_a_draft_shapes_nothing(session: Session, by: User) -> None:
    session.client.wants_email_detail = True
    session.client.save()
    services.save_record(session=session, content=record(), version=0, by=by, now=ENDS)

    assert "hips" not in written("m10_after", session.booking.code, ENDS).text


def sent_text(kind: str, session: Session) -> str:
    copy = copy_of(Message.objects.get(kind=kind, about=session.booking.code))
    assert copy is not None
    return copy["text"]


@pytest.mark.parametrize(
    ("change", "reason"), [("skip", "Skipped by Clara Weiss."), ("hold", "Kept for now by Clara Weiss.")]
)
def test_a_person_keeps_one_letter_back(session: Session, by: User, change: str, reason: str) -> None:
    services.keep_back(session=session, kind="m11_morning", change=change, by=by, now=ENDS)

    row = Message.objects.get(kind="m11_morning", about=session.booking.code)
    assert (row.status, row.outcome) == (Message.Status.WITHHELD, reason)
    assert set(queued(session.booking.code)) == PLAN.keys() - {"m11_morning"}
    assert stopped("m11_morning", session.booking.code, ENDS) == ("withheld", reason)


def test_a_letter_is_let_go_after_all(session: Session, by: User) -> None:
    services.keep_back(session=session, kind="m11_morning", change="hold", by=by, now=ENDS)

    services.release(session=session, kind="m11_morning", by=by, now=ENDS)

    assert queued(session.booking.code) == PLAN
    assert not PlanChange.objects.exists()
    assert "Good morning" in written("m11_morning", session.booking.code, ENDS).subject


def test_other_letters_cannot_be_kept_back_here(session: Session, by: User) -> None:
    with pytest.raises(services.NotNow):
        services.keep_back(session=session, kind="m04_tomorrow", change="skip", by=by, now=ENDS)


def test_support_goes_when_a_person_sends_it_and_once(session: Session, by: User) -> None:
    services.send(session=session, kind="m14_support", by=by, now=ENDS)
    services.send(session=session, kind="m14_support", by=by, now=ENDS + timedelta(minutes=1))

    assert queued(session.booking.code)["m14_support"] == ENDS
    assert Message.objects.filter(kind="m14_support").count() == 1
    assert "Strong feelings can come up" in written("m14_support", session.booking.code, ENDS).text


def test_the_word_after_a_crisis_never_goes_by_itself(session: Session, by: User) -> None:
    make.flags(session.client, "u_crisis")
    letters.resync(session, now=ENDS)

    assert queued(session.booking.code) == {}
    assert stopped("m07_crisis", session.booking.code, ENDS)[0] == "superseded"


def test_the_word_after_a_crisis_goes_when_a_person_sends_it(session: Session, by: User) -> None:
    make.flags(session.client, "u_crisis")

    services.send(session=session, kind="m07_crisis", by=by, now=ENDS)

    assert queued(session.booking.code) == {"m07_crisis": ENDS}
    mail = written("m07_crisis", session.booking.code, ENDS)
    assert mail.subject == "Thinking of you"
    assert "List-Unsubscribe" not in mail.headers


def test_the_word_after_a_crisis_needs_an_open_crisis(session: Session, by: User) -> None:
    make.flags(session.client, "u_crisis", state=Flag.State.SUPERSEDED)

    with pytest.raises(services.NotNow):
        services.send(session=session, kind="m07_crisis", by=by, now=ENDS)


def test_nothing_is_sent_where_email_is_not_safe(session: Session, by: User) -> None:
    session.client.may_email = False
    session.client.save()

    with pytest.raises(services.NotNow):
        services.send(session=session, kind="m14_support", by=by, now=ENDS)
    assert stopped("m10_after", session.booking.code, ENDS)[0] == "withheld"


def test_the_drain_sends_each_once_on_its_day(session: Session) -> None:
    letters.resync(session, now=NOW)

    for due_at in sorted(PLAN.values()):
        drain(now=due_at)
        drain(now=due_at)

    assert states(session.booking.code) == dict.fromkeys(PLAN, "sent")


def test_after_a_long_silence_only_the_later_of_two_goes(session: Session) -> None:
    letters.resync(session, now=NOW)

    drain(now=PLAN["m12b_checkin_nudge"])

    found = states(session.booking.code)
    assert (found["m12_checkin"], found["m12b_checkin_nudge"]) == ("missed", "sent")


def test_a_letter_that_is_too_late_is_missed(session: Session) -> None:
    letters.resync(session, now=NOW)

    drain(now=NOW.replace(hour=20, minute=31))

    assert states(session.booking.code)["m10_after"] == "missed"
