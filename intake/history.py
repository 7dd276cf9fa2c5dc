"""What a client sent before: each form as it was last answered, and the course of every score."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from clinic.people.models import Client
from intake import documents, meaning, versions
from intake.access import newest_completed
from intake.definition import Score as Scored
from intake.meaning import Around, Reading
from intake.models import Request, Score
from intake.trend import Course, Point, Trend, trend

AREAS = {"jaw": "jaw", "pel": "pelvis"}


def before(client: Client, known: Around, *, moment: datetime) -> list[Reading]:
    """The newest of each form that was sent before this moment, in the order of sending."""
    return [meaning.read(response, known) for response in newest_completed(client, before=moment).values()]


def courses(client: Client, *, until: datetime) -> Trend | None:
    """Every score over time, with the sessions between; a check-in goes on with the score that it repeats."""
    found: dict[str, tuple[Scored, list[Point]]] = {}
    rows = Score.objects.filter(client=client, scored_at__lte=until).order_by("scored_at", "number")
    for row in rows.select_related("client", "response__version"):
        document = documents.read(row)
        score = versions.definition_of(row.response).scores_by_id[document["id"]]
        if document["value"] is not None:
            _, points = found.setdefault(score.compare_to or score.id, (score, []))
            points.append(Point(row.scored_at, Decimal(document["value"])))
    made = {name: Course(label(score), score.lowest, score.highest, points) for name, (score, points) in found.items()}
    return trend(made, list(_sessions(client, until)))


def label(score: Scored) -> str:
    """Two forms may measure a "Pain level": the id says which."""
    area = AREAS.get(score.id.partition("_")[0], "")
    return f"{score.label} ({area})" if area else score.label


def _sessions(client: Client, until: datetime) -> Iterable[datetime]:
    held = Request.objects.filter(client=client, purpose=Request.Purpose.PRESESSION, cancelled_at=None)
    return held.filter(needed_at__lt=until).order_by("needed_at").values_list("needed_at", flat=True)
