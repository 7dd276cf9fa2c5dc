"""The one letter about a course of sessions, with one calendar file for all of them, and the desk's notice of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from bookings import ics, plan, planning
from bookings.access import WITH, link_to, link_to_questions
from bookings.calendar_files import entry
from bookings.models import Booking, Course
from clinic.outbox.models import Message
from clinic.outbox.registry import CalendarPart, Mail, Planned, Stop, letter, plans
from clinic.outbox.rendering import Block, Manner, compose
from clinic.outbox.services import sync
from clinic.outbox.wordings import paragraph
from clinic.people import wording

SUMMARY, NOTICE = "course_booked", "notice_course"
KINDS = (SUMMARY, NOTICE)
REASON = "A course of sessions was booked."
KEPT_IN_SIGHT = timedelta(days=10)
ALL_OFF = Stop(Message.Status.SUPERSEDED, "All sessions of the course were cancelled.")

paragraph(
    "course_session",
    "One session of a course",
    "- {when!}. [Change or cancel](url!)",
    when="for each session of the course",
)
paragraph("course_day", "One day of a course, to the practitioner", "- {when!}", when="for each session of the course")


def in_sight(now: datetime) -> Iterable[UUID]:
    """What the sweep plans again: the courses of the last ten days."""
    return Course.objects.filter(booked_at__gt=now - KEPT_IN_SIGHT).values_list("code", flat=True)


@plans(*KINDS, over=in_sight)
def planned(about: UUID, now: datetime) -> list[Planned]:
    """One letter each to the client and to the practitioner, at once."""
    course, bookings = Course.objects.filter(code=about).first(), sessions(about)
    if course is None or not bookings:
        return []
    return [
        Planned(kind, about, "", course.booked_at, bookings[-1].starts_at, REASON, client)
        for kind, client in ((SUMMARY, course.client_id), (NOTICE, None))
    ]


def resync(course: UUID, *, now: datetime) -> None:
    """Bring the outbox in line after a change to one of its sessions; call it in the transaction of the change."""
    sync(about=course, kinds=KINDS, planned=planned(course, now), now=now)


@letter(SUMMARY, title="Your course of sessions")
def summary(about: UUID, now: datetime) -> Mail | Stop:
    """All dates as they stand, each with its own link, and a file with all of them."""
    bookings = sessions(about)
    if not bookings or bookings[0].client is None:
        return ALL_OFF
    first, client = bookings[0], bookings[0].client
    context: dict[str, Any] = {
        "count": len(bookings),
        "first_day": wording.day_said(first.starts_at, first.tz),
        "sessions": Block(
            "course_session", tuple({"when": _when(each), "url": link_to(each, now=now)} for each in bookings)
        ),
        "practitioner": first.practitioner.name,
        "form_url": link_to_questions(first, now=now),
        "expect": Block("expect") if plan.expect_joins(planning.facts(first, client, now)) else "",
    }
    file = CalendarPart("PUBLISH", ics.publish_all([entry(each) for each in bookings], now=now))
    manner = Manner(additions=(first.service_id, first.practitioner_id))
    return compose(SUMMARY, to=client, context=context, reply_to=first.practitioner.email, ics=file, manner=manner)


@letter(NOTICE, title="Notice: a course of sessions")
def notice(about: UUID, now: datetime) -> Mail | Stop:
    """To the practitioner; the client has a first name and an initial only."""
    bookings = sessions(about)
    if not bookings or bookings[0].client is None:
        return ALL_OFF
    first = bookings[0]
    context = {
        "count": len(bookings),
        "client": bookings[0].client.short_name,
        "days": Block("course_day", tuple({"when": _when(each)} for each in bookings)),
        "desk_url": settings.SITE_URL + reverse("desk-booking", args=[first.code]),
    }
    return compose(NOTICE, to=first.practitioner, context=context)


def _when(booking: Booking) -> Any:
    return wording.day_time_said(booking.starts_at, booking.tz)


def sessions(course: UUID) -> list[Booking]:
    """The sessions of a course that are on, in order."""
    found = Booking.objects.filter(course=course).exclude(status__in=Booking.FREE)
    return list(found.select_related(*WITH).order_by("starts_at"))
