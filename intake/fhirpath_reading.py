"""Reads FHIRPath into a tree; nothing is ever run, `formulas` only looks for what it knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

MOST_LETTERS, MOST_DEPTH = 10_000, 60
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^'\\]|\\.)*')|(?P<name>[%$]?`?[A-Za-z_][\w-]*`?)"
    r"|(?P<sign>>=|<=|!=|!~|[().,{}|+*/=<>&\[\]~-]))"
)
_STRENGTH = {"or": 1, "xor": 1, "and": 2, "in": 3, "contains": 3, "=": 4, "!=": 4, "~": 4, ">": 5, "<": 5, ">=": 5,
             "<=": 5, "|": 6, "+": 7, "-": 7, "&": 7, "*": 8, "/": 8, "div": 8, "mod": 8}  # fmt: skip


class Unknown(Exception):
    """An expression that is not read."""


@dataclass(frozen=True)
class Node:
    """One part of an expression: number, text, name, empty, dot (name of the first), call, or a sign between two."""

    kind: str
    word: str = ""
    parts: tuple[Node, ...] = ()

    @property
    def number(self) -> Decimal:
        return Decimal(self.word)


def read(expression: str) -> Node:
    """The tree of an expression; raises Unknown."""
    reader = _Reader(_tokens(expression))
    tree = reader.expression(0)
    if reader.here[0] != "end":
        raise Unknown(expression)
    return tree


def _tokens(expression: str) -> list[tuple[str, str]]:
    if len(expression) > MOST_LETTERS:
        raise Unknown(expression)
    found, place = [], 0
    text = expression.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise Unknown(expression)
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return [*found, ("end", "")]


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    @property
    def here(self) -> tuple[str, str]:
        return self.tokens[self.place]

    def take(self, word: str = "") -> str:
        kind, found = self.here
        if kind == "end" or (word and found != word):
            raise Unknown(found)
        self.place += 1
        return found

    def is_at(self, *words: str) -> bool:
        return self.here[0] in ("sign", "name") and self.here[1] in words

    def expression(self, strength: int) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise Unknown("deep")
        left = self.path()
        while self.is_at(*_STRENGTH) and _STRENGTH[self.here[1]] > strength:
            sign = self.take()
            left = Node("sign", sign, (left, self.expression(_STRENGTH[sign])))
        self.depth -= 1
        return left

    def path(self) -> Node:
        node = self.term()
        while self.is_at(".", "["):
            if self.take() == "[":
                node = Node("call", "at", (node, self.expression(0)))
                self.take("]")
            else:
                node = self.step(node)
        return node

    def step(self, onto: Node) -> Node:
        name = self.take().strip("`")
        return Node("call", name, (onto, *self.arguments())) if self.is_at("(") else Node("dot", name, (onto,))

    def arguments(self) -> list[Node]:
        found: list[Node] = []
        self.take("(")
        while not self.is_at(")"):
            found.append(self.expression(0))
            if not self.is_at(")"):
                self.take(",")
        self.take(")")
        return found

    def term(self) -> Node:
        kind, word = self.here
        if kind == "name":
            return (
                self.step(Node("name", "$this")) if word[0] not in "%$" else Node("name", self.take().replace("`", ""))
            )
        self.take()
        if kind == "number":
            return Node("number", word)
        if kind == "text":
            return Node("text", re.sub(r"\\(.)", r"\1", word[1:-1]))
        if word == "(":
            inner = self.expression(0)
            self.take(")")
            return inner
        if word == "{":
            self.take("}")
            return Node("empty")
        raise Unknown(word)
