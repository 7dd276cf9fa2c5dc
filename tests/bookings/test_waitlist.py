"""Waiting for a time: who is offered what, for how long, and who comes next."""

import re
import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection

from bookings import offer_plan, offers, waitlist
from bookings.door import Refused, SlotTaken
from bookings.holding import hold
from bookings.keeping_hours import Away, add_time_off
from bookings.models import Booking, Offer, Service, WaitlistEntry
from bookings.offer_plan import EntryFacts, OfferFacts
from bookings.services import cancel, move, undo_cancel
from bookings.tasks import offer_times
from bookings.wishes import Wish, fitting, kept_until
from bookings.zones import minute
from clinic.outbox import health
from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail, Stop
from clinic.outbox.services import differences
from clinic.people.models import Practice
from clinic.people.quiet import Quiet
from tests import cast, make
from tests.aftercare.reading import grade
from tests.cast import NOW
from tests.make import TEN

LONDON = Quiet(time(20, 30), time(8), ZoneInfo("Europe/London"))
MONDAY = date(2027, 2, 8)


# --- pure ------------------------------------------------------------------------------------------------------------


def wish(**more: Any) -> Wish:
    known: dict[str, Any] = {"weekdays": frozenset(), "parts": frozenset(), "since": None, "until": MONDAY.toordinal()}
    return Wish(**{**known, **more})


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ({}, True),
        ({"weekdays": frozenset({0, 3})}, True),
        ({"weekdays": frozenset({1})}, False),
        ({"parts": frozenset({"morning"})}, True),
        ({"parts": frozenset({"afternoon", "evening"})}, False),
        ({"since": MONDAY.toordinal()}, True),
        ({"since": MONDAY.toordinal() + 1}, False),
        ({"until": MONDAY.toordinal() - 1}, False),
        ({"refused": frozenset({MONDAY.toordinal()})}, False),
    ],
)
def test_a_time_fits_when_every_wish_is_met(more: dict[str, Any], fits: bool) -> None:
    assert wish(**more).fits(minute(TEN), "Europe/London") is fits


def test_day_and_part_are_those_of_the_practitioners_wall_clock() -> None:
    late = minute(datetime.fromisoformat("2027-02-08T20:00+00:00"))
    kathmandu = wish(until=MONDAY.toordinal() + 1, weekdays=frozenset({1}), parts=frozenset({"morning"}))

    assert kathmandu.fits(late, "Asia/Kathmandu")  # 1:45 on Tuesday
    assert not kathmandu.fits(late, "Europe/London")


def test_the_earliest_that_fits_comes_first() -> None:
    at = minute(TEN)
    free = {at + 60: ["clara"], at: ["dov"], at - 1440: ["clara"]}
    zones = dict.fromkeys(("clara", "dov"), "Europe/London")

    assert list(fitting(wish(since=MONDAY.toordinal()), free, zones)) == [at, at + 60]


@pytest.mark.parametrize(
    ("hour", "start", "until"),
    [
        (9, TEN, NOW.replace(hour=13)),
        (18, TEN, NOW.replace(day=2, hour=8)),
        (21, TEN, None),
        (7, TEN, None),
        (9, NOW.replace(hour=12), NOW.replace(hour=11)),
        (9, NOW.replace(hour=10, minute=15), None),
    ],
    ids=["four hours", "not into the night", "at night", "too early", "ends before the session", "too short"],
)
def test_until_when_a_time_is_kept(hour: int, start: datetime, until: datetime | None) -> None:
    assert kept_until(NOW.replace(hour=hour), start, timedelta(hours=4), LONDON) == until


def test_the_letters_of_somebody_who_waits() -> None:
    later = NOW + timedelta(days=1)

    def kinds(state: str, *offered: OfferFacts, closed_at: datetime | None = None) -> list[str]:
        return [each.kind for each in offer_plan.plan(EntryFacts(state, NOW, closed_at, offered, LONDON))]

    def made(state: str, at: datetime = later) -> OfferFacts:
        return OfferFacts("o", state, at, at + timedelta(hours=4), None if state == "open" else at)

    assert kinds("waiting") == ["waitlist_joined"]
    assert kinds("waiting", made("open", NOW)) == ["offer"]
    assert kinds("waiting", made("open")) == ["waitlist_joined", "offer"]
    assert kinds("waiting", made("declined")) == ["waitlist_joined"]
    assert kinds("waiting", made("lapsed")) == ["waitlist_joined", "offer_over"]
    assert kinds("waiting", made("lapsed"), made("open")) == ["waitlist_joined", "offer"]
    assert kinds("booked", made("accepted"), closed_at=later) == []
    assert kinds("left", closed_at=later) == []
    assert kinds("expired", closed_at=later) == ["waitlist_over"]


# --- with the calendar -----------------------------------------------------------------------------------------------

database = pytest.mark.django_db


def wait(service: Service, name: str = "Ada Byron", now: datetime = NOW, **wishes: Any) -> WaitlistEntry:
    """Waits for a Monday morning with Clara."""
    known: dict[str, Any] = {
        "practitioner": cast.clara(),
        "weekdays": [0],
        "parts": ["morning"],
        "since": None,
        "until": MONDAY,
    }
    email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    return waitlist.join(service=service, **{**known, **wishes}, name=name, email=email, now=now)


@pytest.fixture
def full(first: Service) -> Booking:
    """Clara's one free Monday morning, and Ben has it; her other Mondays are too late for those who wait."""
    practice = make.practice(minimum_notice_hours=1)
    assert practice.offer_hours == 4
    cast.clara().working_hours.exclude(weekday=0).delete()
    cast.clara().working_hours.update(opens=10 * 60, closes=11 * 60 + 15)
    return make.booked("Ben Okri", start=TEN, visitor="ben")


def offered(entry: WaitlistEntry) -> Offer | None:
    return entry.offers.open().first()


def letters(entry: WaitlistEntry) -> list[str]:
    found = Message.objects.filter(about=entry.code, status="queued")
    return sorted(found.values_list("kind", flat=True))


def mail(kind: str, entry: WaitlistEntry, now: datetime) -> Mail:
    written = KINDS[kind].write(entry.code, now)
    assert isinstance(written, Mail), written
    return written


LATER = NOW + timedelta(hours=1)


@database
def test_whoever_waits_is_told_so_and_is_offered_a_time_when_it_comes_free(first: Service, full: Booking) -> None:
    entry = wait(first)
    assert (offered(entry), letters(entry)) == (None, ["waitlist_joined"])

    cancel(booking=full, by="practice", now=LATER)
    offer = offered(entry)
    assert offer is not None
    assert (offer.starts_at, offer.until) == (TEN, LATER + timedelta(hours=4))
    assert letters(entry) == ["offer", "waitlist_joined"]
    with pytest.raises(SlotTaken):
        hold(service=first, practitioner=cast.clara(), start=TEN, visitor="passer-by", now=LATER)


@database
def test_the_offer_names_the_time_until_when_and_nothing_about_health(first: Service, full: Booking) -> None:
    entry = wait(first)
    cancel(booking=full, by="practice", now=LATER)
    letter = mail("offer", entry, LATER)

    assert letter.subject == "Monday 8 February, 10:00: a time is free for you"
    assert "A time has come free: Monday 8 February at 10:00, with Clara Weiss, 75 minutes." in letter.text
    assert "We keep it for you until 14:00 today." in letter.text
    assert "/w/" in letter.text
    assert isinstance(KINDS["offer"].write(entry.code, LATER + timedelta(hours=5)), Stop)


@database
def test_yes_books_it_once_and_ends_the_wait(first: Service, full: Booking) -> None:
    entry = wait(first)
    cancel(booking=full, by="practice", now=LATER)

    booking = waitlist.accept(entry=entry, now=LATER)
    assert waitlist.accept(entry=entry, now=LATER).code == booking.code
    assert (booking.status, booking.client, booking.starts_at) == ("booked", cast.ada(), TEN)
    entry.refresh_from_db()
    assert entry.state == "booked"
    assert "m00_booked" in Message.objects.filter(about=booking.code).values_list("kind", flat=True)
    assert "offer" not in letters(entry)


@database
def test_no_keeps_the_place_and_passes_the_time_on(first: Service, full: Booking) -> None:
    ada, cid = wait(first), wait(first, "Cid Rey", now=NOW + timedelta(minutes=1))
    cancel(booking=full, by="practice", now=LATER)
    assert (offered(ada) is not None, offered(cid)) == (True, None)

    waitlist.decline(entry=ada, now=LATER)
    assert offered(ada) is None
    assert offered(cid) is not None
    ada.refresh_from_db()
    assert (ada.state, ada.joined_at) == ("waiting", NOW)
    assert WaitlistEntry.objects.waiting().in_turn().first() == ada


@database
def test_an_offer_that_lapses_goes_to_the_next_and_never_to_a_passer_by(first: Service, full: Booking) -> None:
    ada, cid = wait(first), wait(first, "Cid Rey", now=NOW + timedelta(minutes=1))
    cancel(booking=full, by="practice", now=LATER)
    over = LATER + timedelta(hours=4)

    with pytest.raises(Refused):
        waitlist.accept(entry=ada, now=over)
    with pytest.raises(SlotTaken):
        hold(service=first, practitioner=cast.clara(), start=TEN, visitor="passer-by", now=over)
    offers.review(now=over)
    offers.review(now=over)
    assert (offered(ada), offered(cid) is not None) == (None, True)
    assert "offer_over" in letters(ada)
    assert Offer.objects.count() == 2
    assert "You keep your place." in mail("offer_over", ada, over).text


@database
def test_time_off_over_an_offered_time_withdraws_the_offer_at_once_and_she_is_told(
    first: Service, full: Booking
) -> None:
    ada = wait(first)
    cancel(booking=full, by="practice", now=LATER)
    away = [Away(TEN, TEN + timedelta(hours=1))]

    add_time_off(practitioner=cast.clara(), times=away, note="", decisions={}, actor=cast.olu(), now=LATER)

    assert offered(ada) is None
    assert "offer_over" in letters(ada)
    with pytest.raises(Refused):
        waitlist.accept(entry=ada, now=LATER)
    assert not Booking.objects.filter(status="held").exists()
    found = differences(now=LATER)
    assert (found.missing, found.extra) == ([], [])


@database
def test_a_time_off_that_ends_and_a_booking_that_moves_are_offered_too(first: Service, full: Booking) -> None:
    cast.clara().working_hours.update(closes=14 * 60)
    absence = cast.clara().time_off.create(starts_at=TEN - timedelta(hours=1), ends_at=TEN + timedelta(hours=2.5))
    entry = wait(first, since=MONDAY)
    assert offered(entry) is None

    moved = move(booking=full, start=TEN + timedelta(hours=2, minutes=30), by="practice", now=LATER)
    assert moved.starts_at.hour == 12
    assert offered(entry) is None
    absence.delete()
    offer_times_at(LATER)
    assert offered(entry) is None  # the move can still be taken back
    offer_times_at(LATER + timedelta(minutes=16))
    assert offered(entry) is not None


@database
def test_a_time_that_a_client_let_go_is_offered_once_she_can_no_longer_take_it_back(
    first: Service, full: Booking
) -> None:
    entry = wait(first)

    cancel(booking=full, by="client", now=LATER)
    offer_times_at(LATER + timedelta(minutes=14))
    assert offered(entry) is None
    assert undo_cancel(booking=full, now=LATER + timedelta(minutes=14)).status == "booked"

    again = LATER + timedelta(hours=1)
    cancel(booking=full, by="client", now=again)
    offer_times_at(again + timedelta(minutes=16))
    assert offered(entry) is not None


def offer_times_at(now: datetime) -> None:
    """The night shift, twice."""
    offers.review(now=now)
    offers.review(now=now)


@database
def test_nobody_is_asked_at_night_and_the_night_shift_asks_in_the_morning(first: Service, full: Booking) -> None:
    entry = wait(first)
    night = NOW.replace(hour=22)

    cancel(booking=full, by="practice", now=night)
    offer_times_at(night)
    assert offered(entry) is None
    offer_times_at(NOW.replace(day=2, hour=8))
    assert offered(entry) is not None


@database
def test_joining_where_a_time_is_free_offers_it_at_once_and_joining_again_changes_the_wishes(first: Service) -> None:
    entry = wait(first)
    assert offered(entry) is not None
    assert letters(entry) == ["offer"]

    again = wait(first, now=LATER, weekdays=[1])
    assert again.code == entry.code
    assert (again.joined_at, again.weekdays) == (NOW, [1])


@database
def test_who_leaves_is_asked_no_more_and_the_time_goes_on(first: Service, full: Booking) -> None:
    ada, cid = wait(first), wait(first, "Cid Rey", now=NOW + timedelta(minutes=1))
    cancel(booking=full, by="practice", now=LATER)

    waitlist.leave(entry=ada, now=LATER)
    waitlist.leave(entry=ada, now=LATER)
    ada.refresh_from_db()
    assert (ada.state, offered(ada), letters(ada)) == ("left", None, [])
    assert offered(cid) is not None


@database
def test_whoever_waited_to_the_end_is_told_so(first: Service, full: Booking) -> None:
    entry = wait(first)

    offers.review(now=TEN)
    entry.refresh_from_db()
    assert entry.state == "waiting"
    offers.review(now=TEN + timedelta(days=1))
    entry.refresh_from_db()
    assert (entry.state, letters(entry)) == ("expired", ["waitlist_over"])
    assert "until Monday 8 February" in mail("waitlist_over", entry, TEN + timedelta(days=1)).text


@database
def test_two_times_go_to_two_people_and_the_outbox_is_as_planned(first: Service, full: Booking) -> None:
    Practice.objects.update(offer_hours=6)
    dov = make.booked("Eve Lin", start=TEN, practitioner=cast.dov(), visitor="eve")
    ada = wait(first, practitioner=None, until=MONDAY, since=MONDAY)
    cast.dov().working_hours.update(opens=10 * 60, closes=11 * 60 + 15)
    cid = wait(first, "Cid Rey", now=NOW + timedelta(minutes=1), practitioner=None, since=MONDAY)
    offer_times_at(NOW)
    for entry in (ada, cid):
        for _ in range(3):  # what Dov had free before is let go
            if offered(entry):
                waitlist.decline(entry=entry, now=NOW)

    cancel(booking=full, by="practice", now=LATER)
    cancel(booking=dov, by="practice", now=LATER)
    found = differences(now=LATER)
    assert (found.missing, found.extra) == ([], [])
    assert Offer.objects.open().values("booking__busy_from", "booking__practitioner").distinct().count() == (
        Offer.objects.open().count()
    )


@database
def test_send_due_does_the_whole_night_shift_without_celery(
    first: Service, full: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "clocks_agree", lambda: True)  # the test stands in another year than the database
    entry = wait(first, since=MONDAY)
    cast.clara().working_hours.update(opens=8 * 60 + 30)  # now there is room before Ben
    make.practice(minimum_notice_hours=1)

    call_command("send_due", "--once")
    assert offered(entry) is not None
    assert "offer" in Message.objects.filter(about=entry.code, status="sent").values_list("kind", flat=True)


@database
def test_the_task_may_run_twice(first: Service) -> None:
    offer_times()
    offer_times()
    assert not Offer.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_yes_no_a_passer_by_and_the_night_shift_at_one_moment_make_one_booking(first: Service, full: Booking) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory refuses a second writer at once instead of letting it wait")
    entry = wait(first)
    cancel(booking=full, by="practice", now=LATER)
    over = LATER + timedelta(hours=4)
    said: list[str] = []

    def try_to(act: Callable[[], object], words: str) -> None:
        try:
            act()
            said.append(words)
        except Refused:
            pass
        finally:
            connection.close()

    def pass_by() -> object:
        return hold(service=first, practitioner=cast.clara(), start=TEN, visitor="passer-by", now=over)

    acts: list[tuple[Callable[[], object], str]] = [
        *[(lambda: waitlist.accept(entry=entry, now=LATER), "yes")] * 5,
        *[(lambda: waitlist.decline(entry=entry, now=LATER), "no")] * 2,
        *[(lambda: offers.review(now=over), "round")] * 3,
        (pass_by, "passer-by"),
    ]
    threads = [threading.Thread(target=try_to, args=each) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    taking = Booking.objects.filter(starts_at=TEN, status__in=["held", "booked"])
    assert taking.count() <= 1
    assert "yes" not in said or taking.get().client == cast.ada()
    assert Offer.objects.open().count() == 0


@database
def test_the_letters_are_plain_and_calm(first: Service, full: Booking) -> None:
    entry = wait(first)
    texts = [mail("waitlist_joined", entry, NOW).text]
    cancel(booking=full, by="practice", now=LATER)
    texts.append(mail("offer", entry, LATER).text)
    offers.review(now=LATER + timedelta(hours=4))
    texts.append(mail("offer_over", entry, LATER + timedelta(hours=4)).text)

    for text in texts:
        plain = re.sub(r"http\S+", "", text)
        assert grade(plain) <= 7, plain
        assert "!" not in plain
        assert not re.search(r"cranio|therapy|health|jaw|pelvi|stress|pain", plain, re.IGNORECASE)
