"""Reads YAML by a description of what may stand there; every fault is named by line and field, all at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import yaml

from clinic.people.wording import has_control

WALL = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:00")
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,50}")
TRUE, FALSE = {"true", "yes", "on"}, {"false", "no", "off"}

CONTROLS = "Leave out control characters; line ends and tabs may stay."
ONE_LINE = "Leave out control characters and line ends: this is one line."
Parse = Callable[["Reader", yaml.Node, str], Any]


@dataclass(frozen=True)
class Problem:
    """One fault; `str()` is the line that a person reads."""

    line: int
    field: str
    words: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field}: {self.words}" if self.field else f"line {self.line}: {self.words}"


class FileProblems(Exception):
    """Everything that is wrong with a file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass
class Reader:
    """Collects the problems while the parsers below walk the nodes."""

    problems: list[Problem] = field(default_factory=list)
    defined: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    references: list[tuple[yaml.Node, str, str, str]] = field(default_factory=list)

    def wrong(self, node: yaml.Node, path: str, words: str) -> None:
        self.problems.append(Problem(node.start_mark.line + 1, path, words))


@dataclass(frozen=True)
class Key:
    """One key of a mapping: how its value is read, and what holds when it is absent."""

    parse: Parse
    default: Any = None
    is_required: bool = False


def read(text: str, keys: Mapping[str, Key]) -> dict[str, Any]:
    """The file's values by key; raises FileProblems."""
    reader = Reader()
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileProblems([Problem(line, "", f"This is not YAML: {error.problem}.")]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise FileProblems([Problem(line, "", f"No file holds the character U+{error.character:04X}.")]) from error
    if node is None:
        raise FileProblems([Problem(1, "", "The file is empty.")])
    found: dict[str, Any] = mapping(keys)(reader, node, "")
    for where, path, what, slug in reader.references:
        if slug not in reader.defined[what]:
            known = ", ".join(reader.defined[what]) or "none"
            reader.wrong(where, path, f"There is no {what} {slug}. Known: {known}.")
    if reader.problems:
        raise FileProblems(sorted(reader.problems, key=lambda problem: problem.line))
    return found


def mapping(keys: Mapping[str, Key], *, check: Callable[[dict[str, Any]], str] | None = None) -> Parse:
    """A mapping with these keys only; `check` looks at the values together and says what is wrong."""

    def parse(reader: Reader, node: yaml.Node, path: str) -> dict[str, Any]:
        values = {name: key.default for name, key in keys.items()}
        if not isinstance(node, yaml.MappingNode):
            reader.wrong(node, path, f"This must be a mapping with the keys {', '.join(keys)}.")
            return values
        seen: set[str] = set()
        for name_node, value_node in node.value:
            name, at = str(name_node.value), f"{path}.{name_node.value}" if path else str(name_node.value)
            if name not in keys:
                reader.wrong(name_node, at, f"This key is not known. Known: {', '.join(keys)}.")
            elif name in seen:
                reader.wrong(name_node, at, "This key stands here twice.")
            elif not _is_null(value_node) or keys[name].is_required:
                values[name] = keys[name].parse(reader, value_node, at)
            seen.add(name)
        for name, key in keys.items():
            if key.is_required and name not in seen:
                reader.wrong(node, f"{path}.{name}" if path else name, "This is missing.")
        if check and (words := check(values)):
            reader.wrong(node, path, words)
        return values

    return parse


def listing(of: Parse, *, once: str = "", called: str = "") -> Parse:
    """A list; where `once` names a key, no two of its mappings have the same value there."""

    def parse(reader: Reader, node: yaml.Node, path: str) -> list[Any]:
        if _is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            reader.wrong(node, path, "This must be a list.")
            return []
        found = [of(reader, each, f"{path}[{number}]") for number, each in enumerate(node.value)]
        seen = [each[once] for each in found] if once else []
        for number, value in enumerate(seen):
            if value in seen[:number]:
                reader.wrong(node.value[number], f"{path}[{number}].{once}", f"There is another {called}.")
        return found

    return parse


def optional(of: Parse) -> Parse:
    """The value, or nothing where `null` stands."""
    return lambda reader, node, path: None if _is_null(node) else of(reader, node, path)


def scalar(convert: Callable[[str], Any], words: str, wrong: Any = None) -> Parse:
    """A single value; `convert` raises ValueError for one that will not do, and `words` say what would."""

    def parse(reader: Reader, node: yaml.Node, path: str) -> Any:
        if isinstance(node, yaml.ScalarNode):
            with suppress(ValueError):
                return convert(node.value.strip())
        reader.wrong(node, path, words)
        return wrong

    return parse


def text(longest: int, *, may_be_empty: bool = True, many_lines: bool = False) -> Parse:
    """Words for people; line ends and tabs only where there may be many lines."""

    def convert(value: str) -> str:
        if len(value) > longest or not (value or may_be_empty):
            raise ValueError(value)
        return value

    plain = scalar(convert, f"This must be text of at most {longest} characters.", "")

    def parse(reader: Reader, node: yaml.Node, path: str) -> Any:
        if isinstance(node, yaml.ScalarNode) and has_control(node.value.strip(), many_lines=many_lines):
            reader.wrong(node, path, CONTROLS if many_lines else ONE_LINE)
            return ""
        return plain(reader, node, path)

    return parse


def number(least: int, most: int) -> Parse:
    def convert(value: str) -> int:
        if not least <= int(value) <= most:
            raise ValueError(value)
        return int(value)

    return scalar(convert, f"This must be a whole number from {least} to {most}.", least)


def one_of(known: Collection[str], what: str, *, or_starting: str = "") -> Parse:
    def convert(value: str) -> str:
        if value not in known and not (or_starting and value.startswith(or_starting)):
            raise ValueError(value)
        return value

    return scalar(convert, f"There is no such {what}. Known: {', '.join(known) or 'none'}.", "")


def defines(what: str) -> Parse:
    """A slug that this file gives to something; each only once."""

    def parse(reader: Reader, node: yaml.Node, path: str) -> str:
        slug: str = scalar(_slug, "This must be a short name of letters, digits, - and _.", "")(reader, node, path)
        if slug and slug in reader.defined[what]:
            reader.wrong(node, path, f"There is another {what} {slug}.")
        reader.defined[what].append(slug)
        return slug

    return parse


def refers_to(what: str) -> Parse:
    """A slug that this file must give to something, before or after."""

    def parse(reader: Reader, node: yaml.Node, path: str) -> str:
        slug: str = scalar(_slug, f"This must be the slug of a {what}.", "")(reader, node, path)
        if slug:
            reader.references.append((node, path, what, slug))
        return slug

    return parse


def flag(reader: Reader, node: yaml.Node, path: str) -> bool:
    return bool(scalar(_flag, "This must be true or false.", wrong=False)(reader, node, path))


def wall(reader: Reader, node: yaml.Node, path: str) -> int:
    """A time of day in minutes; 24:00 is 1440."""
    found: int = scalar(_wall, 'This must be a time of day such as "09:30", or "24:00".', 0)(reader, node, path)
    return found


def wall_before_midnight(reader: Reader, node: yaml.Node, path: str) -> int:
    """A time of day at which something can begin."""
    found = wall(reader, node, path)
    if found == 1440:
        reader.wrong(node, path, 'A day begins at "00:00"; 24:00 can only end one.')
    return found


day: Parse = scalar(date.fromisoformat, "This must be a date such as 2026-12-24.", date(2000, 1, 1))
moment: Parse = scalar(datetime.fromisoformat, 'This must be a time such as "2026-12-28T09:00".', datetime.min)  # noqa: DTZ901
clock: Parse = scalar(time.fromisoformat, 'This must be a time of day such as "20:30".', time())


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        raise ValueError(value)
    return value


def _flag(value: str) -> bool:
    if value.lower() not in TRUE | FALSE:
        raise ValueError(value)
    return value.lower() in TRUE


def _wall(value: str) -> int:
    if not WALL.fullmatch(value):
        raise ValueError(value)
    hours, minutes = value.split(":")
    return int(hours) * 60 + int(minutes)


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
