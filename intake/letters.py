"""What intake says by mail: the form before a session, one nudge, seek care now, and a notice to the practitioner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from clinic.outbox.models import Message
from clinic.outbox.registry import Mail, Planned, Stop, letter, plans
from clinic.outbox.rendering import compose
from clinic.outbox.services import sync
from clinic.people import wording
from clinic.people.models import Practice
from clinic.people.quiet import Quiet
from intake import alert_letters, care, documents, escalating, timing
from intake.access import LINK_LIVES, link_to, question_link, urgent_clients
from intake.models import Flag, Question, Request

PLANNED = (
    "m01_form",
    "m02_form_nudge",
    "m06_urgent",
    "urgent_notice",
    "urgent_second",
    "question",
    "question_answered",
    *alert_letters.KINDS,
)
QUESTION_WAITS = timedelta(days=7)
URGENT_REST = timedelta(hours=24)  # between two letters to a client
NOTICE_REST = timedelta(hours=1)  # between two notices to a practitioner

DONE = Stop(Message.Status.SUPERSEDED, "The form is done.")
GONE = Stop(Message.Status.SUPERSEDED, "The session was cancelled.")
ON_HOLD = Stop(Message.Status.SUPERSEDED, "Something waits for a person first.")
CLEARED = Stop(Message.Status.SUPERSEDED, "A person has dealt with it.")


@letter("m01_form", title="The form before the session", rank=60)
def form(about: UUID, now: datetime) -> Mail | Stop:
    return _about_the_form("m01_form", about, now)


@letter("m02_form_nudge", title="The form is waiting", rank=70)
def nudge(about: UUID, now: datetime) -> Mail | Stop:
    return _about_the_form("m02_form_nudge", about, now)


@letter("m06_urgent", title="Please seek care", is_clinical=True)
def urgent(about: UUID, now: datetime) -> Mail | Stop:
    asked = _request(about, Request.Purpose.PRESESSION)
    if asked is None:
        return GONE
    waiting = _waiting(asked)
    if waiting & care.PRIVATE:
        return ON_HOLD
    if not any(flag.startswith("u_") for flag in waiting):
        return CLEARED
    if _only_people_write(asked):
        return ON_HOLD
    return compose(
        "m06_urgent",
        to=asked.client,
        context={"practitioner": asked.practitioner.name},
        reply_to=asked.practitioner.email,
    )


@letter("urgent_notice", title="Notice: an urgent answer", is_clinical=True)
def notice(about: UUID, now: datetime) -> Mail | Stop:
    found = Request.objects.filter(about=about).select_related("client", "practitioner").order_by("-saved_at")
    asked = next((each for each in found if _hurries(each)), None)
    if asked is None:
        return CLEARED
    return compose("urgent_notice", to=asked.practitioner, context={"desk_url": _where_it_waits(_hurried(asked))})


@letter("urgent_second", title="Notice: an urgent answer still waits", is_clinical=True)
def second_notice(about: UUID, now: datetime) -> Mail | Stop:
    """To a second person, when nobody has taken an urgent answer in hand by its deadline."""
    found = Request.objects.filter(about=about).select_related("practitioner__user").order_by("-saved_at")
    asked = next((each for each in found if any(_is_late(flag, now) for flag in _hurried(each))), None)
    if asked is None:
        return CLEARED
    late = [flag for flag in _hurried(asked) if _is_late(flag, now)]
    context = {"desk_url": _where_it_waits(late), "practitioner": asked.practitioner.name}
    to = escalating.escalate(late, asked, now=now)
    return compose("urgent_second", to=to, context=context)


def _where_it_waits(flags: list[Flag]) -> str:
    """The alert of the first that waits: after a session no form stands in a list to read."""
    first = min((flag for flag in flags if flag.is_waiting), key=lambda flag: (flag.raised_at, flag.code))
    return f"{settings.SITE_URL}{reverse('desk-alert', args=[first.code])}"


def _is_late(flag: Flag, now: datetime) -> bool:
    is_free = flag.is_waiting and flag.taken_at is None
    return is_free and flag.deadline_at is not None and flag.deadline_at <= now


@letter("question", title="A question from the practitioner", is_clinical=True)
def question(about: UUID, now: datetime) -> Mail | Stop:
    row = _questions(about).filter(answered_at=None).first()
    if row is None:
        return CLEARED
    asked = row.request
    context = {"practitioner": asked.practitioner.name, "question_url": question_link(asked, now=now)}
    return compose("question", to=asked.client, context=context, reply_to=asked.practitioner.email)


@letter("question_answered", title="Notice: a question was answered", is_clinical=True)
def question_answered(about: UUID, now: datetime) -> Mail | Stop:
    row = _questions(about).filter(answered_at__isnull=False, seen_at=None).first()
    if row is None:
        return CLEARED
    address = settings.SITE_URL + reverse("desk-intake", args=[row.request_id])
    return compose("question_answered", to=row.request.practitioner, context={"desk_url": address})


def _questions(about: UUID) -> QuerySet[Question]:
    rows = Question.objects.filter(request__about=about, request__cancelled_at=None)
    return rows.select_related("request__client", "request__practitioner")


@letter("earlier_code", title="A code to see the last answers")
def earlier_code(about: UUID, now: datetime) -> Mail | Stop:
    asked = _request(about, Request.Purpose.PRESESSION)
    code = documents.read(asked).get("code") if asked else None
    if asked is None or not code:
        return GONE
    return compose("earlier_code", to=asked.client, context={"code": code["digits"]})


def _coming(now: datetime) -> Iterable[UUID]:
    near = Request.objects.filter(needed_at__gt=now - timedelta(days=10), needed_at__lt=now + timedelta(days=60))
    return near.values_list("about", flat=True).distinct()


@plans(*PLANNED, over=_coming)
def plan(about: UUID, now: datetime) -> list[Planned]:
    """The letters that the requests of one booking should have, from what is asked, answered and flagged."""
    planned: list[Planned] = []
    for asked in Request.objects.filter(about=about).select_related("client", "practitioner"):
        if asked.purpose == Request.Purpose.PRESESSION:
            planned += _to_client(asked)
        planned += _to_practitioner(asked) + alert_letters.planned(asked, _hurried(asked))
    return planned + [each for row in _questions(about) if (each := _of_question(row))]


def _of_question(row: Question) -> Planned | None:
    """To the client until it is answered; then to the practitioner until somebody has read the answer."""
    if row.seen_at:
        return None
    kind, due = ("question_answered", row.answered_at) if row.answered_at else ("question", row.asked_at)
    whom = None if row.answered_at else row.client_id
    late, reason = due + QUESTION_WAITS, "A question about the form."
    return Planned(kind, row.request.about, row.code.hex, due, late, reason, whom)


def resync(asked: Request, *, now: datetime) -> None:
    """Bring the outbox in line after a change; call it in the transaction of the change."""
    sync(about=asked.about, kinds=PLANNED, planned=plan(asked.about, now), now=now)


def _to_client(asked: Request) -> list[Planned]:
    if asked.cancelled_at:
        return []
    waiting = _waiting(asked)
    if waiting & care.PRIVATE:  # whoever reads the mail may not be the client alone
        return []
    if any(flag.startswith("u_") for flag in waiting):
        return [] if _only_people_write(asked) else [_planned(asked, due) for due in _care_letters(asked)]
    if asked.sent_at:
        return []
    return invitations(asked, Practice.objects.the())


def _only_people_write(asked: Request) -> bool:
    """After a session an urgent answer stops everything that would go by itself."""
    return urgent_clients().filter(client=asked.client, response__request__purpose=Request.Purpose.CHECKIN).exists()


def invitations(asked: Request, practice: Practice) -> list[Planned]:
    """The letters of a form that is not done, where nothing else stands in their way."""
    quiet = Quiet(practice.quiet_from, practice.quiet_to, asked.client.zone)
    letters = timing.form_letters(asked_at=asked.asked_at, needed_at=asked.needed_at, quiet=quiet, steps=practice.steps)
    return [_planned(asked, due) for due in letters]


def _care_letters(asked: Request) -> list[timing.Due]:
    return [
        timing.Due("m06_urgent", first.isoformat(), first, first + URGENT_REST, "An urgent answer.")
        for first in timing.bursts(_moments(asked, [Flag.Severity.URGENT]), gap=URGENT_REST)
    ]


def _to_practitioner(asked: Request) -> list[Planned]:
    """Urgent answers and those that a person answers the same day; a second person where nobody took them in hand."""
    late = [
        (flag.deadline_at, flag.taken_at is None and flag.is_waiting) for flag in _hurried(asked) if flag.deadline_at
    ]
    second = [
        Planned(
            kind="urgent_second",
            about=asked.about,
            occasion=first.isoformat(),
            due_at=first,
            not_after=first + timedelta(days=3),
            reason="Nobody had taken an urgent answer in hand by its deadline.",
            client_code=None,
        )
        for first in timing.bursts(late, gap=NOTICE_REST)
    ]
    return second + [
        Planned(
            kind="urgent_notice",
            about=asked.about,
            occasion=first.isoformat(),
            due_at=first,
            not_after=first + timedelta(days=3),
            reason="An urgent answer.",
            client_code=None,
        )
        for first in timing.bursts(_hurried_moments(asked), gap=NOTICE_REST, ends_when_dealt_with=True)
    ]


def _hurried_moments(asked: Request) -> list[tuple[datetime, bool]]:
    return [(flag.raised_at, flag.is_waiting) for flag in _hurried(asked)]


def _hurried(asked: Request) -> list[Flag]:
    found = _pressing(asked)
    return [flag for flag in found if flag.severity == Flag.Severity.URGENT or _id_of(flag) in care.PRIVATE]


def _id_of(flag: Flag) -> str:
    flag_id: str = documents.read(flag)["id"]
    return flag_id


def _hurries(asked: Request) -> bool:
    return any(waits for _, waits in _hurried_moments(asked))


def _moments(asked: Request, severities: list[str]) -> list[tuple[datetime, bool]]:
    found = [flag for flag in _pressing(asked) if flag.severity in severities]
    return [(flag.raised_at, flag.is_waiting) for flag in found]


def _pressing(asked: Request) -> list[Flag]:
    found = Flag.objects.filter(response__request=asked, severity__in=Flag.WAITING_SEVERITIES)
    return list(found.select_related("client"))


def _waiting(asked: Request) -> set[str]:
    """The ids of everything about this client that waits for a person, whichever form raised it."""
    found = Flag.objects.filter(
        client=asked.client, state__in=Flag.WAITING_STATES, severity__in=Flag.WAITING_SEVERITIES
    )
    return {documents.read(flag)["id"] for flag in found.select_related("client")}


def _planned(asked: Request, due: timing.Due) -> Planned:
    return Planned(due.kind, asked.about, due.occasion, due.due_at, due.not_after, due.reason, asked.client_id)


def _request(about: UUID, purpose: str) -> Request | None:
    found = Request.objects.filter(about=about, purpose=purpose, cancelled_at=None)
    return found.select_related("client", "practitioner").first()


def _about_the_form(kind: str, about: UUID, now: datetime) -> Mail | Stop:
    asked = _request(about, Request.Purpose.PRESESSION)
    if asked is None:
        return GONE
    if asked.sent_at:
        return DONE
    if any(flag.startswith("u_") or flag in care.PRIVATE for flag in _waiting(asked)):
        return ON_HOLD
    zone = ZoneInfo(asked.client.timezone)
    return compose(
        kind,
        to=asked.client,
        context={
            "practitioner": asked.practitioner.name,
            "day": wording.day_said(asked.needed_at, zone),
            "expiry": wording.day_said(asked.needed_at + LINK_LIVES, zone),
            "form_url": link_to(asked, now=now),
        },
        reply_to=asked.practitioner.email,
    )
