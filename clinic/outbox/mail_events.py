"""The door for mail providers: what django-anymail reads from their webhooks, in our words; it checks who knocks."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.dispatch import receiver

from clinic.outbox.bounces import Kind, Report, take_in
from clinic.people import clock

log = logging.getLogger(__name__)
NO_SUCH_ADDRESS = {RejectReason.BOUNCED, RejectReason.INVALID}


@receiver(tracking, dispatch_uid="clinic.outbox.mail_events")
def told(sender: object, event: AnymailTrackingEvent, esp_name: str, **more: object) -> None:
    """Anymail's one way to hand a report on; an error here answers 500, and the provider reports again later."""
    kind = kind_of(event)
    if kind is None:
        return
    report = Report(
        provider=esp_name,
        key=_key(event),
        kind=kind,
        address=(event.recipient or "").strip(),
        message_id=event.message_id or "",
    )
    is_new = take_in(report, now=clock.now())
    log.info("%s reports: %s%s.", esp_name, kind, "" if is_new else ", again")


def kind_of(event: AnymailTrackingEvent) -> str | None:
    """What a report means for us; None where it means nothing."""
    said: Any = event.esp_event if hasattr(event.esp_event, "get") else {}
    if event.event_type == EventType.DEFERRED or said.get("Type") == "SoftBounce":  # Postmark calls both a bounce
        return Kind.LATER
    if event.event_type in (EventType.COMPLAINED, EventType.UNSUBSCRIBED):
        return Kind.COMPLAINT
    if event.event_type in (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED):
        return Kind.GONE if event.reject_reason in NO_SUCH_ADDRESS else Kind.REFUSED
    return None


def _key(event: AnymailTrackingEvent) -> str:
    """The provider's own name for the event; not every provider has one."""
    at = event.timestamp.isoformat() if isinstance(event.timestamp, datetime) else ""
    return event.event_id or f"{event.event_type} {event.message_id} {event.recipient} {at}"
