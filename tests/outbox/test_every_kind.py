"""Over the whole registry: no letter goes to who may not be written to, or by itself after an urgent answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from time_machine import TimeMachineFixture

from aftercare import checkins, own_steps
from aftercare import letters as aftercare
from aftercare import services as sessions
from aftercare.models import OwnStep
from aftercare.planning import OWN
from bookings import course_booking, offers, waitlist
from bookings import services as bookings
from bookings.models import Booking, WaitlistEntry
from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail, Stop
from clinic.outbox.rewording import Place, reword
from clinic.outbox.services import sweep
from clinic.outbox.wordings import Spoken
from clinic.people.models import Client
from intake import asking, consents, earlier
from intake.models import Flag, Request
from intake.services import save_page
from reception.new_links import ask_for_links
from tests import cast, make
from tests.cast import NOW
from tests.intake.answers import send
from tests.mailbox import Mailbox

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAR = make.TEN + 14 * DAY  # a Monday at ten, three weeks away


@dataclass(frozen=True)
class Case:
    """A letter that may be written: what it is about, and when."""

    about: UUID
    at: datetime


def booked() -> Booking:
    return make.booked(start=FAR)


def at(before: timedelta) -> Callable[[], Case]:
    return lambda: Case(booked().code, FAR - before)


def own_letter() -> Case:
    step = OwnStep(name="Parking", when="before", days=7, at=time(10))
    own_steps.save(step=step, by=cast.olu(), now=NOW)
    words = Spoken("How to find us", "Hi {first_name}, park here.")
    reword(place=Place("own_1"), words=words, base=0, by=cast.olu(), now=NOW)
    step.is_on = True
    own_steps.save(step=step, by=cast.olu(), now=NOW)
    booking = booked()
    sweep(now=NOW)
    return Case(booking.code, FAR - 7 * DAY)


def after(kind_at: timedelta) -> Callable[[], Case]:
    def case() -> Case:
        session = make.session()
        aftercare.resync(session, now=NOW)
        return Case(session.booking.code, session.booking.ends_at + kind_at)

    return case


def talk_first() -> Case:
    booking = booked()
    make.flags(cast.ada(), "c_infection")
    return Case(booking.code, NOW + HOUR)


def seek_care() -> Case:
    booking = booked()
    make.begin(Request.objects.get(about=booking.code), gen_today=["chest"])
    return Case(booking.code, NOW)


def moved() -> Case:
    booking = booked()
    bookings.move(booking=booking, start=FAR + 2 * HOUR, by=Booking.By.CLIENT, now=NOW + HOUR)
    return Case(booking.code, NOW + HOUR)


def restored() -> Case:
    booking = booked()
    bookings.cancel(booking=booking, by=Booking.By.CLIENT, now=NOW)
    bookings.undo_cancel(booking=booking, now=NOW + timedelta(minutes=5))
    return Case(booking.code, NOW + timedelta(minutes=5))


def cancelled(by: str) -> Callable[[], Case]:
    def case() -> Case:
        booking = booked()
        bookings.cancel(booking=booking, by=by, now=NOW)
        return Case(booking.code, NOW)

    return case


def answered(said: dict[str, object]) -> Callable[[], Case]:
    def case() -> Case:
        session = make.session()
        now = session.booking.ends_at + 49 * HOUR
        asked = checkins.open_for("m12_checkin", session, now=now)
        assert asked is not None
        save_page(asked=asked, slug="checkin", answers=make.ALL_IS_WELL | said, now=now, page=2)
        sessions.finish_checkin(asked=asked, now=now)
        return Case(session.booking.code, now)

    return case


def crisis() -> Case:
    session = make.session()
    make.flags(session.client, "u_crisis")
    sessions.send(session=session, kind="m07_crisis", by=cast.olu(), now=session.booking.ends_at)
    return Case(session.booking.code, session.booking.ends_at)


def asked_something() -> Case:
    asked = Request.objects.get(about=booked().code)
    asking.ask(asked=asked, text="Which side?", by=cast.olu(), now=NOW)
    return Case(asked.about, NOW)


def waiting(now: datetime = NOW) -> WaitlistEntry:
    """For the one free Monday morning, which Ben has until now."""
    first, clara = make.service(), cast.clara()
    make.offers(clara, first)
    clara.working_hours.exclude(weekday=0).delete()
    clara.working_hours.update(opens=10 * 60, closes=11 * 60 + 15)
    make.booked("Ben Okri", start=make.TEN, visitor="ben")
    return waitlist.join(
        service=first,
        practitioner=clara,
        weekdays=[0],
        parts=["morning"],
        since=None,
        until=make.TEN.date(),
        name="Ada Byron",
        email="ada@example.org",
        now=now,
    )


def freed() -> Case:
    """Ben let it go an hour ago, so that he can no longer take that back."""
    entry = waiting()
    bookings.cancel(booking=Booking.objects.get(status="booked"), by=Booking.By.CLIENT, now=NOW)
    offers.review(now=NOW + HOUR)
    return Case(entry.code, NOW + HOUR)


def lapsed() -> Case:
    entry = freed()
    offers.review(now=NOW + 6 * HOUR)
    return Case(entry.about, NOW + 6 * HOUR)


def waited_in_vain() -> Case:
    entry, over = waiting(), make.TEN + DAY
    offers.review(now=over)
    return Case(entry.code, over)


def course() -> Case:
    first, clara = make.service(), cast.clara()
    make.offers(clara, first)
    starts = [make.TEN, make.TEN + 7 * DAY]
    wanted = course_booking.Wanted(first, clara, make.TEN, 1, 2)
    made = course_booking.book_course(
        wanted=wanted, starts=starts, visitor="ann", name="Ada Byron", email="ada@example.org", phone="", now=NOW
    )
    return Case(made.code, NOW)


def code_for_earlier() -> Case:
    then = NOW - 60 * 7 * DAY
    send(make.intake_request(needed_at=then, now=then), now=then)
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    earlier.send_code(asked=asked, now=NOW)
    return Case(asked.about, NOW)


def new_links() -> Case:
    booked()
    ask_for_links(email="ada@example.org", now=NOW)
    return Case(Message.objects.get(kind="new_link").about, NOW)


def sent_before() -> Case:
    first = Message.objects.get(kind="m00_booked", about=booked().code)
    Message.objects.filter(code=first.code).update(status=Message.Status.SENT, sent_at=NOW)
    return Case(first.code, NOW + DAY)


# What goes by itself; an urgent answer after a session stops it.
BY_ITSELF = {
    "m01_form": at(7 * DAY),
    "m02_form_nudge": at(3 * DAY),
    "m03_expect": at(2 * DAY),
    "m04_tomorrow": at(DAY),
    "m05_hold": talk_first,
    "m06_urgent": seek_care,
    "m10_after": after(2 * HOUR),
    "m11_morning": after(22 * HOUR),
    "m12_checkin": after(48 * HOUR),
    "m12b_checkin_nudge": after(72 * HOUR),
    "m13_week": after(7 * DAY),
    "own_1": own_letter,
    "m14_support": answered({"chk_feelings": "tender"}),
    "m15_sore": answered({"chk_signs": ["rash"]}),
    "offer": freed,
    "offer_over": lapsed,
    "waitlist_over": waited_in_vain,
}
# What the client's own act, or a person at the practice, asks for at that moment.
ASKED_FOR = {
    "m00_booked": at(20 * DAY),
    "m07_crisis": crisis,
    "booking_moved": moved,
    "booking_restored": restored,
    "cancelled_by_client": cancelled("client"),
    "cancelled_by_practice": cancelled("practice"),
    "course_booked": course,
    "waitlist_joined": lambda: Case(waiting().code, NOW),
    "question": asked_something,
    "earlier_code": code_for_earlier,
    "new_link": new_links,
    "once_more": sent_before,
}
TO_STAFF = {
    "notice_booked", "notice_changed", "notice_cancelled", "notice_course", "urgent_notice", "urgent_second",
    "alert_notice", "alert_second", "alert_passed_on", "question_answered", "sign_in_code", "invitation",
    "contact_form", "test_letter",
}  # fmt: skip
TO_CLIENTS = BY_ITSELF | ASKED_FOR


@pytest.fixture(autouse=True)
def practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice(minimum_notice_hours=1)
    make.help_numbers()
    make.service()


def write(kind: str, case: Case) -> Mail | Stop:
    return KINDS[kind].write(case.about, case.at)


def says_chest_pain(client: Client) -> None:
    make.checked_in(client, {"chk_signs": ["chest"]}, deadline=NOW)


def test_every_kind_stands_in_one_of_the_tables() -> None:
    """A new kind must say what it is; else nobody has thought of when it must not go."""
    assert {*BY_ITSELF, *ASKED_FOR, *TO_STAFF} == KINDS.keys() - {"note", *OWN[1:]}  # these are all alike
    assert len(BY_ITSELF) + len(ASKED_FOR) + len(TO_STAFF) == len({*BY_ITSELF, *ASKED_FOR, *TO_STAFF})
    assert {kind.name for kind in KINDS.values() if kind.optional} - {*OWN[1:]} <= BY_ITSELF.keys()


@pytest.mark.parametrize("kind", sorted(TO_CLIENTS))
def test_no_kind_goes_to_a_client_who_may_not_be_written_to(kind: str) -> None:
    case = TO_CLIENTS[kind]()
    written = write(kind, case)
    assert isinstance(written, Mail), written  # the control: else it would go
    assert written.to == "ada@example.org"

    Client.objects.update(may_email=False)
    assert isinstance(write(kind, case), Stop)

    Client.objects.update(may_email=True, letters_paused_at=NOW)
    assert isinstance(write(kind, case), Stop)


@pytest.mark.parametrize("kind", sorted(TO_CLIENTS))
def test_after_an_urgent_answer_only_what_somebody_asks_for_goes(kind: str) -> None:
    case = TO_CLIENTS[kind]()
    says_chest_pain(cast.ada())

    written = write(kind, case)

    assert isinstance(written, Stop if kind in BY_ITSELF else Mail), written


def test_nothing_at_all_goes_by_itself_while_an_urgent_answer_waits(mailbox: Mailbox) -> None:
    """Two weeks of ticks: letters after this session, the form, reminders and offers of the next one."""
    session = make.session()
    aftercare.resync(session, now=NOW)
    make.booked(start=FAR)
    waiting()
    drain(now=NOW + HOUR)
    asked = checkins.open_for("m12_checkin", session, now=NOW + HOUR)
    assert asked is not None
    save_page(asked=asked, slug="checkin", answers={"chk_signs": ["chest"]}, now=NOW + HOUR, page=2)
    mailbox.mails.clear()

    bookings.cancel(booking=Booking.objects.get(client=cast.ben()), by=Booking.By.CLIENT, now=NOW + 2 * HOUR)
    _ticks_for_three_weeks()

    assert [mail["Subject"] for mail in mailbox.mails if mail["To"] == "ada@example.org"] == []


def test_without_one_the_same_three_weeks_bring_letters(mailbox: Mailbox) -> None:
    session = make.session()
    aftercare.resync(session, now=NOW)
    make.booked(start=FAR)
    drain(now=NOW + HOUR)
    mailbox.mails.clear()

    _ticks_for_three_weeks()

    assert len([mail for mail in mailbox.mails if mail["To"] == "ada@example.org"]) >= 6


def test_letters_come_again_once_a_person_has_dealt_with_it() -> None:
    case = BY_ITSELF["m04_tomorrow"]()
    says_chest_pain(cast.ada())
    assert isinstance(write("m04_tomorrow", case), Stop)

    Flag.objects.update(state="cleared", decided_at=NOW, decided_by=cast.olu())

    assert isinstance(write("m04_tomorrow", case), Mail)


def _ticks_for_three_weeks() -> None:
    for step in range(22 * 2):
        now = NOW + 3 * HOUR + step * 12 * HOUR
        sweep(now=now)
        offers.review(now=now)
        drain(now=now)
