"""The house stands as README draws it: arrows, module sentences, sizes, and the habits that keep health data safe.

Standard library only, so that it judges the code before anything is installed: python3 -m unittest tests.test_house
"""

import ast
import re
import unittest
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ["clinic", "intake", "bookings", "aftercare", "reception"]
# Each floor may import those before it, and nothing after it.
FLOORS = ["clinic.people", "clinic.outbox", "intake", "bookings", "aftercare", "reception"]
# Inside a folder: each kind of module may import the kinds after it and modules of pure knowledge, never one before it.
LAYERS = [
    {"urls", "desk_urls", "api", "tasks", "management"},
    {"views", "desk"},
    {"forms"},
    {"services"},
    {"letters"},
    {"access"},
    {"models"},
]
DRAWERS = {"utils", "common", "helpers", "misc", "shared", "lib"}
CLOCK = Path("clinic/people/clock.py")
# The one place that says "escaped already": it splits into lines what the template engine escaped a moment before.
SPLITS_ESCAPED_TEXT = Path("clinic/outbox/rendering.py")
LONGEST_VIEW = 25
LONGEST_FUNCTION = 40
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def modules(*folders: str) -> Iterator[Path]:
    """Every module of the product, migrations aside: Django writes those."""
    for folder in folders or FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT)


def dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """The full names that a module imports, with their lines."""
    package = dotted(path).split(".") if path.name == "__init__.py" else dotted(path).split(".")[:-1]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((f"{origin}.{alias.name}", node.lineno) for alias in node.names)


def within(name: str, floor: str) -> bool:
    return name == floor or name.startswith(f"{floor}.")


def floor_of(name: str) -> str | None:
    return next((floor for floor in FLOORS if within(name, floor)), None)


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(parsed(path)) if isinstance(node, Function))


def length(function: Function) -> int:
    """The lines from `def` to the end, without the docstring: explaining is never what makes a function long."""
    body = function.body
    is_docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    docstring = (body[0].end_lineno or 0) - body[0].lineno + 1 if is_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def circle(graph: dict[str, set[str]]) -> list[str]:
    """One circle of the graph, or nothing."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        found = next(filter(None, (walk(following, [*path, name]) for following in sorted(graph[name]))), [])
        done.add(name)
        return found

    return next(filter(None, (walk(name, []) for name in sorted(graph))), [])


class House(unittest.TestCase):
    """Each test names every place that breaks its rule."""

    def refuse(self, faults: list[str]) -> None:
        assert not faults, "\n" + "\n".join(faults)

    def test_each_floor_imports_only_floors_below(self) -> None:
        self.refuse(
            [
                f"{path}:{line} imports {name}"
                for path in modules()
                for name, line in imports(path)
                if (mine := floor_of(dotted(path))) and (theirs := floor_of(name))
                if FLOORS.index(theirs) > FLOORS.index(mine)
            ]
        )

    def test_the_front_door_names_floors_as_strings_only(self) -> None:
        front = [path for path in modules("clinic") if floor_of(dotted(path)) is None]
        self.refuse(
            [f"{path}:{line} imports {name}" for path in front for name, line in imports(path) if floor_of(name)]
        )

    def test_inside_a_folder_pages_know_services_and_never_the_other_way(self) -> None:
        self.refuse(list(self.wrong_layers()))

    def wrong_layers(self) -> Iterator[str]:
        for path in modules():
            mine = floor_of(dotted(path))
            own = layer(dotted(path), mine)
            for name, line in imports(path):
                theirs = layer(name, mine) if mine and floor_of(name) == mine else None
                if own is not None and theirs is not None and theirs < own:
                    yield f"{path}:{line} imports {name}"

    def test_no_module_imports_in_a_circle(self) -> None:
        names = {dotted(path): path for path in modules()}
        graph = {
            name: {known for found, _ in imports(path) if (known := nearest(found, names)) and known != name}
            for name, path in names.items()
        }
        assert circle(graph) == []

    def test_no_function_imports(self) -> None:
        self.refuse(
            [
                f"{path}:{node.lineno} imports inside {function.name}"
                for path in modules()
                for function in functions(path)
                for node in ast.walk(function)
                if isinstance(node, ast.Import | ast.ImportFrom)
            ]
        )

    def test_every_module_opens_with_a_sentence(self) -> None:
        empty = [path for path in modules() if not parsed(path).body and path.name == "__init__.py"]
        self.refuse(
            [
                f"{path} opens without a sentence"
                for path in modules()
                if path not in empty and not re.search(r"[.:;]", ast.get_docstring(parsed(path)) or "")
            ]
        )

    def test_there_is_no_drawer_for_odd_things(self) -> None:
        self.refuse([str(path) for path in modules() if DRAWERS & {*path.parts[:-1], path.stem}])

    def test_every_signature_is_typed(self) -> None:
        self.refuse(
            [
                f"{path}:{function.lineno} {function.name} has no type for {missing}"
                for path in modules()
                for function in functions(path)
                for missing in untyped(function)
            ]
        )

    def test_functions_are_short(self) -> None:
        self.refuse(
            [
                f"{path}:{function.lineno} {function.name} has {length(function)} lines, {limit} is the limit"
                for path in modules()
                for function in functions(path)
                if length(function) > (limit := longest(path))
            ]
        )

    def test_only_the_clock_asks_what_time_it_is(self) -> None:
        self.refuse(
            [
                f"{path}:{node.lineno} reads a clock: {ast.unparse(node)}"
                for path in modules()
                if path != CLOCK and "bootstrap" not in path.parts
                for node in ast.walk(parsed(path))
                if isinstance(node, ast.Call)
                and re.search(
                    r"\b(date\.today|datetime\.(now|today|utcnow)|localdate|localtime)$", ast.unparse(node.func)
                )
                and node_reads_wall_clock(node)
            ]
        )

    def test_no_task_is_sent_into_the_future(self) -> None:
        self.refuse(
            [
                f"{path}:{keyword.value.lineno} {keyword.arg}="
                for path in modules()
                for node in ast.walk(parsed(path))
                if isinstance(node, ast.Call)
                for keyword in node.keywords
                if keyword.arg in {"eta", "countdown"}
            ]
        )

    def test_nothing_is_sent_to_the_broker_by_hand(self) -> None:
        """Only beat does: with a Redis that hangs, a request that published a task would hang with it."""
        publishing = {"delay", "apply_async", "send_task"}
        self.refuse(
            [
                f"{path}:{node.lineno} {ast.unparse(node.func)}"
                for path in modules()
                for node in ast.walk(parsed(path))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in publishing
            ]
        )

    def test_nothing_is_marked_safe_and_nothing_is_kept_as_a_file(self) -> None:
        forbidden = {"mark_safe", "FileField", "ImageField"}
        self.refuse(
            [f"{path}:{line} uses {name}" for path in modules() for name, line in names_used(path) if name in forbidden]
        )

    def test_templates_escape_everything_and_hold_no_script_or_style(self) -> None:
        wrong = re.compile(
            r"\|\s*safe\b|autoescape off|<script(?![^>]*\bsrc=)[^>]*>\s*\S|<style|\sstyle=|\son[a-z]+=\""
        )
        self.refuse(
            [
                f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}"
                for path in sorted((ROOT / "templates").rglob("*.html"))
                if "emails" not in path.parts
                for number, line in enumerate(path.read_text().splitlines(), 1)
                if wrong.search(line)
            ]
        )

    def test_each_folder_has_one_first_migration(self) -> None:
        found = sorted((path for f in FOLDERS for path in (ROOT / f).rglob("migrations/0*.py")), key=str)
        folders = [path.parent for path in found]
        self.refuse(
            [
                f"{path.relative_to(ROOT)}"
                for path in found
                if path.name.startswith("0001_") and path.stem != "0001_initial"
            ]
        )
        self.refuse([str(folder) for folder in set(folders) if not (folder / "0001_initial.py").exists()])
        self.refuse([f"{path.relative_to(ROOT)} has no name of its own" for path in found if "_auto_" in path.name])

    def test_the_top_level_is_what_readme_names(self) -> None:
        readme = (ROOT / "README.md").read_text()
        shown = [path.name for path in ROOT.iterdir() if path.is_dir() and any(path.rglob("*.py"))]
        ignored = {line.strip("/ ") for line in (ROOT / ".gitignore").read_text().splitlines()}
        self.refuse(
            [name for name in shown if name not in ignored and not name.startswith(".venv") and name not in readme]
        )


def layer(name: str, floor: str | None) -> int | None:
    """How far down a module stands in its folder; pure modules stand nowhere."""
    if floor is None or not within(name, floor):
        return None
    words = name[len(floor) + 1 :].split(".")
    return next((number for number, names in enumerate(LAYERS) if words[0] in names), None)


def nearest(name: str, known: dict[str, Path]) -> str | None:
    """The module that an imported name lives in."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None


def untyped(function: Function) -> list[str]:
    spec = function.args
    arguments = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *filter(None, [spec.vararg, spec.kwarg])]
    missing = [a.arg for a in arguments if a.annotation is None and a.arg not in {"self", "cls"}]
    return missing + ([] if function.returns else ["its result"])


def longest(path: Path) -> int:
    is_view = path.stem in {"views", "desk"} or {"views", "desk"} & set(path.parts)
    return LONGEST_VIEW if is_view else LONGEST_FUNCTION


def node_reads_wall_clock(call: ast.Call) -> bool:
    """`timezone.localtime(moment)` converts; without an argument it reads the clock."""
    name = ast.unparse(call.func)
    return not (name.endswith(("localtime", "localdate")) and call.args)


def names_used(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "SafeString":
            yield from () if path == SPLITS_ESCAPED_TEXT else [("mark_safe", node.lineno)]
        elif isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.alias):
            yield node.name, node.lineno


if __name__ == "__main__":
    unittest.main()
