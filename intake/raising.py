"""The flags that answers and scores raise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from intake.answers import parts
from intake.definition import Answer, Definition, Item, Rule, Score
from intake.enablement import compares
from intake.scoring import item_score
from intake.values import Value


@dataclass(frozen=True)
class Raised:
    """A flag and what raised it, as `gen_today=chest`, `score pel_impact >= 65` or `rule X1`."""

    flag: str
    source: str


def of_answers(definition: Definition, values_of: Callable[[str], tuple[Value, ...]]) -> Iterator[Raised]:
    """What the answers raise, by their options and by the rules of their questions."""
    for link_id, item in definition.by_id.items():
        values = values_of(link_id)
        for value in values:
            option = item.option(value)
            yield from (Raised(flag, f"{link_id}={value}") for flag in (option.flags if option else ()))
        yield from _rule_flags(item.rules, link_id, _ruled(item, values))


def _ruled(item: Item, values: tuple[Value, ...]) -> dict[str, tuple[Value, ...]]:
    """What an item's rules look at; "None of these" and "nowhere" are no answer to them."""
    score = item_score(item, values)
    meant = tuple(value for value in values if not ((option := item.option(value)) and option.exclusive))
    return {"answer": meant, "score": () if score is None else (score,)}


def of_scores(
    definition: Definition, scores: Mapping[str, Decimal | None], baseline: Mapping[str, Answer]
) -> Iterator[Raised]:
    """What the scores raise, by themselves and against the score before."""
    for name, value in scores.items():
        score = definition.scores_by_id[name]
        looked_at = {"score": () if value is None else (value,), "change": _change(score, value, baseline)}
        yield from _rule_flags(score.rules, f"score {name}", looked_at)


def _change(score: Score, value: Decimal | None, baseline: Mapping[str, Answer]) -> tuple[Value, ...]:
    before = parts(baseline.get(score.compare_to))
    if value is None or not before or not isinstance(before[0], (int, Decimal)):
        return ()
    return (value - Decimal(before[0]),)


def _rule_flags(rules: Iterable[Rule], name: str, looked_at: Mapping[str, tuple[Value, ...]]) -> Iterator[Raised]:
    for rule in rules:
        values = looked_at.get(rule.of, ())
        if compares(rule.operator, values, rule.value):
            of = " change" if rule.of == "change" else ""
            yield Raised(rule.flag, f"{name}{of} {rule.operator} {rule.value}")
