"""What a set of answers means: one pure pass that shows, drops, checks, scores and flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from intake.definition import Answer, Definition


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the evaluator may know besides the answers.

    `baseline` fills hidden items and is what changes are measured against: `gen_profile` (the earlier
    score), `gen_goal` and `gen_activity` (the client's own words; give None where they left it empty).
    `settings` fills hidden items too: `ask_self_harm`.
    """

    today: date
    age: int | None = None
    baseline: Mapping[str, Answer] = field(default_factory=dict)
    settings: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Raised:
    """A flag and what raised it, as `gen_today=chest`, `score pel_impact>=65` or `rule X1`."""

    flag: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """What evaluating found; `scores` keep one decimal, None means not enough answers."""

    enabled: tuple[str, ...]  # link ids that are shown, in page order (hidden items are never shown)
    dropped: tuple[str, ...]  # answered link ids that do not count: not shown, or not asked
    errors: dict[str, str]  # link id -> what to do about it, in plain words
    scores: dict[str, Decimal | None]
    flags: tuple[Raised, ...]  # in order; one flag may be raised by several answers

    @property
    def flag_ids(self) -> tuple[str, ...]:
        """Each raised flag once, in order."""
        return tuple(dict.fromkeys(raised.flag for raised in self.flags))


def evaluate(definition: Definition, answers: Mapping[str, Answer], context: Context) -> Result:
    """The meaning of `answers`; safe to call at every Continue, on unfinished forms too."""
    raise NotImplementedError
