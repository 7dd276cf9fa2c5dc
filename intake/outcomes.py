"""How scores changed over the courses of many clients: counts and means, never one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean

from django.db.models import QuerySet

from clinic.people.models import Client
from intake import documents, history, versions
from intake.definition import Score as Scored
from intake.models import Score

FEWEST = 5  # a smaller group says too much of single people, and nothing of the work


@dataclass(frozen=True)
class Outcome:
    """One score: how many gave it at least twice, their first and latest values; None where they are few."""

    label: str
    range: str
    clients: int | None
    first: Decimal | None = None
    latest: Decimal | None = None
    better: int | None = None
    same: int | None = None
    worse: int | None = None


def outcomes(clients: QuerySet[Client]) -> list[Outcome]:
    """Each score that was given at least twice by anybody, by its label."""
    courses: dict[str, dict[object, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    kinds: dict[str, Scored] = {}
    rows = Score.objects.filter(client__in=clients).order_by("scored_at", "number")
    for row in rows.select_related("client", "response"):
        document = documents.read(row)
        score = versions.definition_of(row.response).scores_by_id[document["id"]]
        name = score.compare_to or score.id
        kinds.setdefault(name, score)
        if document["value"] is not None:
            courses[name][row.client_id].append(Decimal(document["value"]))
    repeated = {name: [each for each in found.values() if len(each) > 1] for name, found in courses.items()}
    made = [_outcome(kinds[name], found) for name, found in repeated.items() if found]
    return sorted(made, key=lambda outcome: outcome.label)


def _outcome(score: Scored, courses: list[list[Decimal]]) -> Outcome:
    label, scale = history.label(score), f"{score.lowest} to {score.highest}"
    if len(courses) < FEWEST:
        return Outcome(label, scale, None)
    changes = [course[-1] - course[0] for course in courses]
    enough = score.meaningful_change or Decimal("0.1")
    better, worse = _count(-change >= enough for change in changes), _count(change >= enough for change in changes)
    same = len(changes) - better - worse
    parts = [better, same, worse]
    hidden = any(0 < part < FEWEST for part in parts)  # a count of one or two would point at somebody
    shown = [None, None, None] if hidden else parts
    first, latest = (_mean(course[place] for course in courses) for place in (0, -1))
    return Outcome(label, scale, len(courses), first, latest, *shown)


def _count(found: Iterable[bool]) -> int:
    return sum(found)


def _mean(values: Iterable[Decimal]) -> Decimal:
    return Decimal(mean(values)).quantize(Decimal("0.1"))
