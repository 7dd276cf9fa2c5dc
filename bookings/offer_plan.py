"""Which letters somebody on the waiting list should have, and when: a pure function of her entry and its offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bookings.plan import Letter
from clinic.people.quiet import Quiet

JOINED, OFFER, OFFER_OVER, WAIT_OVER = "waitlist_joined", "offer", "offer_over", "waitlist_over"
KINDS = (JOINED, OFFER, OFFER_OVER, WAIT_OVER)
WORTH_SAYING = timedelta(days=2)  # later, that something is over is no news


@dataclass(frozen=True)
class OfferFacts:
    """One offer, as far as letters go."""

    key: str
    state: str
    made_at: datetime
    until: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class EntryFacts:
    """What the letters of one entry depend on; one offer at most is open."""

    state: str
    joined_at: datetime
    closed_at: datetime | None
    offers: Sequence[OfferFacts]
    quiet: Quiet


def plan(facts: EntryFacts) -> list[Letter]:
    """All letters of this entry, sent or not, as it stands now."""
    if facts.state == "expired" and facts.closed_at is not None:
        return [_over(WAIT_OVER, "", facts.closed_at, facts.quiet, "The last day to wait for has passed.")]
    if facts.state != "waiting":
        return []
    latest = max(facts.offers, key=lambda each: (each.state == "open", each.closed_at or each.made_at), default=None)
    return _joined(facts) + (_of_offer(latest, facts.quiet) if latest else [])


def _joined(facts: EntryFacts) -> list[Letter]:
    if any(each.made_at == facts.joined_at for each in facts.offers):
        return []  # the offer says that she is on the list
    at = facts.joined_at
    return [Letter(JOINED, "", at, at + WORTH_SAYING, "The client joined the waiting list.")]


def _of_offer(offer: OfferFacts, quiet: Quiet) -> list[Letter]:
    if offer.state == "open":
        return [Letter(OFFER, offer.key, offer.made_at, offer.until, "A time is kept for the client.")]
    if offer.state == "lapsed" and offer.closed_at is not None:
        return [_over(OFFER_OVER, offer.key, offer.closed_at, quiet, "An offer lapsed; the place is kept.")]
    return []


def _over(kind: str, occasion: str, at: datetime, quiet: Quiet, reason: str) -> Letter:
    return Letter(kind, occasion, quiet.later(at), at + WORTH_SAYING, reason)
