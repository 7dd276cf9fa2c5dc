"""Numbers from answers: items to scores, exactly, and never from too few answers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from intake.definition import Definition, Item, Score
from intake.values import Value

Values = Mapping[str, tuple[Value, ...]]


def item_score(item: Item, values: tuple[Value, ...]) -> Decimal | None:
    """What one item adds; None when it was not answered, declined or has no score."""
    scores = [score for value in values if (score := _worth(item, value)) is not None]
    return sum(scores, Decimal(0)) if scores else None


def _worth(item: Item, value: Value) -> Decimal | None:
    """The score of an option where it has one; else the number that was given."""
    option = item.option(str(value)) if item.options else None
    if option and option.score is not None:
        return option.score
    return Decimal(value) if isinstance(value, (int, Decimal)) else None


def exact(score: Score, definition: Definition, values: Values) -> Decimal | None:
    """The score, unrounded; None when fewer than `minimum_answered` of its items count. With 0, nothing makes 0."""
    each = [_share(score, definition.item(link_id), values.get(link_id, ())) for link_id in score.items]
    answered = [number for number in each if number is not None]
    if len(answered) < score.minimum_answered:
        return None
    total = sum(answered, Decimal(0)) * score.factor
    return total / len(answered) if score.method == "mean" else total


def _share(score: Score, item: Item, values: tuple[Value, ...]) -> Decimal | None:
    if score.method != "count":
        return item_score(item, values)
    ticked = [value for value in values if not (option := item.option(value)) or not option.exclusive]
    return Decimal(len(ticked)) if values else None


def rounded(value: Decimal | None) -> Decimal | None:
    """One decimal, halves up: what is kept and shown, never what is compared."""
    return None if value is None else value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
