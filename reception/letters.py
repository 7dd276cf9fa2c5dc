"""Letters that belong to no floor: sign-ins, new links, and what a visitor writes to the practice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from bookings.access import link_to
from bookings.models import Booking
from clinic.outbox.models import Message
from clinic.outbox.registry import Mail, Stop, letter
from clinic.outbox.rendering import Block, compose
from clinic.outbox.services import facts_of
from clinic.outbox.wordings import paragraph
from clinic.people.models import Client, Practice, User
from clinic.people.wording import day_time_said

paragraph(
    "new_link_session",
    "One booking in the letter with new links",
    "{when!}: [see this booking](url!)",
    when="for each session to come",
)


@letter("sign_in_code", title="Sign-in code")
def sign_in_code(about: UUID, now: datetime) -> Mail | Stop:
    """The code for one sign-in, to a practitioner."""
    facts = facts_of(kind="sign_in_code", about=about)
    if not facts:
        return Stop(Message.Status.SUPERSEDED, "The code was used or is over.")
    return compose("sign_in_code", to=facts["email"], context={"code": facts["code"]})


@letter("invitation", title="An invitation to sign in")
def invitation(about: UUID, now: datetime) -> Mail | Stop:
    """How to sign in, to somebody who works here; the letter itself opens nothing."""
    facts = facts_of(kind="invitation", about=about)
    user = User.objects.filter(pk=facts.get("user", 0), is_active=True).first()
    if user is None:
        return Stop(Message.Status.SUPERSEDED, "The sign-in was closed.")
    sign_in = settings.SITE_URL + reverse("today")
    return compose("invitation", to=user, context={"sign_in_url": sign_in, "email": user.email})


@letter("contact_form", title="A message from the website")
def contact_form(about: UUID, now: datetime) -> Mail | Stop:
    """A visitor's words, to the practice; an answer goes to the visitor."""
    facts = facts_of(kind="contact_form", about=about)
    if not facts:
        return Stop(Message.Status.SUPERSEDED, "The message is no longer kept.")
    return compose("contact_form", to=Practice.objects.the().email, context=facts, reply_to=facts["reply_to"])


@letter("new_link", title="New links")
def new_link(about: UUID, now: datetime) -> Mail | Stop:
    """Fresh links to what an address has booked; nothing goes to one that has booked nothing."""
    facts = facts_of(kind="new_link", about=about)
    clients = Client.objects.reachable().filter(email=facts.get("email", ""))
    coming = list(Booking.objects.coming(now).filter(client__in=clients).select_related("client"))
    if not coming:
        return Stop(Message.Status.SUPERSEDED, "Nothing is booked with this address.")
    rows = tuple(
        {"when": day_time_said(booking.starts_at, booking.tz), "url": link_to(booking, now=now)} for booking in coming
    )
    return compose("new_link", to=coming[0].client or "", context={"links": Block("new_link_session", rows)})


@letter("test_letter", title="Notice: a letter to try out")
def test_letter(about: UUID, now: datetime) -> Mail | Stop:
    """A wording as somebody tried it out, to their own address only."""
    facts = facts_of(kind="test_letter", about=about)
    if not facts:
        return Stop(Message.Status.SUPERSEDED, "It is no longer kept.")
    return Mail(
        to=facts["to"],
        subject=f"Test: {facts['subject']}",
        text=facts["text"],
        html=facts["html"],
        headers={"Auto-Submitted": "auto-generated"},
    )
