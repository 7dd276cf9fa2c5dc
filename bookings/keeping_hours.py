"""What may happen to hours and time off: each change asks first what becomes of the sessions it leaves outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID, uuid4

from bookings import changes, offers, outside, services
from bookings.door import Refused, through_the_door
from bookings.models import Booking, Change, ExceptionInterval, HoursException, Offer, TimeOff, WorkingHours
from clinic.people import audit
from clinic.people.models import Practice, Practitioner, User

Kind = Change.Kind
KEEP, MOVE, CANCEL = "keep", "move", "cancel"
CHOICES = frozenset({KEEP, MOVE, CANCEL})
Decisions = Mapping[UUID, str]


class Undecided(Refused):
    """Sessions would lie outside, and nobody has said yet what becomes of them."""

    def __init__(self, bookings: Sequence[Booking]) -> None:
        super().__init__("Sessions are booked in that time. Say what becomes of each.")
        self.bookings = list(bookings)


@dataclass(frozen=True)
class Interval:
    """Open hours of a day, in wall-clock minutes, and the room they name."""

    opens: int
    closes: int
    room: UUID | None = None


@dataclass(frozen=True)
class WeeklyRow:
    """One row of the week."""

    weekday: int
    interval: Interval
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Away:
    """One time off, as moments."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Done:
    """What a change left to do, the sessions that somebody wants to move; and how it is taken back."""

    to_move: Sequence[Booking] = ()
    change: Change | None = None


def stored(practitioner: Practitioner) -> list[WeeklyRow]:
    """Her weekly hours as they are."""
    return [
        WeeklyRow(row.weekday, Interval(row.opens, row.closes, row.room_id), row.since_on, row.until_on)
        for row in practitioner.working_hours.all()
    ]


@through_the_door
def save_week(
    practice: Practice,
    *,
    practitioner: Practitioner,
    rows: Sequence[WeeklyRow],
    decisions: Decisions,
    actor: User,
    now: datetime,
) -> Done:
    """The weekly hours become these rows."""

    def write() -> None:
        if set(rows) == set(stored(practitioner)):
            return
        practitioner.working_hours.all().delete()
        WorkingHours.objects.bulk_create(
            WorkingHours(
                practitioner=practitioner,
                weekday=row.weekday,
                opens=row.interval.opens,
                closes=row.interval.closes,
                room_id=row.interval.room,
                since_on=row.since,
                until_on=row.until,
            )
            for row in rows
        )

    return _change(practitioner, write, Kind.HOURS, decisions=decisions, actor=actor, now=now)


@through_the_door
def save_exception(
    practice: Practice,
    *,
    practitioner: Practitioner,
    on: date,
    intervals: Sequence[Interval],
    decisions: Decisions,
    actor: User,
    now: datetime,
) -> Done:
    """On this date these hours count in place of the weekly ones; none means closed."""

    def write() -> None:
        HoursException.objects.filter(practitioner=practitioner, on=on).delete()
        exception = HoursException.objects.create(practitioner=practitioner, on=on)
        ExceptionInterval.objects.bulk_create(
            ExceptionInterval(exception=exception, opens=each.opens, closes=each.closes, room_id=each.room)
            for each in intervals
        )

    return _change(practitioner, write, Kind.DATE, about=f"{on}", decisions=decisions, actor=actor, now=now)


@through_the_door
def remove_exception(
    practice: Practice, *, exception: HoursException, decisions: Decisions, actor: User, now: datetime
) -> Done:
    """The weekly hours count again on that date."""
    found, about = HoursException.objects.filter(code=exception.code), f"{exception.on}"
    return _change(
        exception.practitioner, found.delete, Kind.DATE, about=about, decisions=decisions, actor=actor, now=now
    )


@through_the_door
def add_time_off(
    practice: Practice,
    *,
    practitioner: Practitioner,
    times: Sequence[Away],
    note: str,
    decisions: Decisions,
    actor: User,
    now: datetime,
) -> Done:
    """She is away at these times; several are one series. Posting the same again adds nothing."""
    series = uuid4() if len(times) > 1 else None

    def write() -> None:
        for each in times:
            TimeOff.objects.get_or_create(
                practitioner=practitioner,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                defaults={"note": note, "series": series},
            )

    return _change(practitioner, write, Kind.TIME_OFF, decisions=decisions, actor=actor, now=now)


@through_the_door
def remove_time_off(practice: Practice, *, time_off: TimeOff, whole_series: bool, actor: User, now: datetime) -> Done:
    """She is there after all; of a series this one, or all that are still to come."""
    found = TimeOff.objects.filter(code=time_off.code)
    if whole_series and time_off.series:
        found = TimeOff.objects.filter(series=time_off.series, ends_at__gt=now)
    return _change(time_off.practitioner, found.delete, Kind.TIME_OFF, decisions={}, actor=actor, now=now)


@through_the_door
def take_back(practice: Practice, *, change: Change, decisions: Decisions, actor: User, now: datetime) -> Done:
    """Her calendar as it was before a change, if nothing of it was changed since; this too can be taken back."""
    changes.refuse_if_over(change, now)
    return _change(
        change.practitioner,
        partial(changes.restore, change),
        change.kind,
        about=change.about,
        decisions=decisions,
        actor=actor,
        now=now,
    )


def _change(
    practitioner: Practitioner,
    write: Callable[[], object],
    kind: str,
    *,
    about: str = "",
    decisions: Decisions,
    actor: User,
    now: datetime,
) -> Done:
    """Write, see which sessions are newly outside, and do with each what was decided; else nothing is written."""
    bookings = outside.coming(practitioner, now)
    before = outside.codes(outside.outside(outside.person(practitioner, bookings, now), bookings))
    rows = changes.rows(practitioner, kind, about)
    write()
    there = outside.person(practitioner, bookings, now)
    newly = [each for each in outside.outside(there, bookings) if each.code not in before]
    if any(decisions.get(each.code) not in CHOICES for each in newly):
        raise Undecided(newly)  # and the transaction takes back what was written
    for each in newly:
        if decisions[each.code] == CANCEL:
            services.cancel(booking=each, by=Booking.By.PRACTICE, actor=actor, now=now)
    _let_go_of_holds(practitioner, now)
    audit.record(actor=actor, verb="changed", about=practitioner, client=None, fields=[kind], now=now)
    after = changes.rows(practitioner, kind, about)
    change = changes.note(practitioner=practitioner, kind=kind, about=about, before=rows, after=after, now=now)
    return Done([each for each in newly if decisions[each.code] == MOVE], change)


def _let_go_of_holds(practitioner: Practitioner, now: datetime) -> None:
    """A visitor who is typing for a time that has just closed is shown others, and no offer of such a time stands."""
    held = list(Booking.objects.filter(status=Booking.Status.HELD, practitioner=practitioner))
    if held:
        gone = outside.codes(outside.outside(outside.person(practitioner, held, now), held))
        for offer in Offer.objects.open().filter(booking__in=gone).select_related("entry"):
            offers.withdraw(offer, now=now)
        lapsed = {"status": Booking.Status.CANCELLED, "cancelled_by": Booking.By.LAPSE, "cancelled_at": now}
        Booking.objects.filter(code__in=gone).update(**lapsed)
