"""Builders of rows: plain functions with sensible defaults, one section a folder."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from aftercare import access as sessions
from aftercare.access import Session
from bookings.holding import hold
from bookings.models import Booking, Offering, Room, Service, WorkingHours
from bookings.services import book
from clinic.outbox.models import Message
from clinic.outbox.registry import Planned
from clinic.outbox.services import queue
from clinic.people import links
from clinic.people.models import Client, HelpNumber, Practice, Practitioner
from intake import alerts, consents, documents
from intake.access import link_to
from intake.flags import FLAGS
from intake.models import Consent, Flag, Request, Response
from intake.regions import AREAS
from intake.services import ask, ask_checkin, save_page, send_checkin
from intake.versions import in_use
from tests.cast import NOW, ada, clara, treats

# --- clinic.people ---------------------------------------------------------


def practice(**fields: object) -> Practice:
    """The practice, in London."""
    the = Practice.objects.the()
    defaults: dict[str, object] = {
        "name": "Stillpoint",
        "email": "hello@example.org",
        "phone": "020 7946 0000",
        "address": "1 High Street",
    }
    for name, value in {**defaults, **fields}.items():
        setattr(the, name, value)
    the.save()
    return the


def help_numbers() -> None:
    """Britain's numbers, as in clinical.md 2.5."""
    rows = [
        ("emergency", "999", "999"),
        ("advice_line", "NHS 111", "111"),
        ("crisis_line", "Samaritans on 116 123", "116123"),
        ("maternity", "your maternity unit", ""),
    ]
    for kind, words, tel in rows:
        HelpNumber.objects.get_or_create(country="GB", kind=kind, defaults={"words": words, "tel": tel})


# --- clinic.outbox ---------------------------------------------------------


def message(
    kind: str = "sign_in_code",
    *,
    about: UUID | None = None,
    occasion: str = "",
    client: Client | None = None,
    due_at: datetime = NOW,
    not_after: datetime | None = NOW + timedelta(days=1),
    facts: dict[str, object] | None = None,
) -> Message:
    """A queued letter."""
    planned = Planned(
        kind=kind,
        about=about or uuid4(),
        occasion=occasion,
        due_at=due_at,
        not_after=not_after,
        reason="A test asked for it.",
        client_code=client.code if client else None,
    )
    queue(planned, now=NOW, facts=facts)
    return Message.objects.get(kind=kind, about=planned.about, occasion=occasion)


# --- intake ------------------------------------------------------------------


def intake_request(
    *,
    client: Client | None = None,
    practitioner: Practitioner | None = None,
    about: UUID | None = None,
    needed_at: datetime = NOW + timedelta(days=3),
    reasons: Sequence[str] = (),
    now: datetime = NOW,
) -> Request:
    """What a booking in three days asks of Ada, who is treated by Clara."""
    client, practitioner = client or ada(), practitioner or clara()
    treats(practitioner, client)
    return ask(
        client=client,
        practitioner=practitioner,
        about=about or uuid4(),
        needed_at=needed_at,
        reasons=reasons,
        now=now,
    )


def begin(asked: Request, *, now: datetime = NOW, **answers: Any) -> Request:
    """The request with an unfinished first form, as Continue left it."""
    consents.keep_answers(asked=asked, now=now)
    save_page(asked=asked, slug=asked.questionnaires[0], answers=answers, now=now)
    return asked


def intake_token(asked: Request, *, now: datetime = NOW) -> str:
    """The token of the client's link to these questions."""
    return link_to(asked, now=now).rstrip("/").rsplit("/", 1)[-1]


def link_token(purpose: str, client: Client, about: UUID) -> str:
    """The token of a link for something."""
    return links.mint(purpose=purpose, client=client, about=about, now=NOW, expires_at=NOW + timedelta(days=30))


# --- bookings ----------------------------------------------------------------

NINE, FIVE = 9 * 60, 17 * 60
TEN = NOW + timedelta(days=7, hours=1)  # next Monday at ten


def service(slug: str = "first", **fields: Any) -> Service:
    """An hour and a quarter with a quarter of an hour after it, at no particular practitioner's."""
    defaults = {"name": "First session", "minutes": 75, "buffer_after": 15, "price": "£85"}
    return Service.objects.update_or_create(slug=slug, defaults={**defaults, **fields})[0]


def hours(practitioner: Practitioner, opens: int = NINE, closes: int = FIVE, **fields: Any) -> None:
    """The same hours on every day of the week."""
    for weekday in range(7):
        WorkingHours.objects.create(practitioner=practitioner, weekday=weekday, opens=opens, closes=closes, **fields)


def offers(practitioner: Practitioner, *services: Service) -> Practitioner:
    """The practitioner, open every day from nine to five for these services."""
    for each in services:
        Offering.objects.get_or_create(practitioner=practitioner, service=each)
    if not practitioner.working_hours.exists():
        hours(practitioner)
    return practitioner


def booking(
    client: Client | None = None,
    practitioner: Practitioner | None = None,
    *,
    starts_at: datetime = NOW + timedelta(days=7),
    status: str = Booking.Status.BOOKED,
    of: Service | None = None,
    room: Room | None = None,
    now: datetime = NOW,
    **fields: Any,
) -> Booking:
    """A booking as it stands in the table: no letters, no questions. Ada with Clara, in a week."""
    made = Booking(
        client=None if status == Booking.Status.HELD else client or ada(),
        practitioner=practitioner or clara(),
        service=of or service(),
        room=room,
        status=status,
        zone="Europe/London",
        version=1,
        booked_at=now,
        fixed_at=now,
        fixed_by=Booking.Act.BOOKED,
    )
    made.set_start(starts_at, made.service)
    if status == Booking.Status.HELD:
        made.hold_until, made.visitor = now + timedelta(minutes=15), "somebody"
    if status == Booking.Status.CANCELLED:
        made.cancelled_at, made.cancelled_by = now, Booking.By.CLIENT
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    return made


def booked(
    client_name: str = "Ada Byron",
    *,
    start: datetime = NOW + timedelta(days=7),
    practitioner: Practitioner | None = None,
    of: Service | None = None,
    reasons: tuple[str, ...] = (),
    visitor: str = "somebody",
    now: datetime = NOW,
) -> Booking:
    """A booking made the way a client makes one: held, then booked, with its letters and questions."""
    offered = of or service()
    who = offers(practitioner or clara(), offered)
    held = hold(service=offered, practitioner=who, start=start, visitor=visitor, now=now)
    email = f"{client_name.split(maxsplit=1)[0].lower()}@example.org"
    return book(held=held, name=client_name, email=email, phone="", reasons=reasons, now=now)


# --- aftercare ---------------------------------------------------------------


def session(
    *,
    client: Client | None = None,
    practitioner: Practitioner | None = None,
    starts_at: datetime = NOW + timedelta(hours=1),
    status: str = Booking.Status.BOOKED,
    booked_at: datetime = NOW - timedelta(days=3),
) -> Session:
    """Ada's session with Clara: an hour from 10:00 on the Monday of `NOW`."""
    client, practitioner = client or ada(), practitioner or clara()
    treats(practitioner, client)
    hour, _ = Service.objects.get_or_create(slug="hour", defaults={"name": "One hour", "minutes": 60})
    booking = Booking(
        client=client,
        practitioner=practitioner,
        service=hour,
        status=status,
        booked_at=booked_at,
        cancelled_at=NOW if status == Booking.Status.CANCELLED else None,
        zone=practitioner.timezone,
    )
    booking.set_start(starts_at, hour)
    booking.save()
    return find_session(booking.code)


def find_session(code: UUID) -> Session:
    """The session as it is stored now."""
    found = sessions.find(code)
    assert found is not None
    return found


def flags(client: Client, *ids: str, state: str = Flag.State.OPEN) -> list[Flag]:
    """Flags of a client, as a sent form raises them."""
    practitioner = clara()
    asked = Request(client=client, practitioner=practitioner, about=uuid4(), needed_at=NOW, asked_at=NOW, saved_at=NOW)
    documents.close(asked, {"reasons": []}).save()
    version = in_use("general", NOW)
    response = Response(request=asked, client=client, version=version, slug="general", saved_at=NOW)
    documents.close(response, {"answers": {}, "shown": [], "reached": 0, "baseline": {}, "settings": {}}).save()
    return [_flag(response, each, state) for each in ids]


def answered(client: Client, slug: str, answers: dict[str, object], *, now: datetime = NOW) -> Response:
    """A form that the client sent."""
    asked = Request(client=client, practitioner=clara(), about=uuid4(), needed_at=now, asked_at=now, saved_at=now)
    asked.sent_at, asked.questionnaires = now, [slug]
    documents.close(asked, {"reasons": []}).save()
    response = Response(request=asked, client=client, version=in_use(slug, now), slug=slug, saved_at=now)
    response.status, response.completed_at = Response.Status.COMPLETED, now
    documents.close(response, {"answers": answers, "shown": [], "reached": 99, "baseline": {}, "settings": {}}).save()
    return response


ALL_IS_WELL: dict[str, Any] = {
    "chk_concern": 2,
    "chk_activity": 2,
    "chk_wellbeing": 3,
    "chk_sore": 0,
    "chk_dizzy": "no",
    "chk_feelings": "settled",
    "chk_signs": ["none"],
}


def checked_in(
    client: Client, answers: dict[str, Any], *, deadline: datetime, about: UUID | None = None, now: datetime = NOW
) -> Request:
    """The client sent the check-in after a session with Clara; what waits has this deadline."""
    treats(clara(), client)
    asked = ask_checkin(client=client, practitioner=clara(), about=about or uuid4(), needed_at=now, now=now)
    for page in (1, 2):  # an answer may open a question that was not asked before
        save_page(asked=asked, slug="checkin", answers=ALL_IS_WELL | answers, now=now, page=page)
    send_checkin(asked=asked, now=now)
    alerts.set_deadlines(asked=asked, deadlines={}, otherwise=deadline, now=now)
    return asked


def touch_map(client: Client, default: str = "yes", **areas: str) -> None:
    """Where the client agreed to touch."""
    answer = {area: areas.get(area, default) for area in AREAS}
    consents.give(client=client, asked=None, kind=Consent.Kind.TOUCH, text=["Touch"], answer=answer, now=NOW)


def _flag(response: Response, flag_id: str, state: str) -> Flag:
    flag = Flag(client=response.client, response=response, severity=FLAGS[flag_id].severity, state=state, raised_at=NOW)
    documents.close(flag, {"id": flag_id, "sources": []}).save()
    return flag
