"""The letters about a booking as they leave: their words, their calendar file, and when they must not go."""

import re
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar

from bookings import letters
from bookings.models import Booking, Service
from bookings.services import cancel, move, undo_cancel
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail, Stop
from clinic.outbox.services import differences, sweep
from clinic.people.links import follow
from clinic.people.models import Client, Link, Practitioner
from intake.models import Flag
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=20)
LINK = re.compile(r"http://testserver/(b|i)/([\w-]+)/")
HEALTH_WORDS = re.compile(r"cranio|therapy|session|health|jaw|pelvi|stress|pain|intake|body|treat", re.IGNORECASE)


@pytest.fixture
def booking(first: Service) -> Booking:
    return make.booked(start=TEN, reasons=("jaw",))


def written(kind: str, booking: Booking, now: datetime = NOW) -> Mail:
    mail = KINDS[kind].write(booking.code, now)
    assert isinstance(mail, Mail), mail
    return mail


def stopped(kind: str, booking: Booking, now: datetime = NOW) -> str:
    stop = KINDS[kind].write(booking.code, now)
    assert isinstance(stop, Stop)
    return stop.status


def due(booking: Booking) -> set[str]:
    return set(Message.objects.filter(about=booking.code, status="queued").values_list("kind", flat=True))


def without_links(text: str) -> str:
    return LINK.sub(r"http://testserver/\1/…/", text)


def event(mail: Mail) -> tuple[str, dict[str, object]]:
    assert mail.ics is not None
    (found,) = Calendar.from_ical(mail.ics.content).walk("VEVENT")
    return mail.ics.method, {"uid": found["uid"], "sequence": found["sequence"], "start": found.decoded("dtstart")}


def test_the_confirmation_word_for_word(booking: Booking) -> None:
    mail = written("m00_booked", booking)

    assert mail.subject == "Monday 8 February, 10:00: your booking"
    assert (mail.to, mail.reply_to) == ("ada@example.org", "clara@example.org")
    assert without_links(mail.text) == (
        "Hi Ada,\n\n"
        "Thank you for booking. I will see you on Monday 8 February at 10:00.\n\n"
        "Where: 1 High Street.\n\n"
        "What comes next: a short health form. It helps me keep you safe.\n\n"
        "Open your form: http://testserver/i/…/\n\n"
        "The link is just for you. You can stop and come back.\n\n"
        "Need to change the time? See your booking: http://testserver/b/…/\n"
        "You can also call 020 7946 0000.\n\n"
        "Warm wishes, Clara Weiss\n\n"
        "Stillpoint\n"
        "1 High Street\n"
    )
    assert "Thank you for booking. I will see you on Monday 8 February at 10:00." in mail.html


def test_the_links_in_it_work_and_are_its_own(booking: Booking) -> None:
    first, second = written("m00_booked", booking).text, written("m00_booked", booking).text
    tokens = dict(LINK.findall(first))

    for purpose, letter in ((Link.Purpose.BOOKING, "b"), (Link.Purpose.INTAKE, "i")):
        link = follow(purpose=purpose, token=tokens[letter], now=NOW)
        assert link is not None
        assert link.about == booking.code
    assert follow(purpose=Link.Purpose.BOOKING, token=tokens["i"], now=NOW) is None
    assert tokens["b"] not in second


def test_the_calendar_file_comes_with_every_change_of_the_time(booking: Booking) -> None:
    method, booked = event(written("m00_booked", booking))
    moved_booking = move(booking=booking, start=TEN + timedelta(hours=1), by="client", now=LATER)
    _, moved = event(written("booking_moved", booking, LATER))
    cancel(booking=moved_booking, by="client", now=LATER)
    last_method, gone = event(written("cancelled_by_client", booking, LATER))
    undo_cancel(booking=moved_booking, now=LATER)
    again_method, again = event(written("booking_restored", booking, LATER))

    assert (method, last_method, again_method) == ("REQUEST", "CANCEL", "REQUEST")
    assert len({each["uid"] for each in (booked, moved, gone, again)}) == 1
    assert [each["sequence"] for each in (booked, moved, gone, again)] == [1, 2, 3, 4]
    assert (booked["start"], moved["start"]) == (TEN, TEN + timedelta(hours=1))


def test_what_the_desk_took_back_before_its_letter_left_is_not_told_of(booking: Booking) -> None:
    cancel(booking=booking, by="practice", actor=cast.olu(), now=LATER)
    undo_cancel(booking=booking, actor=cast.olu(), now=LATER)
    booking.refresh_from_db()
    assert KINDS["booking_restored"].write(booking.code, LATER) == letters.NEVER_TOLD

    cancel(booking=booking, by="practice", actor=cast.olu(), now=LATER)
    Message.objects.filter(kind="cancelled_by_practice", status="queued").update(status="sent", sent_at=LATER)
    undo_cancel(booking=booking, actor=cast.olu(), now=LATER)
    assert "Your booking is on again." in written("booking_restored", booking, LATER).text


def test_a_late_booking_says_at_once_what_to_expect(first: Service) -> None:
    late = make.booked(start=NOW + timedelta(hours=26))
    text = written("m00_booked", late).text

    assert "You stay fully dressed." in text
    assert "Tell me" not in text
    assert due(late) == {"m00_booked", "notice_booked"}


def test_the_reminders_word_for_word(booking: Booking) -> None:
    expect = written("m03_expect", booking, TEN - timedelta(hours=48))
    tomorrow = written("m04_tomorrow", booking, TEN - timedelta(hours=24))

    assert "I look forward to seeing you on Monday 8 February at 10:00. Here is what to expect." in expect.text
    assert "You can say no, pause or stop at any time, and you do not need a reason." in expect.text
    assert "side, pillows" not in expect.text
    assert "A short note that we meet tomorrow at 10:00, at 1 High Street." in tomorrow.text
    assert "Please call me before you set out: 020 7946 0000." in tomorrow.text


def test_who_needs_pillows_is_told_of_them(booking: Booking) -> None:
    make.flags(cast.ada(), "p_position")

    assert "We can use your side, pillows or a chair." in written("m03_expect", booking).text


def test_a_reminder_that_goes_late_or_early_names_the_day_rightly(booking: Booking) -> None:
    assert "we meet today at 10:00" in written("m04_tomorrow", booking, TEN - timedelta(hours=4)).text
    assert "we meet on Monday 8 February at 10:00" in written("m04_tomorrow", booking, TEN - timedelta(hours=40)).text


def test_an_answer_that_asks_for_a_talk_stops_the_reminders_and_writes_once(booking: Booking) -> None:
    make.flags(cast.ada(), "c_jaw_locked")
    sweep(now=LATER)

    assert due(booking) & {"m03_expect", "m04_tomorrow", "m05_hold"} == {"m05_hold"}
    assert stopped("m03_expect", booking) == Message.Status.SUPERSEDED
    text = written("m05_hold", booking).text
    assert "I would like a short talk before we meet, so I can plan well." in text
    assert "or 999 if it feels urgent" in text


def test_once_a_person_has_decided_the_reminders_come_back(booking: Booking) -> None:
    make.flags(cast.ada(), "c_jaw_locked")
    sweep(now=LATER)
    Flag.objects.update(state="decided", decided_at=LATER, decided_by=cast.clara().user)
    sweep(now=LATER)

    assert due(booking) & {"m03_expect", "m04_tomorrow", "m05_hold"} == {"m03_expect", "m04_tomorrow"}
    assert stopped("m05_hold", booking) == Message.Status.SUPERSEDED


@pytest.mark.parametrize("flag", ["c_unsafe", "c_suicidal_thoughts", "u_stroke"])
def test_an_urgent_answer_or_one_that_must_stay_private_never_causes_this_letter(booking: Booking, flag: str) -> None:
    make.flags(cast.ada(), flag)
    sweep(now=LATER)

    assert "m05_hold" not in due(booking)
    assert "m03_expect" not in due(booking)


def test_a_worry_from_a_check_in_never_causes_this_letter(booking: Booking) -> None:
    (flag,) = make.flags(cast.ada(), "c_soreness")
    flag.response.request.purpose = "checkin"
    flag.response.request.save()
    sweep(now=LATER)

    assert "m05_hold" not in due(booking)


@pytest.mark.parametrize("kind", ["m00_booked", "m03_expect", "m04_tomorrow"])
def test_a_cancelled_session_sends_nothing_that_was_waiting(booking: Booking, kind: str) -> None:
    cancel(booking=booking, by="client", now=LATER)

    assert stopped(kind, booking, LATER) == Message.Status.SUPERSEDED


def test_a_client_who_may_not_be_written_to_becomes_a_task_to_phone(booking: Booking) -> None:
    Client.objects.update(may_email=False)

    assert stopped("m00_booked", booking) == Message.Status.WITHHELD


def test_the_practitioner_is_told_with_a_first_name_and_no_health_words(booking: Booking) -> None:
    mail = written("notice_booked", booking)

    assert mail.to == "clara@example.org"
    assert "Ada B. has booked Monday 8 February at 10:00, for 75 minutes." in mail.text
    assert "Byron" not in mail.text + mail.html
    assert "jaw" not in mail.text.lower()


def test_a_notice_to_somebody_without_an_address_goes_to_the_practice(booking: Booking) -> None:
    Practitioner.objects.update(email="")

    assert written("notice_booked", booking).to == "hello@example.org"

    make.practice(email="")
    assert stopped("notice_booked", booking) == Message.Status.WITHHELD


def test_no_subject_says_more_than_when(booking: Booking) -> None:
    moved = move(booking=booking, start=TEN + timedelta(hours=1), by="client", now=LATER)
    subjects = [
        written(kind, moved, LATER).subject
        for kind in ("booking_moved", "m03_expect", "m04_tomorrow", "notice_changed")
    ]
    cancel(booking=booking, by="practice", now=LATER)
    subjects.append(written("cancelled_by_practice", booking, LATER).subject)

    assert all(subject.startswith("Monday 8 February, 11:00: ") for subject in subjects)
    assert not [subject for subject in subjects if HEALTH_WORDS.search(subject)]


def test_planning_again_changes_nothing(booking: Booking) -> None:
    sweep(now=LATER)  # the floor above adds its own
    before = list(Message.objects.order_by("code").values())
    sweep(now=LATER)
    sweep(now=LATER)

    assert list(Message.objects.order_by("code").values()) == before
    found = differences(now=LATER)
    assert (found.missing, found.extra) == ([], [])
