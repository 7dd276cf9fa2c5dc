"""Builders of rows: plain functions with sensible defaults, one section a folder."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from clinic.outbox.models import Message
from clinic.outbox.registry import Planned
from clinic.outbox.services import queue
from clinic.people.models import Client, HelpNumber, Practice, Practitioner
from intake.access import link_to
from intake.models import Request
from intake.services import ask
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


def intake_token(asked: Request, *, now: datetime = NOW) -> str:
    """The token of the client's link to these questions."""
    return link_to(asked, now=now).rstrip("/").rsplit("/", 1)[-1]


# --- bookings ----------------------------------------------------------------


# --- aftercare ---------------------------------------------------------------
