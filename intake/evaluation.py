"""What a set of answers means: one pure pass that shows, drops, checks, scores and flags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from intake import raising
from intake.answers import complaint, counted, given_to, how_many, is_declined, parts, rows
from intake.definition import Answer, Definition, Item
from intake.enablement import is_enabled
from intake.raising import Raised
from intake.scoring import exact, rounded
from intake.values import Value

Values = dict[str, tuple[Value, ...]]

__all__ = ["Context", "Raised", "Result", "Row", "evaluate"]


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
class Row:
    """One time that a repeating group was filled in: what was given, which of it is shown, and what counts."""

    given: Mapping[str, Answer]
    enabled: set[str] = field(default_factory=set)
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What evaluating found; `scores` keep one decimal, None means not enough answers."""

    enabled: tuple[str, ...]  # link ids that are shown, in page order (hidden items are never shown)
    dropped: tuple[str, ...]  # answered link ids that do not count: not shown, or not asked
    errors: dict[str, str]  # link id -> what to do about it, in plain words
    scores: dict[str, Decimal | None]
    flags: tuple[Raised, ...]  # in order; one flag may be raised by several answers
    exact: dict[str, Decimal | None] = field(default_factory=dict)  # scores unrounded: the best baseline for next time
    values: Values = field(default_factory=dict)  # what counts of each enabled item, hidden ones too
    rows: dict[str, tuple[Row, ...]] = field(default_factory=dict)  # of each repeating group, as often as it was given
    blank: dict[str, Row] = field(default_factory=dict)  # of each repeating group, what one more row would show
    declined: dict[str, str] = field(default_factory=dict)  # link id -> `skip` or `in_person`

    @property
    def flag_ids(self) -> tuple[str, ...]:
        """Each raised flag once, in order."""
        return tuple(dict.fromkeys(raised.flag for raised in self.flags))


def evaluate(definition: Definition, answers: Mapping[str, Answer], context: Context) -> Result:
    """The meaning of `answers`; safe to call at every Continue, on unfinished forms too."""
    seen = _look(definition, answers, context)
    shown = [item for item in definition.by_id.values() if item.link_id in seen.enabled and not item.hidden]
    alone = [item for item in shown if item.link_id not in definition.rows_of]
    return Result(
        enabled=tuple(item.link_id for item in shown),
        dropped=tuple(link_id for link_id in _answered(seen) if _is_dropped(seen, link_id)),
        errors=_errors(seen, alone),
        scores={name: rounded(value) for name, value in seen.scores.items()},
        flags=(
            *raising.of_answers(definition, seen.all),
            *raising.of_scores(definition, seen.scores, context.baseline),
        ),
        exact=seen.scores,
        values={item.link_id: seen.all(item.link_id) for item in definition.walk() if item.link_id in seen.enabled},
        rows={group: tuple(row for row in several if row.given) for group, several in seen.rows.items()},
        blank={group: several[-1] for group, several in seen.rows.items()},
        declined={item.link_id: str(given[0]) for item in alone if is_declined(item, given := seen.of(item))},
    )


@dataclass(frozen=True)
class _Seen:
    """What the one pass over the definition has found so far."""

    definition: Definition
    given: Mapping[str, Answer]
    context: Context
    enabled: set[str] = field(default_factory=set)
    values: Values = field(default_factory=dict)  # what counts, by link id or score id
    scores: dict[str, Decimal | None] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def of(self, item: Item, row: Row | None = None) -> tuple[Value, ...]:
        """What was given for an item; hidden items are filled from the context, never from a post."""
        given = self.given if row is None else row.given
        return given_to(item, given.get(item.link_id)) if item.is_asked else _filled(item, self.context)

    def all(self, link_id: str) -> tuple[Value, ...]:
        """What counts of an item, every row of its group together."""
        group = self.definition.rows_of.get(link_id)
        if group is None:
            return self.values.get(link_id, ())
        return tuple(value for row in self.rows.get(group, ()) for value in row.values.get(link_id, ()))

    def near(self, row: Row | None) -> Callable[[str], tuple[Value, ...]]:
        """What an item sees of others: in a row its own row, and what stands outside the group."""
        if row is None:
            return lambda name: self.values.get(name, ())
        return lambda name: row.values.get(name, self.values.get(name, ()))


def _look(definition: Definition, given: Mapping[str, Answer], context: Context) -> _Seen:
    seen = _Seen(definition, given, context)
    for name in definition.order:
        item, score = definition.by_id.get(name), definition.scores_by_id.get(name)
        if item is not None:
            _look_at(item, seen)
        if score is not None:
            is_shown = item is None or name in seen.enabled
            value = exact(score, definition, seen.values) if is_shown else None
            seen.scores[name] = value
            seen.values[name] = () if value is None else (value,)
    return seen


def _look_at(item: Item, seen: _Seen) -> None:
    """Only an enabled item keeps its answer, so nothing later can see a dropped one."""
    group = seen.definition.rows_of.get(item.link_id)
    if group is None:
        if _is_open(item, seen, seen.enabled):
            seen.enabled.add(item.link_id)
            seen.values[item.link_id] = counted(item, seen.of(item))
            if item.is_rows:
                seen.rows[item.link_id] = [*(Row(given) for given in _rows_given(item, seen)), Row({})]
        return
    for row in seen.rows.get(group, ()):
        if _is_open(item, seen, row.enabled | {group}, row):
            row.enabled.add(item.link_id)
            row.values[item.link_id] = counted(item, seen.of(item, row)) if row.given else ()
            if row.given or len(seen.rows[group]) == 1:
                seen.enabled.add(item.link_id)


def _is_open(item: Item, seen: _Seen, enabled: set[str], row: Row | None = None) -> bool:
    parent = seen.definition.parents.get(item.link_id)
    return (parent is None or parent in enabled) and is_enabled(item, seen.definition.by_id, seen.near(row))


def _rows_given(group: Item, seen: _Seen) -> Iterable[Mapping[str, Answer]]:
    """The rows of a group; answers given without one stand together in the first."""
    loose = {item.link_id: seen.given[item.link_id] for item in group.walk() if item.link_id in seen.given}
    loose.pop(group.link_id, None)
    return (*rows(seen.given.get(group.link_id)), *rows(loose))


def _filled(item: Item, context: Context) -> tuple[Value, ...]:
    known = {**context.baseline, **context.settings}
    return parts(known.get(item.link_id, item.initial))


def _answered(seen: _Seen) -> list[str]:
    """Every link id that came with an answer, those inside rows too."""
    groups = [item for item in seen.definition.by_id.values() if item.is_rows]
    inner = [name for group in groups for row in _rows_given(group, seen) for name in row if parts(row[name])]
    return list(
        dict.fromkeys([*(name for name in seen.given if parts(seen.given[name]) or rows(seen.given[name])), *inner])
    )


def _is_dropped(seen: _Seen, link_id: str) -> bool:
    item = seen.definition.by_id.get(link_id)
    group = seen.definition.rows_of.get(link_id)
    if item is None or not item.is_asked or link_id not in seen.enabled:
        return item is not None
    several = seen.rows.get(group, ()) if group else ()
    return any(parts(row.given.get(link_id)) and link_id not in row.enabled for row in several)


def _errors(seen: _Seen, shown: Iterable[Item]) -> dict[str, str]:
    known = seen.definition.by_id
    errors = {link_id: "There is no such question." for link_id in _answered(seen) if link_id not in known}
    for item in shown:
        if item.is_rows:
            errors |= _row_errors(item, seen)
        elif item.is_asked and (words := complaint(item, seen.of(item))):
            errors[item.link_id] = words
    return errors


def _row_errors(group: Item, seen: _Seen) -> dict[str, str]:
    """What is wrong in the rows of a group; where there are several, the words say in which."""
    several = [row for row in seen.rows[group.link_id] if row.given]
    needed = complaint(group, ()) if not several else how_many(group, len(several))
    errors = {group.link_id: needed} if needed else {}
    for number, row in enumerate(several, start=1):
        for item in group.walk():
            if item.link_id in row.enabled and item.is_asked and (words := complaint(item, seen.of(item, row))):
                errors.setdefault(item.link_id, f"{number}: {words}" if len(several) > 1 else words)
    return errors
