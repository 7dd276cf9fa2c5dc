"""Whether it is time to look at the plan again (rule X18): worse after sessions, or no change that matters."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from aftercare.bars import needs_review
from aftercare.models import SessionRecord
from clinic.people.models import Client
from intake import documents
from intake.models import Flag, Score
from intake.versions import definition_of

WORSE = "c_worse_after"


def asks_review(client: Client) -> bool:
    sessions = SessionRecord.objects.filter(client=client, closed_at__isnull=False).count()
    if sessions < 2:
        return False
    return needs_review(_worse_sessions(client), sessions, has_changed=_has_changed(client))


def _worse_sessions(client: Client) -> int:
    """The sessions after which the client was worse; dealt with or not, they count."""
    raised = Flag.objects.filter(
        client=client, severity=Flag.Severity.CONTACT, response__slug__in=["checkin", "reflect"]
    )
    found = raised.select_related("client", "response__request")
    return len({flag.response.request.about for flag in found if documents.read(flag)["id"] == WORSE})


def _has_changed(client: Client) -> bool:
    """Whether any score moved by what its form calls a meaningful change, from the first time to the last."""
    values: dict[str, list[Decimal]] = defaultdict(list)
    meaningful: dict[str, Decimal] = {}
    rows = Score.objects.filter(client=client).order_by("scored_at")
    for score in rows.select_related("client", "response__version"):
        document = documents.read(score)
        if document["value"] is not None:
            values[document["id"]].append(Decimal(document["value"]))
            known = definition_of(score.response).scores_by_id.get(document["id"])
            meaningful[document["id"]] = (known.meaningful_change if known else None) or Decimal("Infinity")
    return any(abs(found[-1] - found[0]) >= meaningful[name] for name, found in values.items())
