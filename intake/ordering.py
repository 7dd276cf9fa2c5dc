"""The order to evaluate in: each item and score after everything it looks at."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from intake.definition import Definition


class Circle(Exception):
    """Items or scores that wait for each other."""

    def __init__(self, names: list[str]) -> None:
        self.path = f"item[{names[0]}].enableWhen"
        self.reason = f"goes in a circle: {' -> '.join(names)}"
        super().__init__(f"{self.path}: {self.reason}")


def evaluation_order(definition: Definition) -> tuple[str, ...]:
    """Link ids and score ids; raises Circle when there is no such order."""
    names = dict.fromkeys([*definition.by_id, *definition.scores_by_id])
    waits = {name: _looked_at(definition, name) for name in names}
    try:
        return tuple(TopologicalSorter(waits).static_order())
    except CycleError as error:
        raise Circle(list(error.args[1])) from error


def _looked_at(definition: Definition, name: str) -> list[str]:
    score, item = definition.scores_by_id.get(name), definition.by_id.get(name)
    added = list(score.items) if score else []
    parent = definition.parents.get(name)
    asked = [condition.question for condition in item.enable_when] if item else []
    return added + asked + ([parent] if parent else [])
