"""What bookings say by mail: booked, what to expect, tomorrow, talk first, moved, cancelled, and the desk's notices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.functional import lazy

from bookings import course_letters, ics, offer_letters, plan, planning
from bookings.access import find, link_to
from bookings.calendar_files import entry
from bookings.models import Booking
from clinic.outbox.models import Message
from clinic.outbox.registry import CalendarPart, Mail, Planned, Stop, letter, plans
from clinic.outbox.rendering import Block, Manner, compose
from clinic.outbox.services import sync
from clinic.outbox.wordings import may_say, paragraph
from clinic.people import wording
from clinic.people.models import Client, Practice
from intake.access import form_state
from intake.access import link_to as link_to_form
from intake.facts import flags_of
from intake.models import Request

OTHERS = (course_letters, offer_letters)  # their kinds are declared where they are found through this module
EXPECTED, POSITION = "expect", "position"
PROPPED = frozenset({"p_position", "p_pregnancy", "p_mobility_aid", "p_transfer"})  # clinical.md 5.3, `position`
ON = (Booking.Status.BOOKED, Booking.Status.ARRIVED, Booking.Status.COMPLETED)
OFF = Stop(Message.Status.SUPERSEDED, "The session was cancelled.")
OVER = Stop(Message.Status.SUPERSEDED, "The session has been.")
CHANGED = Stop(Message.Status.SUPERSEDED, "The session has changed since.")
NEVER_TOLD = Stop(Message.Status.SUPERSEDED, "The client was not told yet that the practice had cancelled.")
WAITS = Stop(Message.Status.SUPERSEDED, "Something waits for a person first.")

ABOUT_A_BOOKING = ("day", "time", "when_day", "practitioner", "manage_url", "book_url", "expect")

paragraph(EXPECTED, "How a session goes", when="before the first session, or in the letter two days before each")
paragraph(
    POSITION,
    "How they may lie or sit",
    "We can use your side, pillows or a chair. Just tell me what suits you.",
    when="an answer says that lying flat may not suit them",
)
for _kind in (plan.BOOKED, plan.MOVED, plan.RESTORED, plan.EXPECT, plan.TOMORROW, plan.HOLD):
    may_say(_kind, *ABOUT_A_BOOKING)


def near(now: datetime) -> Iterable[UUID]:
    """What the sweep plans again: sessions from ten days ago to sixty days ahead."""
    found = Booking.objects.of_clients().filter(
        starts_at__gt=now - timedelta(days=10), starts_at__lt=now + timedelta(days=60)
    )
    return found.values_list("code", flat=True)


@plans(*plan.KINDS, over=near)
def planned(about: UUID, now: datetime) -> list[Planned]:
    """The letters that one booking should have."""
    booking = find(about)
    if booking is None:
        return []
    return _planned(booking, now)


def announce_many(
    bookings: Sequence[tuple[Booking, Client]], *, answered: Collection[UUID], practice: Practice, now: datetime
) -> list[Planned]:
    """The letters of new bookings, for the caller to write; for clients who have `answered` before, written here."""
    planned: list[Planned] = []
    for booking, client in bookings:
        if client.code in answered:
            resync(booking, now=now)
        else:
            planned += _as_planned(booking, planning.facts_of_new(booking, client, practice))
    return planned


def _planned(booking: Booking, now: datetime) -> list[Planned]:
    return _as_planned(booking, planning.facts(booking, booking.client, now)) if booking.client else []


def _as_planned(booking: Booking, facts: plan.Facts) -> list[Planned]:
    return [
        Planned(
            kind=each.kind,
            about=booking.code,
            occasion=each.occasion,
            due_at=each.due_at,
            not_after=each.not_after,
            reason=each.reason,
            client_code=None if each.kind in plan.NOTICES else booking.client_id,
        )
        for each in plan.plan(facts)
    ]


def resync(booking: Booking, *, now: datetime) -> None:
    """Bring the outbox in line after a change; call it in the transaction of the change."""
    sync(about=booking.code, kinds=plan.KINDS, planned=_planned(booking, now), now=now)
    if booking.course_id:
        course_letters.resync(booking.course_id, now=now)


@letter(plan.BOOKED, title="Your booking")
def booked(about: UUID, now: datetime) -> Mail | Stop:
    return _announce(plan.BOOKED, about, now)


@letter(plan.MOVED, title="Your new time")
def moved(about: UUID, now: datetime) -> Mail | Stop:
    return _announce(plan.MOVED, about, now)


@letter(plan.RESTORED, title="Your booking is on again")
def restored(about: UUID, now: datetime) -> Mail | Stop:
    return NEVER_TOLD if _was_never_told(about) else _announce(plan.RESTORED, about, now)


@letter(plan.EXPECT, title="What to expect", rank=50)
def expect(about: UUID, now: datetime) -> Mail | Stop:
    return _remind(plan.EXPECT, about, now)


@letter(plan.TOMORROW, title="Tomorrow", rank=90)
def tomorrow(about: UUID, now: datetime) -> Mail | Stop:
    return _remind(plan.TOMORROW, about, now)


@letter(plan.HOLD, title="A quick call before your visit", is_clinical=True)
def talk_first(about: UUID, now: datetime) -> Mail | Stop:
    return _to_client(plan.HOLD, about, now)


@letter(plan.CANCELLED_BY_CLIENT, title="Your cancellation")
def cancelled_by_client(about: UUID, now: datetime) -> Mail | Stop:
    return _farewell(plan.CANCELLED_BY_CLIENT, about, now)


@letter(plan.CANCELLED_BY_PRACTICE, title="We had to cancel")
def cancelled_by_practice(about: UUID, now: datetime) -> Mail | Stop:
    return _farewell(plan.CANCELLED_BY_PRACTICE, about, now)


@letter(plan.NOTICE_BOOKED, title="Notice: a new booking")
def notice_booked(about: UUID, now: datetime) -> Mail | Stop:
    return _notice(plan.NOTICE_BOOKED, about, now)


@letter(plan.NOTICE_CHANGED, title="Notice: a changed booking")
def notice_changed(about: UUID, now: datetime) -> Mail | Stop:
    return _notice(plan.NOTICE_CHANGED, about, now)


@letter(plan.NOTICE_CANCELLED, title="Notice: a cancelled booking")
def notice_cancelled(about: UUID, now: datetime) -> Mail | Stop:
    return _notice(plan.NOTICE_CANCELLED, about, now)


def reminders_to_come(booking: Booking) -> set[str]:
    """Which of the two reminders wait to be sent."""
    waiting = Message.objects.filter(about=booking.code, kind__in=(plan.EXPECT, plan.TOMORROW), status="queued")
    return set(waiting.values_list("kind", flat=True))


def _announce(kind: str, about: UUID, now: datetime) -> Mail | Stop:
    """Booked, moved or on again: the facts, the form, and the calendar file."""
    booking = find(about)
    if booking is None or booking.client is None or booking.status not in ON:
        return OFF
    if booking.starts_at <= now:
        return OVER
    form = form_state([about])[about]
    asked = Request.objects.select_related("client").filter(about=about, purpose=Request.Purpose.PRESESSION).first()
    wanted = asked if form in {"asked", "started"} else None
    more = {
        "form_url": link_to_form(wanted, now=now) if wanted else "",
        "expect": Block(EXPECTED) if _says_what_to_expect(booking, booking.client, now) else "",
    }
    return _write(kind, booking, booking.client, now, more=more)


def _was_never_told(about: UUID) -> bool:
    """Whether the desk took its own cancellation back before the letter about it had left."""
    booking = find(about)
    undone = Message.objects.about(about).filter(kind=plan.CANCELLED_BY_PRACTICE, status=Message.Status.SUPERSEDED)
    return booking is not None and undone.filter(occasion=f"version {booking.version - 1}").exists()


def _remind(kind: str, about: UUID, now: datetime) -> Mail | Stop:
    booking = find(about)
    if booking is None or booking.client is None or booking.status == Booking.Status.CANCELLED:
        return OFF
    if booking.status != Booking.Status.BOOKED:
        return OVER
    if planning.facts(booking, booking.client, now).is_waiting:
        return WAITS
    return _to_client(kind, about, now)


def _to_client(kind: str, about: UUID, now: datetime) -> Mail | Stop:
    """A letter that only makes sense while it is still planned."""
    booking = find(about)
    if booking is None or booking.client is None:
        return OFF
    if kind not in {each.kind for each in planned(about, now)}:
        return CHANGED
    return _write(kind, booking, booking.client, now)


def _farewell(kind: str, about: UUID, now: datetime) -> Mail | Stop:
    booking = find(about)
    if booking is None or booking.client is None or booking.status != Booking.Status.CANCELLED:
        return CHANGED
    file = CalendarPart("CANCEL", ics.cancel(entry(booking), now=now))
    return _write(kind, booking, booking.client, now, file=file)


def _notice(kind: str, about: UUID, now: datetime) -> Mail | Stop:
    """To the practitioner; a mailbox is not the record, so the client has a first name and an initial only."""
    booking = find(about)
    if booking is None or booking.client is None:
        return OFF
    if kind not in {each.kind for each in planned(about, now)}:
        return CHANGED
    context = {
        **_when(booking.starts_at, booking),
        "client": booking.client.short_name,
        "minutes": booking.service.minutes,  # a service may be named for a part of the body
        "desk_url": settings.SITE_URL + reverse("desk-booking", args=[booking.code]),
    }
    return compose(kind, to=booking.practitioner, context=context)


def _write(
    kind: str,
    booking: Booking,
    client: Client,
    now: datetime,
    *,
    more: dict[str, Any] | None = None,
    file: CalendarPart | None = None,
) -> Mail | Stop:
    """Every letter about a booking carries its calendar file: a reminder's repeats the last one, SEQUENCE and all."""
    file = file or CalendarPart("REQUEST", ics.request(entry(booking), now=now))
    context = {
        **_when(booking.starts_at, booking),
        "practitioner": booking.practitioner.name,
        "expect": Block(EXPECTED),
        "position": Block(POSITION) if flags_of(client) & PROPPED else "",
        "when_day": when_day(booking, now),
        "manage_url": link_to(booking, now=now),
        "book_url": settings.SITE_URL + reverse("booking-new"),
        **(more or {}),
    }
    manner = Manner(additions=(booking.service_id, booking.practitioner_id))
    return compose(kind, to=client, context=context, reply_to=booking.practitioner.email, ics=file, manner=manner)


def _when(moment: datetime, booking: Booking) -> dict[str, Any]:
    return {"day": wording.day_said(moment, booking.tz), "time": wording.time(moment, booking.tz)}


def when_day(booking: Booking, now: datetime) -> Any:
    """The day of the session as it stands in a sentence, seen from now; in English only it has words for near days."""
    return _day_in_a_sentence(booking.starts_at, booking.tz, _days_between(now, booking))


def _in_a_sentence(moment: datetime, zone: tzinfo, days: int) -> str:
    day = wording.day(moment, zone)
    return {0: "today", 1: "tomorrow"}.get(days, f"on {day}") if wording.is_english() else day


_day_in_a_sentence = lazy(_in_a_sentence, str)


def _days_between(now: datetime, booking: Booking) -> int:
    return (booking.starts_at.astimezone(booking.tz).date() - now.astimezone(booking.tz).date()).days


def _says_what_to_expect(booking: Booking, client: Client, now: datetime) -> bool:
    """The letter "what to expect" would be too late, and has not been sent for an earlier time."""
    told = Message.objects.filter(kind=plan.EXPECT, about=booking.code, status=Message.Status.SENT).exists()
    return not told and plan.expect_joins(planning.facts(booking, client, now))
