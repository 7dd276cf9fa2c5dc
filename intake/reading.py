"""Reads a questionnaire file: strict YAML, with line numbers for what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

MOST_CHARACTERS = 200_000


class Unreadable(Exception):
    """A text that is not the YAML we accept; `path` is a line."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class _Loader(yaml.SafeLoader):
    """YAML without its traps: `no` and `2026-01-01` stay words, a key stands once, nothing is an alias."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise Unreadable(_line(event.start_mark), "an alias (*) is not allowed; write the words out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _value in node.value:
            if key.value in seen:
                raise Unreadable(_line(key.start_mark), f"{key.value} stands twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_yaml(text: str) -> dict[str, Any]:
    """The mapping in a text; raises Unreadable."""
    if len(text) > MOST_CHARACTERS:
        raise Unreadable("file", f"longer than {MOST_CHARACTERS} letters")
    try:
        stored = yaml.load(text, Loader=_Loader)  # noqa: S506 -- a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise Unreadable(_line(error.problem_mark), error.problem or "is not YAML") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Unreadable("file", "is not YAML that can be read") from error
    if not isinstance(stored, dict):
        raise Unreadable("file", "must hold slug, version, title and item")
    return stored


def _line(mark: Any) -> str:
    return f"line {mark.line + 1}" if mark else "file"
