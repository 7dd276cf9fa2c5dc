"""The demo practice's past, replayed through the same services as a real one, each act at its own time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from aftercare import access as sessions
from aftercare import services as aftercare
from aftercare.bars import leave_check, to_ask_today
from aftercare.record import Record
from bookings import calendar, holding
from bookings import services as bookings
from bookings.models import Booking, Service
from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.outbox.services import sweep
from clinic.people.models import Practice, Practitioner, User
from intake import consents, flagging, reviewing, services, signing, versions
from intake.models import Flag, Request
from intake.regions import AREAS
from reception.answers import fill

CHECK_IN_AFTER = timedelta(hours=50)
FAR = ("booked", "started", "sent", "read", "arrived", "draft", "closed", "answered")
AGREED = {**dict.fromkeys(AREAS, "yes"), "jaw_inside": "ask", "pelvis": "ask", "other": "ask"}
PROFILE = {"birth_date": "1984-05-12", "emergency_name": "Alex", "emergency_phone": "07700 900000", "safe_email": "yes"}


@dataclass(frozen=True)
class Visit:
    """One line of the story: who comes for what, when, and how far it has got."""

    facts: Mapping[str, Any]
    today: date

    @property
    def until(self) -> str:
        return str(self.facts["until"])

    def reaches(self, stage: str) -> bool:
        return self.until in FAR and FAR.index(self.until) >= FAR.index(stage)


def tell(visits: list[Mapping[str, Any]], *, now: datetime) -> None:
    """Play all visits in order of time, sending each letter at its moment; nothing happens after `now`."""
    today = now.astimezone(Practice.objects.the().zone).date()
    played = [_play(Visit(facts, today)) for facts in visits]
    queue = [(next(steps), number) for number, steps in enumerate(played)]
    heapq.heapify(queue)
    swept = None
    while queue:
        at, number = heapq.heappop(queue)
        if at > now:
            continue
        if at.date() != swept:  # the acts plan their own letters; what only time brings, a round a day finds
            swept = at.date()
            sweep(now=at)
        drain_until(at)
        following = next(played[number], None)
        if following is not None:
            heapq.heappush(queue, (following, number))
    sweep(now=now)
    drain_until(now)


def drain_until(moment: datetime) -> None:
    """Send what is planned, each letter at the time when it is due."""
    while due := _next_due(moment):
        drain(now=due)
    drain(now=moment)


def _next_due(moment: datetime) -> datetime | None:
    waiting = Message.objects.filter(status=Message.Status.QUEUED, next_try_at=None, due_at__lte=moment)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()


def _play(visit: Visit) -> Iterator[datetime]:
    """The acts of one visit; each `yield` is the moment at which the next one happens."""
    at = _noon(visit.today + timedelta(days=visit.facts["day"] - visit.facts["booked"]))
    yield at
    booking = _book(visit, now=at)
    if visit.until in ("cancelled", "missed"):
        yield from _end_early(visit, booking, at)
    if visit.reaches("started"):
        yield (at := at + timedelta(hours=3))
        _answer(visit, booking, now=at)
    if visit.reaches("read"):
        yield (at := at + timedelta(hours=4))
        _read(booking, now=at)
    if visit.reaches("arrived"):
        yield from _hold_session(visit, booking)
    if visit.reaches("answered"):
        yield (at := booking.ends_at + timedelta(hours=50))
        _check_in(visit, booking, now=at)


def _end_early(visit: Visit, booking: Booking, at: datetime) -> Iterator[datetime]:
    if visit.until == "cancelled":
        yield (at := at + timedelta(days=1))
        bookings.cancel(booking=booking, by=Booking.By.CLIENT, now=at)
    else:
        yield (at := booking.ends_at)
        bookings.mark_missed(booking=booking, actor=_user(booking), now=at)


def _hold_session(visit: Visit, booking: Booking) -> Iterator[datetime]:
    yield booking.starts_at
    bookings.arrive(booking=booking, actor=_user(booking), now=booking.starts_at)
    if visit.reaches("draft"):
        yield (at := booking.ends_at + timedelta(minutes=5))
        _record(visit, booking, now=at)


def _book(visit: Visit, *, now: datetime) -> Booking:
    """Hold and book the free start nearest to the wanted one, on its day or the next days."""
    facts = visit.facts
    service = Service.objects.get(slug=facts["service"])
    practitioner = Practitioner.objects.filter(slug=facts.get("with", "")).first()
    start = _nearest_start(visit, service, practitioner, now)
    visitor = facts["client"].replace(" ", "-")
    held = holding.hold(service=service, practitioner=practitioner, start=start, visitor=visitor, now=now)
    email = facts["client"].lower().replace(" ", ".") + "@example.org"
    return bookings.book(held=held, name=facts["client"], email=email, phone="", reasons=facts["reasons"], now=now)


def _nearest_start(visit: Visit, service: Service, practitioner: Practitioner | None, now: datetime) -> datetime:
    practice = Practice.objects.the()
    day = visit.today + timedelta(days=visit.facts["day"])
    wanted = datetime.combine(day, time.fromisoformat(visit.facts["at"]), practice.zone).astimezone(UTC)
    diary = calendar.load(
        service=service, practitioner=practitioner, first=day, last=day + timedelta(days=7), now=now, practice=practice
    )
    starts = [start for start, _ in calendar.as_moments(diary.free_starts())]
    on_the_day = [start for start in starts if start.astimezone(practice.zone).date() == day]
    return min(on_the_day or starts[:1], key=lambda start: abs(start - wanted))


def _answer(visit: Visit, booking: Booking, *, now: datetime) -> None:
    """Answer the forms; sign and send them unless the story stops at a started form."""
    asked = Request.objects.get(about=booking.code, purpose=Request.Purpose.PRESESSION)
    given = visit.facts.get("answers", {})
    consents.keep_answers(asked=asked, now=now)
    services.save_profile(asked=asked, changes=PROFILE, now=now)
    if visit.until == "started":
        own = {key: value for key, value in given.items() if key.startswith("gen_")}
        services.save_page(asked=asked, slug="general", answers=own, now=now, page=1)
        return
    for slug in asked.questionnaires:
        _fill_in(asked, slug, given, now)
    services.acknowledge(asked=asked, choice="carry_on", now=now)
    consents.set_touch_map(asked=asked, answers=AGREED, now=now)
    signing.sign(
        asked=asked,
        name=visit.facts["client"],
        statements=signing.STATEMENTS,
        wants_aftercare=True,
        wants_email_detail=False,
        now=now,
    )


def _read(booking: Booking, *, now: datetime) -> None:
    """Decide on what waits, then sign off."""
    asked = Request.objects.get(about=booking.code, purpose=Request.Purpose.PRESESSION)
    user = _user(booking)
    for flag in Flag.objects.filter(response__request=asked):
        if flag.is_waiting and flag.severity == Flag.Severity.CONTACT:
            flagging.decide(flag=flag, decision="go_ahead", reason="We spoke on the phone.", by=user, now=now)
    reviewing.mark_read(asked=asked, by=user, now=now)


def _record(visit: Visit, booking: Booking, *, now: datetime) -> None:
    user = _user(booking)
    session = sessions.find_for_desk(user, booking.code)
    noted, limits = visit.facts["record"], aftercare.limits(session, now=now)
    checked = {
        "asked_today": [area for area in noted["areas"] if area in to_ask_today(limits.consent)],
        "leave_check": list(leave_check(limits.flags, tuple(noted.get("after", ())))),
    }
    content = Record.from_json({**noted, **checked})
    row = aftercare.save_record(session=session, content=content, version=0, by=user, now=now)
    if visit.reaches("closed"):
        aftercare.close_record(session=session, version=row.version, by=user, now=now)


def _check_in(visit: Visit, booking: Booking, *, now: datetime) -> None:
    asked = Request.objects.filter(about=booking.code, purpose=Request.Purpose.CHECKIN).first()
    if asked is None:
        return
    _fill_in(asked, "checkin", visit.facts.get("checkin", {}), now)
    aftercare.finish_checkin(asked=asked, now=now)


def _fill_in(asked: Request, slug: str, given: Mapping[str, Any], now: datetime) -> None:
    """Twice, as a person goes from page to page: an answer may open a question that was not asked before."""
    answers = fill(versions.definition_in_use(slug), given)
    for page in (1, 2):
        services.save_page(asked=asked, slug=slug, answers=answers, now=now, page=page)


def _user(booking: Booking) -> User:
    user = booking.practitioner.user
    if user is None:
        raise LookupError(f"{booking.practitioner} has no sign-in.")
    return user


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), Practice.objects.the().zone).astimezone(UTC)
