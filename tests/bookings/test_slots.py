"""The slot rules against a naive oracle, in zones with odd clocks, and in the workloads that are measured."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.explaining import broken_rules, explain
from bookings.slots import Busy, Hours, Limits, Person, Rooms, Want, WeeklyHours, choose, choose_room, free_starts
from bookings.zones import minute, moment, resolve
from tests.bookings import oracle

LONDON, NEW_YORK = "Europe/London", "America/New_York"
# Each zone with days on which its clocks change, both ways; Kathmandu's never do but stand at +5:45.
CHANGES = [
    (LONDON, date(2027, 3, 28)),
    (LONDON, date(2027, 10, 31)),
    (NEW_YORK, date(2027, 3, 14)),
    (NEW_YORK, date(2027, 11, 7)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Australia/Lord_Howe", date(2027, 10, 3)),
    ("America/Santiago", date(2027, 4, 4)),
    ("America/Santiago", date(2027, 9, 5)),
    ("Africa/Cairo", date(2027, 4, 30)),
    ("Africa/Cairo", date(2027, 10, 29)),
    ("Asia/Kathmandu", date(2027, 5, 2)),
]
OPEN = Limits(now=0, earliest=0, window_days=100_000)
ALL_WEEK = [WeeklyHours(weekday, Hours(0, 1440)) for weekday in range(7)]
ROOMS = ("east", "west")
Case = tuple[Person, Limits, Rooms, date]

walls = st.integers(0, 23 * 4 + 3).map(lambda quarter: quarter * 15)
closings = st.one_of(walls, st.just(1440), st.integers(0, 1440))
hours = st.builds(Hours, opens=walls, closes=closings, room=st.sampled_from([None, *ROOMS, "gone"]))
wants = st.builds(
    Want,
    minutes=st.sampled_from([30, 45, 60, 75]),
    before=st.sampled_from([15, 0, 5]),
    after=st.sampled_from([15, 0, 20]),
    needs_room=st.booleans(),
)


def days_round(change: date) -> st.SearchStrategy[int]:
    return st.integers(-2, 2).map(lambda n: change.toordinal() + n)


def spans_round(change: date, longest: int) -> st.SearchStrategy[tuple[int, int]]:
    midday = minute(datetime(change.year, change.month, change.day, 12, tzinfo=UTC))
    begins = st.integers(midday - 2160, midday + 2160)
    return st.builds(lambda begin, long: (begin, begin + long), begins, st.integers(1, longest))


def bookings_round(change: date) -> st.SearchStrategy[Busy]:
    return st.builds(
        lambda span, before: Busy(starts_at=span[0] + before, busy_from=span[0], busy_until=span[1] + before),
        spans_round(change, 90),
        st.sampled_from([0, 15]),
    )


@st.composite
def calendars(draw: st.DrawFn) -> Case:
    zone, change = draw(st.sampled_from(CHANGES))
    near = st.one_of(st.none(), days_round(change))
    weekly = st.builds(WeeklyHours, weekday=st.integers(0, 6), hours=hours, since=near, until=near)
    person = Person(
        slug="ama",
        zone=zone,
        grid=draw(st.sampled_from([15, 5, 20, 30, 50])),
        weekly=draw(st.one_of(st.just(ALL_WEEK), st.lists(weekly, max_size=10))),
        exceptions=draw(st.dictionaries(days_round(change), st.lists(hours, max_size=2), max_size=2)),
        away=draw(st.lists(spans_round(change, 300), max_size=2)),
        busy=draw(st.lists(bookings_round(change), min_size=1, max_size=8)),
    )
    # Most draws leave most starts free, so that each rule is seen to forbid something by itself.
    now = minute(datetime(change.year, change.month, change.day, tzinfo=UTC)) - draw(st.integers(1440, 3000))
    limits = Limits(
        now=now,
        earliest=now + draw(st.sampled_from([0, 0, 60, 1440, 2880])),
        window_days=draw(st.sampled_from([90, 90, 1, 2])),
        max_per_day=draw(st.sampled_from([None, None, None, 2])),
    )
    rooms = {
        room: draw(st.lists(spans_round(change, 300), max_size=3)) for room in draw(st.sets(st.sampled_from(ROOMS)))
    }
    return person, limits, rooms, change


@settings(max_examples=150, deadline=None)
@given(case=calendars(), want=wants)
def test_starts_are_those_of_the_oracle_round_both_clock_changes(case: Case, want: Want) -> None:
    person, limits, rooms, change = case
    first, last = change - timedelta(days=1), change + timedelta(days=1)

    found = free_starts([person], want, limits, rooms, first=first.toordinal(), last=last.toordinal())

    assert list(found) == oracle.free(person, want, limits, rooms, first, last)


@settings(max_examples=60, deadline=None)
@given(case=calendars(), want=wants, past=st.sampled_from([0, 0, 0, 7]))
def test_a_start_is_free_exactly_when_no_rule_forbids_it(case: Case, want: Want, past: int) -> None:
    person, limits, rooms, change = case
    begin = resolve(person.zone, change.toordinal(), 0) + past

    for start in range(begin, begin + 1500, 15):
        forbidden = broken_rules(start, person, want, limits, rooms)
        assert (forbidden == []) == oracle.allows(person, want, limits, rooms, start)


# --- the workloads of the speed aims, generated here -------------------------------------------------------------


def workday(*, room: str | None = None) -> list[WeeklyHours]:
    """Monday to Friday, 9 to 17 with a lunch break."""
    return [
        WeeklyHours(weekday, Hours(opens * 60, closes * 60, room))
        for weekday in range(5)
        for opens, closes in ((9, 12), (13, 17))
    ]


def busy_person(slug: str, start: date, *, days: int, bookings: int, seed: int) -> Person:
    """A practitioner in New York with this many bookings of 30 to 60 minutes, 15 minutes apart at least."""
    draw = random.Random(seed)
    workdays = [start + timedelta(days=n) for n in range(days) if (start + timedelta(days=n)).weekday() < 5]
    away_day, away_hours = draw.sample(workdays[2:], 2)
    away = [
        (resolve(NEW_YORK, away_day.toordinal(), 0), resolve(NEW_YORK, away_day.toordinal(), 1440)),
        (resolve(NEW_YORK, away_hours.toordinal(), 14 * 60), resolve(NEW_YORK, away_hours.toordinal(), 16 * 60)),
    ]
    busy: list[Busy] = []
    while len(busy) < bookings:
        wall = 9 * 60 + 15 * draw.randrange(32)
        begin = resolve(NEW_YORK, draw.choice(workdays).toordinal(), wall)
        end = begin + draw.choice((30, 45, 60)) + 15
        if all(end <= each.busy_from or each.busy_until <= begin for each in busy):
            busy.append(Busy(starts_at=begin, busy_from=begin, busy_until=end))
    return Person(slug=slug, zone=NEW_YORK, weekly=workday(), away=away, busy=busy)


@pytest.mark.parametrize(("days", "bookings", "practitioners"), [(30, 60, 1), (90, 300, 1), (30, 60, 4)])
def test_the_measured_workloads_give_what_the_oracle_gives(days: int, bookings: int, practitioners: int) -> None:
    start = date(2027, 2, 1)
    last = start + timedelta(days=days - 1)
    now = minute(datetime(2027, 1, 31, 17, tzinfo=UTC))
    limits = Limits(now=now, earliest=now + 1440, window_days=1000)
    want = Want(minutes=60, after=15)
    people = [busy_person(f"p{n}", start, days=days, bookings=bookings, seed=n) for n in range(practitioners)]
    expected: dict[int, list[str]] = {}
    for person in people:
        for found in oracle.free(person, want, limits, {}, start, last):
            expected.setdefault(found, []).append(person.slug)

    starts = free_starts(people, want, limits, {}, first=start.toordinal(), last=last.toordinal())

    assert starts == dict(sorted(expected.items()))
    assert len(starts) > 100


# --- single rules, said in words -------------------------------------------------------------------------------------


def one_day(person: Person, want: Want, day: date, limits: Limits = OPEN, rooms: Rooms | None = None) -> list[str]:
    """The day's starts as wall-clock words with their offset."""
    found = free_starts([person], want, limits, rooms or {}, first=day.toordinal(), last=day.toordinal())
    return [moment(each).astimezone(ZoneInfo(person.zone)).strftime("%H:%M%z") for each in found]


def night(zone: str, opens: int, closes: int, weekday: int = 6, grid: int = 15) -> Person:
    return Person(slug="ama", zone=zone, grid=grid, weekly=[WeeklyHours(weekday, Hours(opens, closes))])


def test_a_skipped_hour_is_not_offered() -> None:
    starts = one_day(night(NEW_YORK, 0, 360), Want(minutes=60), date(2027, 3, 14))

    assert starts[:9] == [
        "00:00-0500", "00:15-0500", "00:30-0500", "00:45-0500", "01:00-0500", "01:15-0500", "01:30-0500",
        "01:45-0500", "03:00-0400",
    ]  # fmt: skip
    assert len(starts) == 17


def test_both_instants_of_a_repeated_hour_are_offered() -> None:
    starts = one_day(night(NEW_YORK, 0, 360, grid=30), Want(minutes=60), date(2027, 11, 7))

    assert starts[:7] == [
        "00:00-0400", "00:30-0400", "01:00-0400", "01:30-0400", "01:00-0500", "01:30-0500", "02:00-0500",
    ]  # fmt: skip
    assert starts[-1] == "05:00-0500"


def test_opening_at_a_skipped_time_opens_when_the_clocks_have_moved() -> None:
    assert one_day(night(NEW_YORK, 150, 300, grid=30), Want(minutes=60), date(2027, 3, 14))[0] == "03:30-0400"


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    saturday_night = night(LONDON, 22 * 60, 2 * 60, weekday=5, grid=60)

    assert one_day(saturday_night, Want(minutes=60), date(2027, 2, 6)) == ["22:00+0000", "23:00+0000"]
    assert one_day(saturday_night, Want(minutes=60), date(2027, 2, 7)) == ["00:00+0000", "01:00+0000"]


def test_an_exception_replaces_the_night_shift_of_its_own_day_only() -> None:
    shift = Person(
        slug="ama",
        zone=LONDON,
        grid=60,
        weekly=[WeeklyHours(5, Hours(22 * 60, 2 * 60))],
        exceptions={date(2027, 2, 7).toordinal(): [Hours(9 * 60, 10 * 60)]},
    )

    assert one_day(shift, Want(minutes=60), date(2027, 2, 7)) == ["00:00+0000", "01:00+0000", "09:00+0000"]


def test_a_day_that_closes_at_24_ends_at_midnight() -> None:
    assert one_day(night(LONDON, 22 * 60, 1440, grid=60), Want(minutes=60), date(2027, 2, 7))[-1] == "23:00+0000"


def test_a_break_is_a_gap_even_where_two_intervals_touch() -> None:
    person = Person(
        slug="ama", zone=LONDON, grid=30, weekly=[WeeklyHours(0, Hours(540, 600)), WeeklyHours(0, Hours(600, 660))]
    )

    assert one_day(person, Want(minutes=60), date(2027, 2, 1)) == ["09:00+0000", "10:00+0000"]


def test_a_buffer_may_run_past_closing_time() -> None:
    assert one_day(night(LONDON, 540, 600, weekday=0), Want(60, before=30, after=30), date(2027, 2, 1)) == [
        "09:00+0000"
    ]


def test_a_room_that_the_hours_name_is_the_only_suitable_one() -> None:
    person = Person(slug="ama", zone=LONDON, weekly=[WeeklyHours(0, Hours(540, 600, room="east"))])
    nine = resolve(LONDON, date(2027, 2, 1).toordinal(), 540)
    want = Want(minutes=60, needs_room=True)

    assert one_day(person, want, date(2027, 2, 1), rooms={"east": [(nine, nine + 5)], "west": []}) == []
    assert one_day(person, want, date(2027, 2, 1), rooms={"west": [(nine, nine + 5)], "east": []}) == ["09:00+0000"]


def test_a_service_that_needs_a_room_is_not_offered_where_there_is_none() -> None:
    assert one_day(night(LONDON, 540, 600, weekday=0), Want(minutes=60, needs_room=True), date(2027, 2, 1)) == []


def test_the_first_free_room_is_chosen_in_steady_order() -> None:
    want = Want(minutes=60, needs_room=True)

    assert choose_room(600, want, [Hours(0, 0)], {"west": [], "east": []}) == "east"
    assert choose_room(600, want, [Hours(0, 0)], {"west": [], "east": [(600, 660)]}) == "west"
    assert choose_room(600, want, [Hours(0, 0, "west")], {"west": [], "east": []}) == "west"


def test_any_practitioner_goes_to_whoever_has_fewest_bookings_that_day_then_to_the_first_in_order() -> None:
    nine = resolve(LONDON, date(2027, 2, 1).toordinal(), 540)
    idle = Person(slug="ama", zone=LONDON, position=2)
    first = Person(slug="lena", zone=LONDON, position=1)
    busy = Person(slug="abe", zone=LONDON, busy=[Busy(nine, nine, nine + 60)])

    assert choose(nine + 180, [busy, idle, first]) == first
    assert choose(nine + 180, [busy, idle]) == idle
    assert choose(nine + 1440, [busy, idle]) == busy


def test_each_start_names_who_is_free() -> None:
    people = [night(LONDON, 540, 600, weekday=0), Person("bo", LONDON, weekly=[WeeklyHours(0, Hours(540, 675))])]

    found = free_starts(
        people, Want(minutes=60), OPEN, {}, first=date(2027, 2, 1).toordinal(), last=date(2027, 2, 1).toordinal()
    )

    assert list(found.values()) == [["ama", "bo"]] + [["bo"]] * 5


def test_an_explanation_names_every_rule_that_forbids_the_start() -> None:
    monday = date(2027, 2, 1).toordinal()
    ten = resolve(LONDON, monday, 600)
    person = Person(
        slug="ama",
        zone=LONDON,
        weekly=[WeeklyHours(0, Hours(540, 1020))],
        away=[(ten, ten + 30)],
        busy=[Busy(ten + 60, ten + 60, ten + 120)],
    )
    limits = Limits(now=ten - 60, earliest=ten + 1440, window_days=90, max_per_day=1)

    reasons = explain(ten + 7, [person], Want(minutes=60, needs_room=True), limits, {})

    assert [each.rule for each in reasons] == ["grid", "time_off", "booked", "notice", "day_full", "room"]
    assert all(each.practitioner == "ama" and each.words.endswith(".") for each in reasons)
    assert broken_rules(ten + 91 * 1440, person, Want(minutes=60), limits, {}) == ["window"]
