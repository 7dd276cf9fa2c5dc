"""A session moved from one side of a clock change to the other: its reminders come once, on the right day, by day."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from bookings import services
from bookings.models import Booking
from bookings.plan import EXPECT, TOMORROW
from clinic.outbox import draining
from clinic.outbox.claiming import claim
from clinic.outbox.draining import drain, prepare
from clinic.outbox.models import Message
from clinic.outbox.services import differences, sweep
from clinic.people.models import Client
from clinic.people.quiet import Quiet
from tests import cast, make
from tests.mailbox import Mailbox, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REMINDER = "a short reminder"  # in its subject
ZONES = [
    "Europe/London",
    "Australia/Lord_Howe",  # half an hour
    "America/Santiago",  # at midnight, and the other way round
    "Africa/Cairo",  # at midnight on a Friday
]


def changes(name: str) -> list[date]:
    """The days of 2027 by whose end the clock has changed."""
    noons = [datetime(2027, 1, 15, 12, tzinfo=ZoneInfo(name)) + day * DAY for day in range(350)]
    return [later.date() for one, later in pairwise(noons) if one.utcoffset() != later.utcoffset()]


CASES = [
    pytest.param(name, day, shift, id=f"{name} {day} {'later' if shift > 0 else 'earlier'}")
    for name in ZONES
    for day in changes(name)
    for shift in (4, -4)
]


def test_each_zone_changes_its_clock_twice() -> None:
    assert [len(changes(name)) for name in ZONES] == [2] * len(ZONES)


@pytest.fixture(autouse=True)
def at_once(settings: Settings) -> None:
    """Letters do not wait for the pace of a backlog."""
    settings.LETTERS_PER_MINUTE = 0


class Moved:
    """Ada's session at ten, two days before or after the change, moved by four days to its other side."""

    def __init__(self, name: str, day: date, shift: int) -> None:
        self.zone = ZoneInfo(name)
        self.old, self.new = (self.at_ten(day + each * DAY) for each in ((-2, 2) if shift > 0 else (2, -2)))
        self.now = self.at_ten(day - 16 * DAY)
        make.practice()
        clara = cast.clara()
        clara.timezone = name
        clara.save()
        self.booking = make.booked(start=self.old, practitioner=clara, now=self.now)
        Client.objects.update(timezone=name)
        sweep(now=self.now)

    def at_ten(self, day: date) -> datetime:
        return datetime.combine(day, time(10), tzinfo=self.zone).astimezone(UTC)

    def move(self, now: datetime) -> None:
        self.booking.refresh_from_db()
        services.move(booking=self.booking, start=self.new, by=Booking.By.PRACTICE, now=now)

    def pass_time(self, since: datetime) -> None:
        """From one letter to the next, with the night shift's planning before each, until both times are over."""
        now, waiting = since, Message.objects.filter(about=self.booking.code, status=Message.Status.QUEUED)
        while now < max(self.old, self.new):
            sweep(now=now)
            soonest = waiting.filter(due_at__gt=now).order_by("due_at").first()
            now = soonest.due_at if soonest else now + DAY
            drain(now=now)

    def left(self, kind: str) -> list[datetime]:
        """When letters of this kind left, on the client's wall."""
        rows = Message.objects.filter(about=self.booking.code, kind=kind, status=Message.Status.SENT)
        return [row.sent_at.astimezone(self.zone) for row in rows.order_by("sent_at") if row.sent_at]

    def wall(self, start: datetime) -> datetime:
        return start.astimezone(self.zone)

    def days_before(self, kind: str) -> list[int]:
        """How many days before the new day each of them left; none of them by night."""
        quiet = Quiet(time(20, 30), time(8), self.zone)
        assert not any(quiet.covers(at) for at in self.left(kind))
        return [(self.wall(self.new).date() - at.date()).days for at in self.left(kind)]


@pytest.mark.parametrize(("name", "day", "shift"), CASES)
def test_a_move_over_a_clock_change_brings_the_right_letters_only(
    name: str, day: date, shift: int, mailbox: Mailbox
) -> None:
    moved = Moved(name, day, shift)
    moved.move(moved.now + HOUR)
    moved.pass_time(moved.now + HOUR)

    assert moved.wall(moved.old).utcoffset() != moved.wall(moved.new).utcoffset()
    assert (moved.days_before(EXPECT), moved.days_before(TOMORROW)) == ([2], [1])
    [reminder] = [text_of(mail) for mail in mailbox.mails if REMINDER in str(mail["Subject"])]
    assert "we meet tomorrow at 10:00" in reminder
    assert differences(now=moved.now + HOUR).missing == []


@pytest.mark.parametrize(("name", "day", "shift"), [case for case in CASES if case.values[2] == 4])
def test_a_reminder_in_a_sender_s_hands_stays_there(name: str, day: date, shift: int, mailbox: Mailbox) -> None:
    """The move comes between the moment a sender leases the reminder of the old time and its writing."""
    moved, leased = Moved(name, day, shift), None
    due = Message.objects.get(about=moved.booking.code, kind=TOMORROW).due_at
    Message.objects.filter(due_at__lt=due).update(status=Message.Status.SENT, sent_at=moved.now)
    leased = claim(now=due, real_now=due)
    assert leased is not None
    assert (leased.kind, leased.occasion) == (TOMORROW, moved.old.isoformat())
    moved.move(due)
    assert prepare(leased, now=due) is None
    moved.pass_time(due)

    assert moved.days_before(TOMORROW) == [1]
    assert sum(REMINDER in str(mail["Subject"]) for mail in mailbox.mails) == 1
    leased.refresh_from_db()
    assert leased.status == Message.Status.SUPERSEDED


def test_without_asking_again_it_would_leave_for_the_wrong_day(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = Moved("Europe/London", changes("Europe/London")[0], 4)
    due = Message.objects.get(about=moved.booking.code, kind=TOMORROW).due_at
    Message.objects.filter(due_at__lt=due).update(status=Message.Status.SENT, sent_at=moved.now)
    leased = claim(now=due, real_now=due)
    assert leased is not None
    moved.move(due)

    monkeypatch.setattr(draining, "_is_planned", lambda message, now: True)
    mail = prepare(leased, now=due)
    assert mail is not None
    assert REMINDER in mail.subject
