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
    waits = {name: _looked_at(definition, name) for name in (*definition.by_id, *definition.scores_by_id)}
    try:
        return tuple(TopologicalSorter(waits).static_order())
    except CycleError as error:
        raise Circle(list(error.args[1])) from error


def _looked_at(definition: Definition, name: str) -> list[str]:
    if name in definition.scores_by_id:
        return list(definition.scores_by_id[name].items)
    parent = definition.parents.get(name)
    asked = [condition.question for condition in definition.item(name).enable_when]
    return asked + ([parent] if parent else [])
