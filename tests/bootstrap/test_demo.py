"""The demo starts, serves, is quick the second time, and leaves nothing running however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.processes, pytest.mark.once]


class Demo:
    """One run of the demo, in the way that `manage.py demo` goes on after its set-up."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port = door.getsockname()[1]
        self.data = data
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clinic.bootstrap.demo", str(self.port), str(data), "keep"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "DATABASE_URL": "sqlite:////nowhere", "EMAIL_URL": "smtp://nowhere"},
        )

    def greeting(self) -> str:
        """What it prints until it is open."""
        said = ""
        for line in self.process.stdout or ():
            said += line
            if "Ctrl-C stops everything" in line:
                return said
        raise AssertionError(said)

    def processes(self) -> list[int]:
        """Every process that works on this data."""
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if f"DATA_DIR={self.data}\0" in path.read_text():
                    found.append(int(path.parent.name))
            except OSError:  # it has ended, or is somebody else's
                continue
        return found

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo was started once."""
    folder = tmp_path_factory.mktemp("demo")
    first = Demo(folder)
    assert "Making the database and the demo practice." in first.greeting()
    assert first.end(signal.SIGINT) == 0
    assert first.processes() == []
    return folder


@pytest.fixture
def demo(data: Path) -> Iterator[Demo]:
    running = Demo(data)
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGINT)
    if running.process.stdout:
        running.process.stdout.close()


def test_it_prints_the_addresses_and_who_can_sign_in(demo: Demo) -> None:
    said = demo.greeting()
    for page in ("/", "/desk/", "/demo/inbox/", "/demo/clock/"):
        assert f"http://127.0.0.1:{demo.port}{page}\n" in said
    assert "olu@stillpoint.example.org         Olu Adeyemi, owner" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/demo/inbox/") as answer:
        assert answer.status == 200


def test_a_second_start_makes_nothing_again_and_is_quick(demo: Demo) -> None:
    said = demo.greeting()
    assert "Making" not in said
    assert time.monotonic() - demo.began < 5 * int(os.environ.get("SLOW_MACHINE", "3"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_however_it_is_asked_to_stop_nothing_is_left(demo: Demo, number: int) -> None:
    demo.greeting()
    assert len(demo.processes()) >= 3
    assert demo.end(number) == 0
    assert demo.processes() == []


def test_when_one_of_its_processes_dies_it_says_so_and_stops_the_other(demo: Demo) -> None:
    demo.greeting()
    leaders = [pid for pid in demo.processes() if os.getpgid(pid) == pid]
    web = next(pid for pid in leaders if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.killpg(web, signal.SIGKILL)
    said, _ = demo.process.communicate(timeout=30)
    assert "The web process has ended by itself; its log is " in said
    assert demo.process.returncode == 1
    assert demo.processes() == []


def test_two_demos_never_share_a_folder(demo: Demo) -> None:
    demo.greeting()
    second = Demo(demo.data)
    said, _ = second.process.communicate(timeout=30)
    assert said.startswith("A demo already runs on")
    assert second.process.returncode == 1


def test_its_keys_are_for_its_owner_only(data: Path) -> None:
    assert (data / "keys.json").stat().st_mode & 0o777 == 0o600
