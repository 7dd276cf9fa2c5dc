"""Who may see which intake, and what other floors may know without opening it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404

from clinic.people import links
from clinic.people.models import Client, Link, User
from intake.due import Sent
from intake.models import Consent, Flag, Request, Response

# By hand: every page and every tap asks it, and for Django to put it together costs more than to run it.
BY_LINK = """SELECT r.*, EXISTS (
    SELECT 1 FROM intake_consent c WHERE c.client_id = r.client_id AND c.kind = %s AND c.withdrawn_at IS NULL
) AS may_keep
FROM people_link l JOIN intake_request r ON r.about = l.about AND r.client_id = l.client_id
WHERE l.purpose = %s AND l.digest = %s AND l.revoked_at IS NULL AND l.expires_at > %s AND r.purpose = %s"""
LINK_LIVES = timedelta(days=30)  # after the session, or after the last save if that is later


def asked_by_link(token: str, *, purpose: str, now: datetime) -> Request:
    """The request behind an intake or check-in link; 404 when the link is not good."""
    kind = Request.Purpose.CHECKIN if purpose == Link.Purpose.CHECKIN else Request.Purpose.PRESESSION
    moment = connection.ops.adapt_datetimefield_value(now)
    asked_for = [Consent.Kind.KEEP_ANSWERS, purpose, links.digest(token), moment, kind]
    found = next(iter(Request.objects.raw(BY_LINK, asked_for)), None)
    if found is None:
        raise Http404
    return found


def link_to(asked: Request, *, now: datetime) -> str:
    """The absolute address of the client's pages, for a letter; each call mints a link of its own."""
    token = links.mint(
        purpose=Link.Purpose.INTAKE,
        client=asked.client,
        about=asked.about,
        now=now,
        expires_at=max(asked.needed_at, asked.saved_at or asked.asked_at) + LINK_LIVES,
    )
    return links.url("intake-start", token)


def question_link(asked: Request, *, now: datetime) -> str:
    """The same for the page with a practitioner's question."""
    token = link_to(asked, now=now).rstrip("/").rsplit("/", 1)[-1]
    return links.url("intake-questions", token)


def for_desk(user: User) -> QuerySet[Request]:
    """The requests that this user may read."""
    visible = Client.objects.visible_to(user)
    return Request.objects.filter(client__in=visible).select_related("client", "practitioner")


def find_for_desk(user: User, code: UUID) -> Request:
    """One request that this user may read; else 404."""
    found = for_desk(user).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def to_come(client: Client, *, now: datetime) -> list[Request]:
    """What is asked before each session that this client has booked, the next first."""
    found = Request.objects.filter(client=client, purpose=Request.Purpose.PRESESSION, cancelled_at=None)
    return list(found.filter(needed_at__gt=now).order_by("needed_at"))


def waiting_for(client_codes: Iterable[UUID]) -> dict[UUID, list[Flag]]:
    """The open urgent and contact flags of these clients, by client; only severity, state and deadline are readable."""
    waiting: dict[UUID, list[Flag]] = defaultdict(list)
    for flag in waiting_flags().filter(client__in=list(client_codes)):
        waiting[flag.client_id].append(flag)
    return dict(waiting)


def waiting_flags() -> QuerySet[Flag]:
    """Flags that a person must still decide on, the most pressing first."""
    return Flag.objects.filter(state__in=Flag.WAITING_STATES, severity__in=Flag.WAITING_SEVERITIES).order_by(
        "-severity", "deadline_at", "raised_at"
    )


def urgent_clients() -> QuerySet[Flag, UUID]:
    """The clients who gave an urgent answer that waits for a person: only what a human sends goes to them."""
    return waiting_flags().filter(severity=Flag.Severity.URGENT).order_by().values_list("client", flat=True)


def form_state(abouts: Iterable[UUID]) -> dict[UUID, str]:
    """How far the forms of each booking are: none, asked, started, sent or read."""
    codes = list(abouts)
    asked = Request.objects.filter(about__in=codes, purpose=Request.Purpose.PRESESSION).select_related("review")
    return dict.fromkeys(codes, "none") | {request.about: state_of(request) for request in asked}


def state_of(asked: Request) -> str:
    """The word for how far one request is."""
    if asked.cancelled_at:
        return "none"
    if hasattr(asked, "review"):
        return "read"
    if asked.sent_at:
        return "sent"
    return "started" if asked.saved_at else "asked"


def newest_completed(client: Client, *, before: datetime | None = None) -> dict[str, Response]:
    """The client's newest completed response to each questionnaire, in the order of sending."""
    found = Response.objects.filter(client=client, status=Response.Status.COMPLETED).order_by("completed_at")
    if before is not None:
        found = found.filter(completed_at__lt=before)
    return newest_of(found.select_related("client", "request"))


def newest_of(responses: Iterable[Response]) -> dict[str, Response]:
    """The newest of each questionnaire, of responses that are in the order of sending."""
    newest: dict[str, Response] = {}
    for response in responses:
        newest.pop(response.slug, None)  # so that the order is the order of sending
        newest[response.slug] = response
    return newest


def sent_before(asked: Request) -> dict[str, Sent]:
    """When each form was last sent, and how many sessions lie between that and this one."""
    theirs = Request.objects.filter(client=asked.client, purpose=Request.Purpose.PRESESSION, cancelled_at=None)
    held = list(
        theirs.exclude(about=asked.about).filter(needed_at__lt=asked.needed_at).values_list("needed_at", flat=True)
    )
    done = Response.objects.filter(client=asked.client, status=Response.Status.COMPLETED).exclude(request=asked.code)
    times = done.order_by("completed_at").values_list("slug", "completed_at")
    return {slug: Sent(at, sum(needed_at > at for needed_at in held)) for slug, at in times if at}
