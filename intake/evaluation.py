"""What a set of answers means: one pure pass that shows, drops, checks, scores and flags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from intake.answers import complaint, counted, is_declined, parts
from intake.definition import Answer, Definition, Item, Rule, Score, Value
from intake.enablement import compares, is_enabled
from intake.scoring import exact, item_score, rounded


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
    """A flag and what raised it, as `gen_today=chest`, `score pel_impact >= 65` or `rule X1`."""

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
    exact: dict[str, Decimal | None] = field(default_factory=dict)  # scores unrounded: the best baseline for next time
    values: dict[str, tuple[Value, ...]] = field(
        default_factory=dict
    )  # what counts of each enabled item, hidden ones too
    declined: dict[str, str] = field(default_factory=dict)  # link id -> `skip` or `in_person`

    @property
    def flag_ids(self) -> tuple[str, ...]:
        """Each raised flag once, in order."""
        return tuple(dict.fromkeys(raised.flag for raised in self.flags))


def evaluate(definition: Definition, answers: Mapping[str, Answer], context: Context) -> Result:
    """The meaning of `answers`; safe to call at every Continue, on unfinished forms too."""
    seen = _look(definition, {link_id: parts(answer) for link_id, answer in answers.items()}, context)
    shown = [item for item in definition.by_id.values() if item.link_id in seen.enabled and not item.hidden]
    return Result(
        enabled=tuple(item.link_id for item in shown),
        dropped=tuple(link_id for link_id, given in seen.given.items() if given and _is_dropped(seen, link_id)),
        errors=_errors(seen, shown),
        scores={name: rounded(value) for name, value in seen.scores.items()},
        flags=(*_answer_flags(seen), *_score_flags(seen)),
        exact=seen.scores,
        values={item.link_id: seen.values[item.link_id] for item in definition.walk() if item.link_id in seen.enabled},
        declined={item.link_id: str(given[0]) for item in shown if is_declined(item, given := seen.of(item))},
    )


@dataclass(frozen=True)
class _Seen:
    """What the one pass over the definition has found so far."""

    definition: Definition
    given: Mapping[str, tuple[Value, ...]]
    context: Context
    enabled: set[str] = field(default_factory=set)
    values: dict[str, tuple[Value, ...]] = field(default_factory=dict)  # what counts, by link id or score id
    scores: dict[str, Decimal | None] = field(default_factory=dict)

    def of(self, item: Item) -> tuple[Value, ...]:
        """What was given for an item; hidden items are filled from the context, never from a post."""
        return self.given.get(item.link_id, ()) if item.is_asked else _filled(item, self.context)


def _look(definition: Definition, given: Mapping[str, tuple[Value, ...]], context: Context) -> _Seen:
    seen = _Seen(definition, given, context)
    for name in definition.order:
        if name in definition.scores_by_id:
            value = exact(definition.scores_by_id[name], definition, seen.values)
            seen.scores[name] = value
            seen.values[name] = () if value is None else (value,)
        else:
            _look_at(definition.item(name), seen)
    return seen


def _look_at(item: Item, seen: _Seen) -> None:
    """Only an enabled item keeps its answer, so nothing later can see a dropped one."""
    parent = seen.definition.parents.get(item.link_id)
    if (parent is None or parent in seen.enabled) and is_enabled(item, seen.values):
        seen.enabled.add(item.link_id)
        seen.values[item.link_id] = counted(item, seen.of(item))


def _filled(item: Item, context: Context) -> tuple[Value, ...]:
    known = {**context.baseline, **context.settings}
    return parts(known.get(item.link_id, item.initial))


def _is_dropped(seen: _Seen, link_id: str) -> bool:
    item = seen.definition.by_id.get(link_id)
    return item is not None and (link_id not in seen.enabled or not item.is_asked)


def _errors(seen: _Seen, shown: Iterable[Item]) -> dict[str, str]:
    known = seen.definition.by_id
    errors = {link_id: "There is no such question." for link_id in seen.given if link_id not in known}
    asked = (item for item in shown if item.is_asked)
    found = ((item.link_id, complaint(item, seen.of(item))) for item in asked)
    return errors | {link_id: words for link_id, words in found if words}


def _answer_flags(seen: _Seen) -> Iterator[Raised]:
    for link_id, item in seen.definition.by_id.items():
        values = seen.values.get(link_id, ())
        for value in values:
            option = item.option(value)
            yield from (Raised(flag, f"{link_id}={value}") for flag in (option.flags if option else ()))
        yield from _rule_flags(item.rules, link_id, _ruled(item, values))


def _ruled(item: Item, values: tuple[Value, ...]) -> dict[str, tuple[Value, ...]]:
    """What an item's rules look at; "None of these" and "nowhere" are no answer to them."""
    score = item_score(item, values)
    meant = tuple(value for value in values if not ((option := item.option(value)) and option.exclusive))
    return {"answer": meant, "score": () if score is None else (score,)}


def _score_flags(seen: _Seen) -> Iterator[Raised]:
    for name, value in seen.scores.items():
        score = seen.definition.scores_by_id[name]
        looked_at = {"score": () if value is None else (value,), "change": _change(score, value, seen.context)}
        yield from _rule_flags(score.rules, f"score {name}", looked_at)


def _change(score: Score, value: Decimal | None, context: Context) -> tuple[Value, ...]:
    before = parts(context.baseline.get(score.compare_to))
    if value is None or not before or not isinstance(before[0], (int, Decimal)):
        return ()
    return (value - Decimal(before[0]),)


def _rule_flags(rules: Iterable[Rule], name: str, looked_at: Mapping[str, tuple[Value, ...]]) -> Iterator[Raised]:
    for rule in rules:
        values = looked_at.get(rule.of, ())
        if compares(rule.operator, values, rule.value):
            of = " change" if rule.of == "change" else ""
            yield Raised(rule.flag, f"{name}{of} {rule.operator} {rule.value}")
