"""How strong it is at each place that was ticked: one page for all of them, and every answer may be left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from intake import documents
from intake.definition import NOWHERE, Item
from intake.meaning import Reading
from intake.models import Request
from intake.regions import REGIONS
from intake.services import lock_open

ASKED_OF = frozenset({"pel_map", "jaw_map"})  # the maps of where it is felt, not of where not to touch
LEVELS = {"1": "A little", "2": "Some", "3": "A lot"}


def places(item: Item, reading: Reading) -> list[str]:
    """The ticked places whose strength is asked."""
    answer = reading.answers.get(item.link_id)
    if item.link_id not in ASKED_OF or not isinstance(answer, list):
        return []
    return [place for place in answer if place in REGIONS and place != NOWHERE]


def of(reading: Reading, link_id: str) -> dict[str, str]:
    """Place by place, what was said about its strength."""
    kept: dict[str, str] = reading.document.get("strength", {}).get(link_id, {})
    return kept


@transaction.atomic
def save(*, asked: Request, slug: str, link_id: str, strengths: Mapping[str, str], now: datetime) -> None:
    """Keep how strong it is; a place without an answer has none."""
    locked = lock_open(asked)
    response = locked.responses.select_related("client").get(slug=slug)
    document = documents.read(response)
    known = {place: level for place, level in strengths.items() if level in LEVELS}
    document["strength"] = {**document.get("strength", {}), link_id: known}
    response.saved_at = locked.saved_at = now
    documents.close(response, document).save(update_fields=["sealed", "saved_at"])
    locked.save(update_fields=["saved_at"])
