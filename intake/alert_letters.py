"""Notices about answers that need a person: to the practitioner, to whom one is passed on, to a second person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from clinic.outbox.models import Message
from clinic.outbox.registry import Mail, Planned, Stop, letter
from clinic.outbox.rendering import compose
from clinic.outbox.services import queue
from intake import escalating
from intake.models import Flag, Request

NOTICE, SECOND, PASSED_ON = "alert_notice", "alert_second", "alert_passed_on"
KINDS = (NOTICE, SECOND)
NEWS_FOR = timedelta(days=3)
DEALT_WITH = Stop(Message.Status.SUPERSEDED, "A person has dealt with it.")


@letter(NOTICE, title="Notice: an answer needs you", is_clinical=True)
def notice(about: UUID, now: datetime) -> Mail | Stop:
    """To the practitioner, without a word of what it is or whose."""
    flag = _untaken(about).first()
    if flag is None or flag.owner is None:
        return DEALT_WITH
    return compose(NOTICE, to=flag.owner, context={"desk_url": _address(flag)})


@letter(SECOND, title="Notice: an answer still waits", is_clinical=True)
def second_notice(about: UUID, now: datetime) -> Mail | Stop:
    late = list(_untaken(about).filter(deadline_at__lte=now))
    if not late:
        return DEALT_WITH
    asked = late[0].response.request
    owner = late[0].owner or asked.practitioner
    to = escalating.escalate(late, asked, now=now)
    return compose(SECOND, to=to, context={"desk_url": _address(late[0]), "practitioner": owner.name})


@letter(PASSED_ON, title="Notice: an answer is yours now", is_clinical=True)
def passed_on(about: UUID, now: datetime) -> Mail | Stop:
    flag = _rows().filter(code=about, taken_at=None).first()
    if flag is None or flag.owner is None:
        return DEALT_WITH
    return compose(PASSED_ON, to=flag.owner, context={"desk_url": _address(flag)})


def planned(asked: Request, urgent: Collection[Flag]) -> list[Planned]:
    """After a session: a notice at once, and one to a second person at the first deadline.

    While something urgent of the same form waits, its own notices speak.
    """
    waiting = list(_untaken(asked.about).filter(response__request=asked))
    calm = [flag for flag in waiting if flag.code not in {each.code for each in urgent}]
    if not calm or len(calm) < len(waiting):
        return []
    first, due = min(flag.raised_at for flag in calm), min(flag.deadline_at or flag.raised_at for flag in calm)
    late = "Nobody had taken an answer in hand by its deadline."
    return [
        Planned(NOTICE, asked.about, first.isoformat(), first, first + NEWS_FOR, "An answer needs a person.", None),
        Planned(SECOND, asked.about, first.isoformat(), due, due + NEWS_FOR, late, None),
    ]


def tell_new_owner(flag: Flag, *, now: datetime) -> None:
    """An answer was passed on: its new owner hears of it."""
    reason = "An answer was passed on."
    queue(Planned(PASSED_ON, flag.code, now.isoformat(), now, now + NEWS_FOR, reason, None), now=now)


def _untaken(about: UUID) -> QuerySet[Flag]:
    """What a check-in raised and nobody has taken in hand, the first deadline first."""
    rows = _rows().filter(response__request__about=about, response__request__purpose=Request.Purpose.CHECKIN)
    return rows.filter(taken_at=None).order_by("deadline_at", "raised_at", "code")


def _rows() -> QuerySet[Flag]:
    found = Flag.objects.filter(state__in=Flag.WAITING_STATES, severity__in=Flag.WAITING_SEVERITIES)
    return found.select_related("client", "owner", "response__request__practitioner")


def _address(flag: Flag) -> str:
    return f"{settings.SITE_URL}{reverse('desk-alert', args=[flag.code])}"
