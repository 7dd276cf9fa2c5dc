"""By when somebody calls: the end of her working day, the same or the next, or of colleagues while she is away."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare import calling, checkins, services
from aftercare.calling import deadline
from bookings.models import TimeOff
from intake import documents
from intake.models import Flag, Request
from intake.services import save_page
from tests import make
from tests.aftercare.words import written
from tests.cast import NOW, ada, clara, dov

LONDON = ZoneInfo("Europe/London")
FRIDAY = datetime(2027, 2, 5, 12, 0, tzinfo=UTC)
zones = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"]).map(ZoneInfo)


def closing(day: int, hour: int = 17) -> datetime:
    return datetime(2027, 2, day, hour, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answered", "is_same_day", "expected"),
    [
        (FRIDAY, False, closing(8)),  # over the weekend
        (FRIDAY, True, closing(5)),
        (FRIDAY.replace(hour=15), True, closing(5)),  # two hours are enough
        (FRIDAY.replace(hour=15, minute=1), True, closing(8)),
        (closing(6), True, closing(8)),  # on a Saturday
        (FRIDAY.replace(hour=23), False, closing(8)),
    ],
)
def test_the_end_of_a_working_day(answered: datetime, is_same_day: bool, expected: datetime) -> None:
    week = [closing(day) for day in (5, 8, 9)]

    assert deadline(answered, week, LONDON, is_same_day=is_same_day) == expected


def test_a_practice_that_is_closed_for_weeks_has_none() -> None:
    assert deadline(FRIDAY, [], LONDON, is_same_day=False) is None


@given(
    zone=zones,
    answered=st.integers(0, 364 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    open_days=st.sets(st.integers(0, 13), min_size=1),
    is_same_day=st.booleans(),
)
def test_it_is_always_a_working_day_and_the_first_that_will_do(
    zone: ZoneInfo, answered: datetime, open_days: set[int], is_same_day: bool
) -> None:
    today: date = answered.astimezone(zone).date()
    ends = {
        ahead: datetime.combine(today + timedelta(days=ahead), time(17), zone).astimezone(UTC) for ahead in open_days
    }

    found = deadline(answered, sorted(ends.values()), zone, is_same_day=is_same_day)

    will_do = [
        ends[ahead] for ahead in sorted(ends) if ahead > 0 or (is_same_day and ends[0] - answered >= timedelta(hours=2))
    ]
    assert found == (will_do[0] if will_do else None)


@pytest.mark.django_db
class TestInThePractice:
    """Whole days from 9 to 17, every day of the week, unless a test closes some."""

    def sent(self, now: datetime = NOW) -> Request:
        make.help_numbers()
        session = make.session(starts_at=now - timedelta(days=2))
        return make.checked_in(ada(), {}, deadline=now, about=session.booking.code, now=now)

    def test_her_own_hours_and_time_off_count_and_colleagues_stand_in(self) -> None:
        make.hours(clara())
        asked = self.sent()
        assert calling.deadlines(asked, now=NOW)[1] == datetime(2027, 2, 2, 17, tzinfo=UTC)

        # A colleague's longer day changes nothing while she is there herself.
        make.hours(dov(), closes=21 * 60)
        assert calling.deadlines(asked, now=NOW)[1] == datetime(2027, 2, 2, 17, tzinfo=UTC)

        # A day off puts it to her next working day; away for longer, the practice's day counts.
        TimeOff.objects.create(practitioner=clara(), starts_at=NOW, ends_at=NOW + timedelta(days=1, hours=10))
        assert calling.deadlines(asked, now=NOW)[1] == datetime(2027, 2, 3, 17, tzinfo=UTC)
        TimeOff.objects.create(practitioner=clara(), starts_at=NOW, ends_at=NOW + timedelta(days=7))
        assert calling.deadlines(asked, now=NOW)[1] == datetime(2027, 2, 2, 21, tzinfo=UTC)

    def test_without_hours_on_file_weekdays_count(self) -> None:
        assert calling.deadlines(self.sent(), now=NOW)[1] == datetime(2027, 2, 2, 18, tzinfo=UTC)

    def test_feelings_of_somebody_alone_are_answered_the_same_day(self) -> None:
        make.hours(clara())
        asked = self.sent()
        assert calling.deadlines(asked, now=NOW)[0].keys() == {"c_dizzy", "c_walk_pain"}

        make.flags(ada(), "p_low_support")

        same_day = calling.deadlines(asked, now=NOW)[0]
        assert same_day["c_emotional"] == datetime(2027, 2, 1, 17, tzinfo=UTC)

    def test_the_letter_promises_the_day_of_the_deadline(self) -> None:
        make.practice()
        make.help_numbers()
        make.hours(clara())
        TimeOff.objects.create(practitioner=clara(), starts_at=NOW, ends_at=NOW + timedelta(days=3))
        session = make.session(starts_at=NOW - timedelta(days=2))
        asked = checkins.open_for("m12_checkin", session, now=NOW)
        assert asked is not None
        save_page(asked=asked, slug="checkin", answers=make.ALL_IS_WELL | {"chk_signs": ["rash"]}, now=NOW, page=2)

        services.finish_checkin(asked=asked, now=NOW)

        assert Flag.objects.get().deadline_at == datetime(2027, 2, 4, 17, tzinfo=UTC)
        assert documents.read(Flag.objects.get())["id"] == "c_skin_reaction"
        assert "I will call you by Thursday 4 February." in written("m15_sore", session.booking.code, NOW).text
