"""Knows a score when it sees one: the sums, means and counts that questionnaires calculate in FHIRPath.

The expression is walked over the questionnaire's items instead of a response, which tells whose answers it adds up.
What is not certainly a sum, a mean or a count of them is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from intake.definition import Item
from intake.fhir_words import WEIGHTS
from intake.fhirpath_reading import Node, Unknown, read
from intake.item_tests import truth
from intake.totals import FLIPPED, Enough, Found, Meaning, Total, added, compare, divided, join

_SAME = ("first", "single", "last", "toInteger", "toDecimal", "ofType", "distinct", "at", "trace")


class Formulas:
    """Expressions over one questionnaire's items, with the variables that are in scope."""

    def __init__(self, items: tuple[Item, ...], variables: Mapping[str, str]) -> None:
        self.top = items
        self.by_id = {inner.link_id: inner for item in items for inner in item.walk()}
        self.variables = variables
        self.open: list[str] = []
        self.own = ""  # the item that is calculated: it adds nothing to itself

    def meaning(self, expression: str) -> Meaning:
        """What an expression says; raises Unknown."""
        return self._of(read(expression), None)

    def total(self, expression: str, *, of: str = "") -> Total:
        """The total that an expression calculates for the item `of`; raises Unknown."""
        self.own = of
        found = self.meaning(expression)
        total = self._total(found) if isinstance(found, Found) else found
        if not isinstance(total, Total):
            raise Unknown(expression)
        return total

    def _of(self, node: Node, this: Meaning) -> Meaning:
        if node.kind == "number":
            return node.number
        if node.kind == "empty":
            return None
        if node.kind == "name":
            return self._name(node.word, this)
        if node.kind == "sign":
            return self._sign(node.word, self._of(node.parts[0], this), self._of(node.parts[1], this))
        if node.kind == "call" and node.word == "iif":
            return self._iif(*(self._of(part, this) for part in node.parts[1:]))
        if node.kind in ("dot", "call"):
            return self._step(node, self._of(node.parts[0], this))
        raise Unknown(node.kind)

    def _name(self, word: str, this: Meaning) -> Meaning:
        everything = tuple(item.link_id for item in self.top)
        if word in ("%resource", "%context") or (word == "$this" and this is None):
            return Found(everything, "root")
        if word == "%questionnaire":
            return Found(everything, "form")
        if word == "$this":
            return this
        name = word.lstrip("%")
        if name not in self.variables or name in self.open:
            raise Unknown(word)
        self.open.append(name)
        try:
            return self.meaning(self.variables[name])
        finally:
            self.open.pop()

    def _step(self, node: Node, onto: Meaning) -> Meaning:
        name, arguments = node.word, node.parts[1:]
        if not isinstance(onto, Found):
            if isinstance(onto, Total) and name in _SAME:
                return onto
            raise Unknown(name)
        if name in _SAME or (name in ("hasValue", "select") and not arguments):
            return onto
        known = {"where": self._where, "select": self._select, "aggregate": self._aggregate, "combine": self._union,
                 "union": self._union, "repeat": self._repeat, "extension": self._extension}  # fmt: skip
        return known[name](onto, arguments) if name in known and arguments else self._walk(onto, name)

    def _walk(self, onto: Found, name: str) -> Meaning:
        stage = onto.stage
        if name == "item" and stage in ("root", "form", "item", "answer", "form item"):
            return self._children(onto)
        if name == "descendants" and stage in ("root", "form", "item", "form item"):
            return Found(self._all(onto), "form item" if stage.startswith("form") else "item")
        if name in ("sum", "avg", "count"):
            return self._gather(onto, name)
        if name == "exists":
            return Enough(onto.items, 1)
        onward = _ONWARD.get((stage, "value" if name.startswith("value") else name))
        if onward is None:
            raise Unknown(name)
        return Found(onto.items, onward)

    def _gather(self, onto: Found, name: str) -> Total:
        if name == "count" and onto.stage in ("item", "answer", "value", "weight", "code"):
            return Total(self._asked(onto.items), onto.stage, "count", enough=0)
        total = self._total(onto)
        return replace(total, method="mean" if name == "avg" else "sum", enough=1)

    def _total(self, found: Found) -> Total:
        """One item's number by itself: it is there or it is not."""
        if found.stage not in ("value", "weight"):
            raise Unknown(found.stage)
        items = self._asked(found.items)
        if found.stage == "weight":
            items = tuple(name for name in items if any(o.score is not None for o in self.by_id[name].options))
        return Total(items, found.stage, enough=len(items))

    def _asked(self, items: tuple[str, ...]) -> tuple[str, ...]:
        several = (name for name in items if name != self.own)
        return tuple(name for name in several if self.by_id[name].type not in ("group", "display"))

    def _children(self, onto: Found) -> Found:
        stage = "form item" if onto.stage.startswith("form") else "item"
        if onto.stage in ("root", "form"):
            return Found(onto.items, stage)
        return Found(tuple(child.link_id for name in onto.items for child in self.by_id[name].items), stage)

    def _all(self, onto: Found) -> tuple[str, ...]:
        walked = [inner.link_id for name in onto.items for inner in self.by_id[name].walk()]
        return tuple(name for name in walked if onto.stage in ("root", "form") or name not in onto.items)

    def _repeat(self, onto: Found, arguments: tuple[Node, ...]) -> Found:
        words = {node.word for node in arguments[0].parts} if arguments[0].word == "|" else {arguments[0].word}
        if not words <= {"item", "answer"} or "item" not in words:
            raise Unknown("repeat")
        return Found(self._all(onto), "form item" if onto.stage.startswith("form") else "item")

    def _extension(self, onto: Found, arguments: tuple[Node, ...]) -> Found:
        if arguments[0].word not in WEIGHTS or onto.stage not in ("value", "chosen"):
            raise Unknown("extension")
        return Found(onto.items, "extension")

    def _select(self, onto: Found, arguments: tuple[Node, ...]) -> Meaning:
        return self._of(arguments[0], onto)

    def _aggregate(self, onto: Found, arguments: tuple[Node, ...]) -> Total:
        added = arguments[0]
        words = sorted(part.word for part in added.parts)
        if (
            added.word != "+"
            or words != ["$this", "$total"]
            or [node.word for node in arguments[1:]] != ["0"]  # without a start, `$this + $total` is nothing for ever
        ):
            raise Unknown("aggregate")
        return replace(self._gather(onto, "sum"), enough=0)

    def _union(self, onto: Found, arguments: tuple[Node, ...]) -> Found:
        return self._both(onto, self._of(arguments[0], None))

    def _both(self, one: Meaning, other: Meaning) -> Found:
        if not isinstance(one, Found) or not isinstance(other, Found) or one.stage != other.stage:
            raise Unknown("|")
        if set(one.items) & set(other.items):
            raise Unknown("an answer twice")
        return Found(one.items + other.items, one.stage)

    def _where(self, onto: Found, arguments: tuple[Node, ...]) -> Found:
        if onto.stage == "extension list":
            return self._extension(Found(onto.items, "value"), (arguments[0].parts[1],))
        if onto.stage == "option":
            return self._chosen(onto, arguments[0])
        if onto.stage not in ("item", "form item"):
            raise Unknown("where")
        holds = truth(arguments[0])
        return Found(tuple(name for name in onto.items if holds(self.by_id[name])), onto.stage)

    def _chosen(self, onto: Found, condition: Node) -> Found:
        """The options of a question that its answer in the response chose."""
        if condition.word not in ("in", "="):
            raise Unknown(condition.word)
        option = self._of(condition.parts[0], Found(onto.items, "value"))
        answer = self._of(condition.parts[1], None)
        if option != answer or not isinstance(option, Found) or option.stage not in ("value", "code"):
            raise Unknown("where")
        return Found(onto.items, "chosen")

    def _sign(self, sign: str, one: Meaning, other: Meaning) -> Meaning:
        if sign == "|":
            return self._both(one, other)
        if sign in ("and", "or"):
            return join(sign, one, other)
        if sign in FLIPPED:
            return compare(sign, one, other)
        one, other = (self._total(each) if isinstance(each, Found) else each for each in (one, other))
        if sign == "+" and isinstance(one, Total) and isinstance(other, Total):
            return added(one, other)
        if sign == "*" and isinstance(one, Decimal):
            one, other = other, one
        if sign == "*" and isinstance(one, Total) and isinstance(other, Decimal):
            return replace(one, factor=one.factor * other)
        if sign == "/" and isinstance(one, Total):
            return divided(one, other)
        raise Unknown(sign)

    def _iif(self, condition: Meaning = None, then: Meaning = None, otherwise: Meaning = None) -> Meaning:
        """`iif(enough are answered, total, {})`, and `iif(any is answered, their sum, 0)`."""
        total = self._total(then) if isinstance(then, Found) else then
        if not isinstance(condition, Enough) or not isinstance(total, Total):
            raise Unknown("iif")
        asked = self._asked(condition.items)
        is_several = any(self.by_id[name].repeats for name in asked)  # we count questions, `count()` counts answers
        if set(asked) != set(total.items) or condition.number > (1 if is_several else len(asked)):
            raise Unknown("iif")
        if otherwise == 0 and total.method != "mean" and condition.number <= 1 and total.enough <= 1:
            return replace(total, enough=0)
        if otherwise is not None:
            raise Unknown("iif")
        return replace(total, enough=max(total.enough, condition.number))


_ONWARD = {
    ("item", "answer"): "answer",
    ("answer", "value"): "value",
    ("answer", "weight"): "weight",
    ("answer", "ordinal"): "weight",
    ("value", "weight"): "weight",
    ("value", "ordinal"): "weight",
    ("value", "code"): "code",
    ("value", "value"): "value",
    ("value", "extension"): "extension list",
    ("chosen", "extension"): "extension list",
    ("chosen", "value"): "chosen",
    ("chosen", "weight"): "weight",
    ("chosen", "ordinal"): "weight",
    ("extension", "value"): "weight",
    ("form item", "answerOption"): "option",
}
