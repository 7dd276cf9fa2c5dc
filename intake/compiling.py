"""From a questionnaire file to a Definition, or to every problem it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intake.definition import Definition


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands in the file and why it cannot stay."""

    path: str
    reason: str


class DefinitionProblems(Exception):  # noqa: N818 -- it carries many problems
    """A questionnaire file that cannot be compiled, with all its problems."""

    def __init__(self, source: str, problems: list[Problem]) -> None:
        super().__init__("\n".join(f"{source}: {problem.path}: {problem.reason}" for problem in problems))
        self.source = source
        self.problems = problems


def compile_yaml(text: str, source: str) -> Definition:
    """The definition in a YAML text; raises DefinitionProblems naming each problem."""
    raise NotImplementedError


def shipped() -> Mapping[str, Definition]:
    """The questionnaires that come with the product, by slug."""
    raise NotImplementedError
