"""What the desk may do for a client: book and move, past the rules for clients but never into another session."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bookings import calendar, changes, letters
from bookings.calendar import Diary, Ignoring
from bookings.door import Refused, SlotTaken, through_the_door
from bookings.explaining import Reason, explain
from bookings.holding import sweep
from bookings.models import Booking, Change, Room, Service
from bookings.slots import Hours, choose_room
from bookings.zones import minute
from clinic.people import audit
from clinic.people.matching import note_care
from clinic.people.models import Client, Practice, Practitioner, User
from intake import services as intake

NEVER = "booked"  # the one rule that nobody may break
FULL = "client_full"
AGREED = {"grid", "hours", "notice", "window", "day_full", "room", FULL}  # not asked again of a time that was agreed
PLACE = ("practitioner", "room", "starts_at", "version")
ELSEWHERE = "This is not the room of these hours: another one is free."
TOO_MANY = "This client has {most} sessions booked, as many as the practice keeps for one person."
PAST = "A session cannot begin in the past."


class BreaksRules(Refused):
    """The desk may do it, once it has seen which rules it breaks."""

    def __init__(self, reasons: Collection[Reason]) -> None:
        super().__init__(" ".join(each.words for each in reasons))
        self.reasons = list(reasons)


@through_the_door
def appoint(
    practice: Practice,
    *,
    client: Client,
    service: Service,
    practitioner: Practitioner,
    start: datetime,
    allowed: Collection[str],
    actor: User,
    now: datetime,
) -> Booking:
    """Book for a client. `allowed`: the rules that the desk saw broken and let go; pressing twice books once."""
    sweep(now)
    same = Booking.objects.busy(now).filter(client=client, service=service, practitioner=practitioner, starts_at=start)
    if (known := same.first()) is not None:
        return known
    booking = Booking(service=service, client=client, status=Booking.Status.BOOKED, booked_at=now)
    _put(booking, practitioner, start, practice=practice, allowed=allowed, now=now)
    return _fixed(booking, Booking.Act.BOOKED, service.asks, actor, now)


@through_the_door
def reappoint(
    practice: Practice,
    *,
    booking: Booking,
    practitioner: Practitioner,
    start: datetime,
    allowed: Collection[str],
    actor: User,
    now: datetime,
) -> Booking:
    """Move a client's session to another time, or to another practitioner who offers it; the client is told."""
    sweep(now)
    booking = Booking.objects.select_related("client", "service", "practitioner").get(code=booking.code)
    if booking.status != Booking.Status.BOOKED or booking.client is None:
        raise Refused("This booking has changed since. Please look at it again.")
    if (booking.starts_at, booking.practitioner) == (start, practitioner):
        return booking
    return _move(booking, practitioner, start, practice=practice, allowed=allowed, actor=actor, now=now)


@through_the_door
def move_back(practice: Practice, *, change: Change, actor: User, now: datetime) -> Booking:
    """To where it was before the desk moved it; refused, with what stands in the way, and this too can be undone."""
    sweep(now)
    changes.refuse_if_over(change, now)
    booking = Booking.objects.select_related("client", "service", "practitioner").get(code=change.about)
    if booking.status != Booking.Status.BOOKED or changes.written([booking], PLACE) != change.made:
        raise Refused(changes.CHANGED)
    try:
        return _move(
            booking, change.practitioner, change.was_at, practice=practice, allowed=AGREED, actor=actor, now=now
        )
    except BreaksRules as broken:
        words = " ".join(each.words for each in broken.reasons if each.rule not in AGREED)
        raise Refused(f"It cannot go back there. {words}") from broken


def open_diary(diary: Diary, now: datetime) -> Diary:
    """The diary without the rules for clients about how soon and how far ahead, for the desk's picker."""
    return replace(diary, limits=replace(diary.limits, earliest=minute(now), window_days=366, max_per_day=None))


def _put(
    booking: Booking,
    practitioner: Practitioner,
    start: datetime,
    *,
    practice: Practice,
    allowed: Collection[str],
    now: datetime,
) -> None:
    """Give the booking its time, or say which rules that breaks."""
    if start <= now:
        raise Refused(PAST)
    ignoring = Ignoring(booking=booking.code)
    diary = calendar.load_round(
        start=start, practitioner=practitioner, service=booking.service, now=now, practice=practice, ignoring=ignoring
    )
    if not diary.people:
        raise Refused(f"{practitioner.name} does not offer this session.")
    at = minute(start)
    reasons = explain(at, diary.people, diary.want, diary.limits, diary.rooms) + _too_many(booking, practice, now)
    if any(each.rule == NEVER for each in reasons):
        raise SlotTaken(f"{practitioner.name} has another session then, or needs the time round one.")
    room = _room(diary, at)
    broken = [replace(each, words=ELSEWHERE) if each.rule == "room" else each for each in reasons]
    if {each.rule for each in broken} - set(allowed):
        raise BreaksRules(broken)
    booking.practitioner, booking.zone = practitioner, practitioner.timezone
    booking.room = Room.objects.get(slug=room) if room else None
    booking.set_start(start, booking.service)


def _move(
    booking: Booking,
    practitioner: Practitioner,
    start: datetime,
    *,
    practice: Practice,
    allowed: Collection[str],
    actor: User,
    now: datetime,
) -> Booking:
    """Put it there, and note where it was."""
    was, before = booking.practitioner, changes.written([booking], PLACE)
    booking.moved_from = None  # the client's own move before it is not hers to undo any more
    _put(booking, practitioner, start, practice=practice, allowed=allowed, now=now)
    moved = _fixed(booking, Booking.Act.MOVED, (), actor, now)
    after = changes.written([moved], PLACE)
    about = str(booking.code)
    changes.note(practitioner=was, kind=Change.Kind.MOVE, about=about, before=before, after=after, now=now)
    return moved


def _room(diary: Diary, at: int) -> str | None:
    """The room of these hours, or any that is free; none at all is an overlap."""
    if not diary.want.needs_room:
        return None
    own = diary.room_at(at, diary.people[0])
    found = own or choose_room(at, diary.want, [Hours(0, 0)], diary.rooms)
    if found is None:
        raise SlotTaken("No room is free then.")
    return found


def _too_many(booking: Booking, practice: Practice, now: datetime) -> list[Reason]:
    most = practice.max_upcoming_per_client
    if most is None or booking.client is None:
        return []
    others = Booking.objects.coming(now).filter(client=booking.client).exclude(code=booking.code)
    return [Reason("", FULL, TOO_MANY.format(most=most))] if others.count() >= most else []


def _fixed(booking: Booking, act: str, reasons: Collection[str], actor: User, now: datetime) -> Booking:
    client = booking.client
    if client is None:
        raise ValueError("The desk books for a client.")
    booking.version += 1
    booking.fixed_at, booking.fixed_by = now, act
    booking.save()
    note_care(client=client, practitioner=booking.practitioner, actor=actor, now=now)
    intake.ask(
        client=client,
        practitioner=booking.practitioner,
        about=booking.code,
        needed_at=booking.starts_at,
        reasons=list(reasons),
        now=now,
    )
    audit.record(actor=actor, verb="changed", about=booking, client=client, fields=["starts_at"], now=now)
    letters.resync(booking, now=now)
    return booking
