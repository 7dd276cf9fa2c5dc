"""The whole suite, side by side: code checks, and every test on SQLite and on PostgreSQL and Redis with real mail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET  # reads only what our own pytest wrote
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from clinic.bootstrap import servers
from clinic.bootstrap.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "djlint": ["djlint", "--lint", "--quiet", "templates"],
}
# The suite sets these itself; what a developer's shell says of them would change what is tested.
OWN = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "DATA_KEYS", "DATA_DIR", "SITE_URL", "ALLOWED_HOSTS"}
OWN |= {"DEBUG", "DEMO"}


@dataclass
class Tally:
    """What happened: counts over all runs, and what could not run, each with its reason."""

    passed: int = 0
    failed: int = 0
    tests: int = 0
    could_not: list[str] = field(default_factory=list)

    def add_run(self, report: Path, code: int) -> None:
        """Count one run of pytest; a run that broke off counts as a failure even where no test failed."""
        suites = ET.parse(report).getroot().iter("testsuite") if report.exists() else []
        tests = failed = skipped = 0
        for suite in suites:
            tests += int(suite.get("tests", 0))
            failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped += int(suite.get("skipped", 0))
        nothing_collected = 5
        self.tests += tests - skipped
        self.passed += max(tests - failed - skipped, 0)
        self.failed += failed or int(code not in {0, nothing_collected})


def main(arguments: list[str]) -> int:
    """0 when everything ran and passed; where CI=true, what could not run is a failure too."""
    signal.signal(signal.SIGTERM, _leave)
    started = time.monotonic()
    tally = Tally()
    try:
        with ExitStack() as until:
            _run_all(arguments, tally, until)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return _close(tally, time.monotonic() - started)


def _leave(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _run_all(arguments: list[str], tally: Tally, until: ExitStack) -> None:
    """What looks the same on every database runs once, by itself: so the machine is busy to the end with all three."""
    words, environment = _wishes(arguments)
    try:
        environment["CHROMIUM"] = servers.chromium()
    except Trouble as trouble:
        tally.could_not.append(f"Browser tests: {trouble}.")
        words += ["-m", "not browser"]
    places = {
        "tests that look the same on every database": environment | {"ONCE": "only"},
        "tests on SQLite, files as broker and mailbox": environment | {"ONCE": "leave out"},
    }
    try:
        other = environment | {"DATABASE_URL": servers.postgres(until), "REDIS_URL": servers.redis(until)}
    except Trouble as trouble:
        tally.could_not.append(f"The tests on PostgreSQL and Redis: {trouble}.")
    else:
        places["tests on PostgreSQL and Redis"] = other | {"ONCE": "leave out"}
    runs: list[_Run] = [_Check(name, check, environment, until) for name, check in CHECKS.items()]
    runs += [_Tests(name, words, told, until) for name, told in places.items()]
    # Figures that are to be compared with a promise are taken one run at a time.
    in_turn = "FAULTS" in environment or os.cpu_count() == 1
    for together in [[run] for run in runs] if in_turn else [runs]:
        for run in together:
            run.start()
        for run in together:
            run.finish(tally)


def _wishes(arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """What goes to pytest, and the environment: `--full` is ours, the rest is passed on."""
    environment = {name: value for name, value in os.environ.items() if name not in OWN}
    environment["PYTEST_DB_SUFFIX"] = f"verify{os.getpid()}"
    words = [word for word in arguments if word != "--full"]
    if len(words) < len(arguments):
        environment["FAULTS"] = "full"
        # There a test may take half an hour; to print where it is while it runs has crashed the interpreter.
        words += ["-o", "faulthandler_timeout=0"]
    return words, environment


class _Run:
    """One program; what it says is shown when its turn comes, so that several at once stay readable."""

    def __init__(self, name: str, words: list[str], environment: dict[str, str], until: ExitStack) -> None:
        self.name, self.words, self.environment, self.until = name, words, environment, until
        self.folder = Path(until.enter_context(tempfile.TemporaryDirectory()))

    def start(self) -> None:
        with (self.folder / "said").open("wb") as said:
            command = [sys.executable, "-m", *self.words]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=said, stderr=said)
        self.until.callback(self.stop)

    def finish(self, tally: Tally) -> None:
        """Wait for its end, passing on what it says as it says it."""
        print(f"\n=== {self.name}", flush=True)
        with (self.folder / "said").open(errors="replace") as said:
            ended = False
            while not ended:
                ended = self.process.poll() is not None
                print(said.read(), end="", flush=True)
                time.sleep(0 if ended else 0.2)

    def stop(self) -> None:
        """Nothing is left behind where the whole run is stopped."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


class _Check(_Run):
    """A reader of the code."""

    def finish(self, tally: Tally) -> None:
        super().finish(tally)
        tally.passed += int(self.process.returncode == 0)
        tally.failed += int(self.process.returncode != 0)


class _Tests(_Run):
    """One pytest over the suite, or over what it was asked for."""

    def __init__(self, name: str, words: list[str], environment: dict[str, str], until: ExitStack) -> None:
        super().__init__(name, words, environment, until)
        self.report = self.folder / "report.xml"
        self.words = ["pytest", "--durations=10", f"--junitxml={self.report}", *words]

    def finish(self, tally: Tally) -> None:
        super().finish(tally)
        tally.add_run(self.report, self.process.returncode)


def _close(tally: Tally, seconds: float) -> int:
    """The last lines: what could not run and why, then the counts."""
    print(f"\n=== done in {seconds / 60:.0f} min {seconds % 60:.0f} s")
    for reason in tally.could_not:
        print(f"Could not run: {reason}")
    if not tally.tests:
        print("No test ran.")
    strict = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    failed = tally.failed + (len(tally.could_not) if strict else 0)
    print(f"{tally.passed} passed, {failed} failed")
    return int(failed > 0 or not tally.tests)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
