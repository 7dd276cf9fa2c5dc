"""What is changed at the desk can be taken back: as it was, or not at all, with what stands in the way."""

from datetime import date, timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as DjangoTestCase

from bookings import appointing, changes, keeping_hours, services
from bookings.door import Refused
from bookings.keeping_hours import Away, Interval, WeeklyRow
from bookings.models import Booking, Change, HoursException, Room, Service, TimeOff, WorkingHours
from bookings.offers import review
from clinic.outbox.models import Message
from clinic.people.models import Practitioner
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
Kind = Change.Kind
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAYS = [WeeklyRow(0, Interval(600, 720))]


@pytest.fixture
def desk(client: Browser, first: Service) -> Browser:
    client.force_login(cast.user_of(cast.clara()))
    return client


def press(browser: Browser, change: Change | None = None, **decided: str) -> HttpResponse:
    code = (change or Change.objects.get(closed_at=None)).code
    return browser.post(reverse("desk-take-back", args=[code]), decided, follow=True)  # type: ignore[return-value]


def week(who: str = "clara") -> list[tuple[int, int, int]]:
    found = WorkingHours.objects.filter(practitioner__slug=who).order_by("weekday", "opens")
    return list(found.values_list("weekday", "opens", "closes"))


def save_week(rows: list[WeeklyRow]) -> Change | None:
    facts = {"practitioner": cast.clara(), "actor": cast.olu(), "now": NOW}
    return keeping_hours.save_week(rows=rows, decisions={}, **facts).change  # type: ignore[arg-type]


def be_away(since: int = 30, *, note: str = "") -> Change | None:
    away = Away(TEN + since * DAY, TEN + since * DAY + HOUR)
    facts = {"practitioner": cast.clara(), "actor": cast.olu(), "now": NOW}
    return keeping_hours.add_time_off(times=[away], note=note, decisions={}, **facts).change  # type: ignore[arg-type]


# --- weekly hours --------------------------------------------------------------------------------


def test_overwritten_hours_come_back_with_their_rooms_and_dates(desk: Browser) -> None:
    garden = Room.objects.create(slug="garden", name="Garden room")
    rich = [WeeklyRow(2, Interval(600, 720, garden.code), date(2027, 1, 1), date(2027, 12, 31))]
    save_week(rich)
    save_week(MONDAYS)

    assert "Taken back." in press(desk).content.decode()
    assert keeping_hours.stored(cast.clara()) == rich
    assert week("dov") == [(day, 540, 1020) for day in range(7)]


def test_the_button_stands_in_the_message_and_on_the_page_and_works_without_a_script(desk: Browser) -> None:
    before = week()
    page = reverse("desk-hours", args=["clara"])
    one_row = {"row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "0", "row-0-weekday": "0"}
    html = desk.post(page, {**one_row, "row-0-opens": "10:00", "row-0-closes": "12:00"}, follow=True).content.decode()
    address = reverse("desk-take-back", args=[Change.objects.get().code])
    assert html.count(f'<form method="post" action="{address}">') == 2
    assert "Weekly hours changed" in desk.get(page).content.decode()

    desk.post(address)
    assert week() == before


def test_taking_back_can_itself_be_taken_back(desk: Browser) -> None:
    before = week()
    save_week(MONDAYS)
    press(desk)
    assert week() == before

    press(desk, Change.objects.get(closed_at=None))
    assert week() == [(0, 600, 720)]


def test_hours_that_were_changed_again_are_not_overwritten(desk: Browser) -> None:
    first_change = save_week(MONDAYS)
    save_week([WeeklyRow(1, Interval(600, 720))])
    assert changes.CHANGED in press(desk, first_change).content.decode()
    assert week() == [(1, 600, 720)]

    last = Change.objects.get(closed_at=None)
    make.hours(cast.clara(), 1080, 1140)  # in another way than at the desk
    there = week()
    assert changes.CHANGED in press(desk, last).content.decode()
    assert week() == there


def test_saving_the_same_hours_is_no_change(first: Service) -> None:
    assert save_week(list(reversed(keeping_hours.stored(cast.clara())))) is None
    assert not Change.objects.exists()


def test_a_session_booked_in_hours_that_would_close_again_is_asked_about(desk: Browser) -> None:
    before = week()
    save_week([*keeping_hours.stored(cast.clara()), WeeklyRow(0, Interval(1080, 1200))])
    booking = make.booked(start=TEN + 8 * HOUR)

    asked = press(desk)
    assert asked.status_code == 409
    assert "Nothing is saved yet." in asked.content.decode()
    assert len(week()) == 8

    press(desk, None, **{f"decide-{booking.code}": "keep"})
    booking.refresh_from_db()
    assert (week(), booking.status) == (before, "booked")


def test_two_weeks_later_it_is_too_late_and_forgotten(desk: Browser, clock: time_machine.Traveller) -> None:
    change = save_week(MONDAYS)
    clock.move_to(NOW + changes.KEPT + HOUR)
    desk.force_login(cast.user_of(cast.clara()))
    assert "Weekly hours changed" not in desk.get(reverse("desk-hours", args=["clara"])).content.decode()
    assert changes.TOO_LATE in press(desk, change).content.decode()
    assert week() == [(0, 600, 720)]

    review(now=NOW + changes.KEPT + HOUR)
    assert not Change.objects.exists()


# --- dates and time off --------------------------------------------------------------------------


def test_a_date_that_was_changed_or_removed_comes_back(desk: Browser) -> None:
    page, on = reverse("desk-date", args=["clara"]), date(2027, 3, 1)
    desk.post(
        page, {"on": on.isoformat(), "opens1": "10:00", "closes1": "12:00", "opens2": "13:00", "closes2": "15:00"}
    )
    desk.post(page, {"on": on.isoformat()})
    assert not HoursException.objects.get().intervals.exists()
    press(desk)
    assert [each.words for each in HoursException.objects.get().intervals.all()] == ["10:00 to 12:00", "13:00 to 15:00"]

    html = desk.post(
        reverse("desk-date-remove", args=["clara", HoursException.objects.get().code]), follow=True
    ).content.decode()
    assert "Hours of 1 March 2027 changed" in html
    press(desk)
    assert HoursException.objects.get().intervals.count() == 2


def test_removed_time_off_comes_back_with_its_note_and_its_series(desk: Browser) -> None:
    typed = {"first": "2027-02-08", "last": "2027-02-08", "repeat": "weekly", "until": "2027-03-08", "note": "Training"}
    desk.post(reverse("desk-time-off-add", args=["clara"]), typed)
    before = list(TimeOff.objects.values())
    remove = reverse("desk-time-off-remove", args=["clara", before[0]["code"]])
    html = desk.post(remove, {"series": "1"}, follow=True).content.decode()
    assert "Removed 5 dates." in html
    assert "Time off removed: Monday 8 February 2027, 0:00 and 4 more" in html
    assert not TimeOff.objects.exists()

    press(desk)
    assert list(TimeOff.objects.values()) == before


def test_one_time_off_comes_back_whatever_became_of_others(desk: Browser) -> None:
    one, other = be_away(30), be_away(40)
    assert other
    assert one
    press(desk, other)
    press(desk, one)

    assert not TimeOff.objects.exists()
    assert Change.objects.filter(closed_at=None).count() == 2


def test_a_session_booked_since_the_time_off_was_removed_is_asked_about(desk: Browser) -> None:
    be_away(0)
    away = TimeOff.objects.get()
    desk.post(reverse("desk-time-off-remove", args=["clara", away.code]))
    booking = make.booked(start=TEN)

    asked = press(desk)
    assert (asked.status_code, "Ada Byron" in asked.content.decode()) == (409, True)
    assert not TimeOff.objects.exists()
    press(desk, None, **{f"decide-{booking.code}": "cancel"})
    booking.refresh_from_db()
    assert (TimeOff.objects.count(), booking.status) == (1, "cancelled")


def test_a_block_that_was_opened_is_closed_again_from_the_calendar(client: Browser, first: Service) -> None:
    client.force_login(cast.fay())
    morning = {"practitioner": "clara", "date": "2027-02-08", "begins": "09:00", "ends": "12:00"}
    client.post(reverse("desk-block"), morning)
    html = client.post(reverse("desk-unblock", args=[TimeOff.objects.get().code]), follow=True).content.decode()
    assert reverse("desk-take-back", args=[Change.objects.get(closed_at=None).code]) in html

    press(client, Change.objects.get(closed_at=None))
    assert TimeOff.objects.count() == 1


@pytest.mark.parametrize("who", ["fay", "dov"])
def test_nobody_takes_back_what_they_may_not_change(client: Browser, first: Service, who: str) -> None:
    change = save_week(MONDAYS)
    assert press(client, change).request["PATH_INFO"] == "/accounts/login/"  # type: ignore[attr-defined]
    client.force_login(cast.fay() if who == "fay" else cast.user_of(cast.dov()))

    assert press(client, change).status_code == 404
    assert week() == [(0, 600, 720)]


def test_somebody_elses_time_off_is_not_taken_back_either(client: Browser, first: Service) -> None:
    change = be_away()
    client.force_login(cast.user_of(cast.dov()))

    assert press(client, change).status_code == 404
    assert TimeOff.objects.count() == 1


# --- a session moved by the desk -----------------------------------------------------------------


def moved(booking: Booking, *, by: timedelta = HOUR * 3, to: Practitioner | None = None) -> Booking:
    return appointing.reappoint(
        booking=booking,
        practitioner=to or booking.practitioner,
        start=booking.starts_at + by,
        allowed=[],
        actor=cast.olu(),
        now=NOW,
    )


@pytest.fixture
def owner(client: Browser, first: Service) -> Browser:
    client.force_login(cast.olu())
    return client


def test_a_move_goes_back_to_the_time_and_the_practitioner_before_and_the_client_is_told(owner: Browser) -> None:
    booking = make.booked(start=TEN)
    moved(booking, to=cast.dov())
    page = owner.get(reverse("desk-booking", args=[booking.code])).content.decode()
    assert "Undo the move: back to Monday 8 February at 10:00 with Clara Weiss" in page

    html = press(owner).content.decode()
    assert "Moved back to Monday 8 February at 10:00, with Clara Weiss. We have written to Ada." in html
    booking.refresh_from_db()
    assert (booking.starts_at, booking.practitioner) == (TEN, cast.clara())
    assert Message.objects.filter(kind="booking_moved", about=booking.code, status="queued").count() == 1


@pytest.mark.parametrize("what", ["booked", "time off"])
def test_where_the_time_is_taken_it_says_so_and_stays(owner: Browser, what: str) -> None:
    booking = moved(make.booked(start=TEN))
    if what == "booked":
        make.booked("Ben Okri", start=TEN, visitor="other")
        words = "Clara Weiss has another session then, or needs the time round one."
    else:
        be_away(0)
        words = "It cannot go back there. This meets time off."
    html = press(owner, Change.objects.get(kind=Kind.MOVE)).content.decode()

    assert words in html
    booking.refresh_from_db()
    assert booking.starts_at == TEN + 3 * HOUR


def test_hours_that_were_let_go_are_not_asked_about_again(owner: Browser) -> None:
    night = TEN + 10 * HOUR
    booking = appointing.appoint(
        client=cast.ada(),
        service=make.service(),
        practitioner=cast.clara(),
        start=night,
        allowed=["hours"],
        actor=cast.olu(),
        now=NOW,
    )
    moved(booking, by=-8 * HOUR)
    press(owner)

    booking.refresh_from_db()
    assert booking.starts_at == night


def test_once_the_client_has_moved_it_the_desk_does_not_move_it_back(owner: Browser) -> None:
    booking = moved(make.booked(start=TEN))
    services.move(booking=booking, start=TEN + 2 * DAY, by="client", now=NOW)
    assert "Undo the move" not in owner.get(reverse("desk-booking", args=[booking.code])).content.decode()

    assert changes.CHANGED in press(owner).content.decode()
    booking.refresh_from_db()
    assert booking.starts_at == TEN + 2 * DAY


def test_a_time_that_has_passed_is_not_offered(owner: Browser, clock: time_machine.Traveller) -> None:
    booking = moved(make.booked(start=TEN), by=2 * DAY)
    clock.move_to(TEN + HOUR)
    owner.force_login(cast.olu())

    assert "Undo the move" not in owner.get(reverse("desk-booking", args=[booking.code])).content.decode()
    assert appointing.PAST in press(owner).content.decode()


def test_pressing_twice_at_once_moves_back_once(owner: Browser) -> None:
    booking = moved(make.booked(start=TEN))
    change = Change.objects.get()
    press(owner, change)
    booking.refresh_from_db()
    version = booking.version

    assert changes.CHANGED in press(owner, change).content.decode()
    booking.refresh_from_db()
    assert (booking.starts_at, booking.version) == (TEN, version)


# --- a session that the desk cancelled -----------------------------------------------------------


def cancelled(start: timedelta = timedelta(), room: Room | None = None) -> Booking:
    booking = make.booked(start=TEN + start)
    if room:
        Booking.objects.filter(code=booking.code).update(room=room)
    return services.cancel(booking=booking, by="practice", actor=cast.olu(), now=NOW)


def put_back(booking: Booking) -> str:
    try:
        return services.undo_cancel(booking=booking, actor=cast.olu(), now=NOW).status
    except Refused as refusal:
        return str(refusal)


def test_what_stands_in_the_way_of_a_cancelled_session_is_named_all_at_once(first: Service) -> None:
    garden = Room.objects.create(slug="garden", name="Garden room", is_active=False)
    booking = cancelled(room=garden)
    make.booked("Ben Okri", start=TEN, visitor="other")
    make.booking(practitioner=cast.dov(), client=cast.ben(), starts_at=TEN, room=garden)
    TimeOff.objects.create(practitioner=cast.clara(), starts_at=TEN, ends_at=TEN + HOUR, note="Dentist")
    Practitioner.objects.filter(slug="clara").update(is_active=False)

    assert put_back(booking) == (
        "Clara Weiss has left. Clara Weiss has time off then: Dentist. "
        "Clara Weiss has another session at 10:00, or needs the time round it. "
        "Garden room is out of use. Garden room is taken at 10:00. "
        "So it cannot be put back as it was. You can book another time for the client."
    )
    booking.refresh_from_db()
    assert booking.status == "cancelled"


@pytest.mark.parametrize("when", [-HOUR * 2, HOUR * 2])
def test_what_only_lies_beside_it_does_not(first: Service, when: timedelta) -> None:
    booking = cancelled(timedelta(hours=3))
    make.booked("Ben Okri", start=booking.starts_at + when, visitor="other")
    TimeOff.objects.create(
        practitioner=cast.clara(), starts_at=booking.starts_at + when, ends_at=booking.starts_at + when + HOUR
    )

    assert put_back(booking) == "booked"


def test_hours_and_notice_that_changed_since_do_not(first: Service) -> None:
    booking = cancelled()
    save_week([])
    make.practice(minimum_notice_hours=999)

    assert put_back(booking) == "booked"


# --- any order -----------------------------------------------------------------------------------

WEEKS = st.lists(
    st.builds(
        WeeklyRow,
        st.integers(0, 6),
        st.builds(Interval, st.integers(0, 700), st.integers(701, 1440)),
    ),
    max_size=3,
    unique_by=lambda row: row.weekday,
)


class AnyOrder(DjangoTestCase):
    """Whatever was changed before: taking back the last changes one by one leads back through the same weeks."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(WEEKS, min_size=1, max_size=4))
    def test_each_week_comes_back(self, weeks: list[list[WeeklyRow]]) -> None:
        make.practice()
        for rows in weeks:
            before = set(keeping_hours.stored(cast.clara()))
            change = save_week(rows)
            if change is None:
                assert before == set(rows)
                continue
            facts = {"decisions": {}, "actor": cast.olu(), "now": NOW}
            again = keeping_hours.take_back(change=change, **facts).change  # type: ignore[arg-type]
            assert set(keeping_hours.stored(cast.clara())) == before
            assert again
            keeping_hours.take_back(change=again, **facts)  # type: ignore[arg-type]
            assert set(keeping_hours.stored(cast.clara())) == set(rows)
