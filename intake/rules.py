"""The cross rules: what several answers mean together, over all of a client's newest forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from intake.definition import Answer
from intake.evaluation import Raised


@dataclass(frozen=True, kw_only=True)
class ClinicalFacts:
    """What is known of a client today: the newest answer of each link id, live flags, newest scores."""

    today: date
    age: int | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    scores: Mapping[str, Decimal | None] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()  # link ids that were shown in responses sent to us


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Something a rule asks of a page: `does` is card, mark, preset, guardian, hide_scores, hold or route."""

    rule: str
    does: str
    words: str
    flag: str = ""


def cross(facts: ClinicalFacts) -> list[Raised]:
    """The flags that the cross rules raise."""
    raise NotImplementedError


def advise(facts: ClinicalFacts) -> list[Advice]:
    """What else the cross rules ask for."""
    raise NotImplementedError
