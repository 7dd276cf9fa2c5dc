"""The scores of a foreign questionnaire: its calculated items, and the conditions that compare them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from intake.definition import Definition, EnableWhen, Item, Score
from intake.fhir_words import CALCULATED, ENABLED_IF, VARIABLE, Json, Looker
from intake.fhirpath_reading import Unknown
from intake.formulas import Formulas
from intake.totals import Compared, Found, Joined, Meaning, Total
from intake.values import NUMBERS

Raw = Mapping[str, tuple[str, Json]]


class Calculated:
    """A definition with a score for each item that is calculated, where we know the calculation."""

    def __init__(self, look: Looker, made: Definition, raw: Raw, variables: list[Json]) -> None:
        self.look, self.raw = look, raw
        self.made = made
        self.variables = _named(variables)
        found = [score for item in made.walk() if (score := self._score(item))]
        self.definition = replace(made, scores=(*found, *made.scores))

    def conditions(self, link_id: str) -> tuple[str, list[EnableWhen | None]] | None:
        """The comparisons in an item's enableWhenExpression; None where it has none."""
        path, stored = self.raw[link_id]
        expression = _expression(stored, ENABLED_IF)
        if expression is None:
            return None
        try:
            meaning = self._formulas(link_id).meaning(expression)
            joined = meaning if isinstance(meaning, Joined) else Joined("all", (_one(meaning),))
            return joined.behavior, [made for each in joined.each for made in self._conditions(each, joined.behavior)]
        except Unknown:
            self.look.refuse(path, f"enableWhenExpression {expression}")
            return None

    def _conditions(self, compared: Compared, behavior: str) -> list[EnableWhen]:
        """The comparison; `!=` of nothing is nothing in FHIRPath, and true in `enableWhen`."""
        score = self._score_of(compared.total)
        made = EnableWhen(question=score, operator=compared.sign, answer=compared.number)
        if compared.sign != "!=" or not self.definition.scores_by_id[score].minimum_answered:
            return [made]
        if behavior == "any":
            raise Unknown("!=")
        return [EnableWhen(question=score, operator="exists", answer=True), made]

    def _score_of(self, total: Total | Found) -> str:
        """The score that this is: the calculated item's own answer, or the same calculation once more."""
        if isinstance(total, Found):
            if total.stage == "value" and len(total.items) == 1 and total.items[0] in self.definition.scores_by_id:
                return total.items[0]
            raise Unknown("value")
        same = {"items": total.items, "method": total.method, "factor": total.factor}
        for score in self.definition.scores:
            if {name: getattr(score, name) for name in same} == same and score.minimum_answered == total.enough:
                return score.id
        raise Unknown("total")

    def _score(self, item: Item) -> Score | None:
        path, stored = self.raw[item.link_id]
        expression = _expression(stored, CALCULATED)
        if expression is None:
            return None
        try:
            total = self._formulas(item.link_id).total(expression, of=item.link_id)
        except Unknown:
            self.look.refuse(path, f"calculatedExpression {expression}")
            return None
        if item.type not in NUMBERS or not total.items or not self._adds_up(total):
            self.look.refuse(path, f"calculatedExpression over answers that have no scores: {expression}")
            return None
        lowest, highest = self._span(total)
        return Score(
            id=item.link_id, label=item.text or item.link_id, items=total.items, method=total.method,
            factor=total.factor, minimum_answered=total.enough, lowest=lowest, highest=highest,
        )  # fmt: skip

    def _adds_up(self, total: Total) -> bool:
        """Whether each answer's number here is the one that the expression takes."""
        items = [self.made.by_id[name] for name in total.items]
        if total.method == "count":
            return not any(option.exclusive for item in items for option in item.options)
        if total.stage == "weight":
            return all(item.options and all(option.score is not None for option in item.options) for item in items)
        return all(item.kind in NUMBERS and all(o.score is None for o in item.options) for item in items)

    def _span(self, total: Total) -> tuple[Decimal, Decimal]:
        """The least and the most that a score can be, as far as the questions say."""
        ends = [_ends(self.made.by_id[name], total) for name in total.items]
        known = [end for end in ends if end is not None]
        if len(known) < len(ends):
            return Decimal(0), Decimal(100)
        share = len(ends) if total.method == "mean" else 1
        low, high = (sum(side) * total.factor / share for side in zip(*known, strict=True))
        return (low, high) if low < high else (Decimal(0), Decimal(100))

    def _formulas(self, link_id: str) -> Formulas:
        """The variables of the form, of the groups around an item, and of the item itself."""
        found = dict(self.variables)
        above = [link_id]
        while above[-1] in self.made.parents:
            above.append(self.made.parents[above[-1]])
        for name in reversed(above):
            found |= _named([each for each in _extensions(self.raw[name][1]) if each.get("url") == VARIABLE])
        return Formulas(self.made.items, found)


def _one(meaning: Meaning) -> Compared:
    if isinstance(meaning, Compared):
        return meaning
    raise Unknown("comparison")


def _ends(item: Item, total: Total) -> tuple[Decimal, Decimal] | None:
    if total.method == "count":
        return Decimal(0), Decimal(len(item.options) if item.repeats and item.options else 1)
    scores = [option.score for option in item.options if option.score is not None]
    if scores and not item.repeats:
        return min(scores), max(scores)
    if item.minimum is not None and item.maximum is not None and not item.repeats:
        return item.minimum, item.maximum
    return None


def _extensions(stored: Json) -> list[Json]:
    found = stored.get("extension")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _expression(stored: Json, url: str) -> str | None:
    for each in _extensions(stored):
        if each.get("url") == url:
            value = each.get("valueExpression")
            if not isinstance(value, Mapping):
                return ""
            language = value.get("language", "text/fhirpath")
            return str(value.get("expression", "")) if language == "text/fhirpath" else f"in {language}"
    return None


def _named(variables: list[Json]) -> dict[str, str]:
    found = [each.get("valueExpression") for each in variables]
    return {
        str(each["name"]): str(each.get("expression", ""))
        for each in found
        if isinstance(each, Mapping) and "name" in each
    }
