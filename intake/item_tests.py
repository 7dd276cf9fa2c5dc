"""Conditions in FHIRPath on an item of a questionnaire, as `linkId = 'a' or linkId.startsWith('b')`."""

from __future__ import annotations

from collections.abc import Callable

from intake.definition import Item
from intake.fhirpath_reading import Node, Unknown

Truth = Callable[[Item], bool]
_LINK_ID = Node("dot", "linkId", (Node("name", "$this"),))


def truth(node: Node) -> Truth:
    """A condition on an item that the questionnaire alone decides; whether it is answered is for the total."""
    if node.kind == "sign" and node.word in ("or", "and"):
        one, other = (truth(part) for part in node.parts)
        return (lambda item: one(item) or other(item)) if node.word == "or" else (lambda i: one(i) and other(i))
    if node.kind == "sign" and node.word in ("=", "in", "!=") and node.parts[0] == _LINK_ID:
        names = _texts(node.parts[1])
        return (lambda item: item.link_id not in names) if node.word == "!=" else (lambda i: i.link_id in names)
    if node.kind == "call" and node.word == "startsWith" and node.parts[0] == _LINK_ID:
        start = node.parts[1].word
        return lambda item: item.link_id.startswith(start)
    if node.kind == "call" and node.word in ("exists", "hasValue") and len(node.parts) == 1:
        return lambda item: True
    raise Unknown(node.word)


def _texts(node: Node) -> set[str]:
    if node.kind == "text":
        return {node.word}
    if node.kind == "sign" and node.word == "|":
        return _texts(node.parts[0]) | _texts(node.parts[1])
    raise Unknown(node.word)
