"""Nothing that was started is left running, however its starter ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic.bootstrap.processes import Running, stop

pytestmark = pytest.mark.once

# Starts a child of its own, as gunicorn and celery do, and says who it is.
PARENT = "import subprocess, sys, time; c = subprocess.Popen(['sleep', '60']); print(c.pid, flush=True); time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def start(code: str, folder: Path) -> Running:
    running = Running("test", [sys.executable, "-c", code], os.environ, folder / "log", folder)
    wait_for(lambda: bool(running.log.read_text()))
    return running


def test_what_a_process_started_ends_with_it(tmp_path: Path) -> None:
    running = start(PARENT, tmp_path)
    child = int(running.log.read_text())
    stop([running])
    wait_for(lambda: not is_alive(child))
    assert running.has_ended()


def test_a_process_that_does_not_listen_is_ended_by_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic.bootstrap.processes.PATIENCE_SECONDS", 0.3)
    running = start(DEAF, tmp_path)
    stop([running])
    assert running.process.returncode == -signal.SIGKILL


def test_stopping_twice_is_no_mistake(tmp_path: Path) -> None:
    running = start(PARENT, tmp_path)
    stop([running])
    stop([running])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_a_starter_that_is_killed_takes_its_processes_with_it(tmp_path: Path) -> None:
    starter = (
        "import os, sys, time; from pathlib import Path; from clinic.bootstrap.processes import Running;"
        f"r = Running('t', ['sleep', '60'], os.environ, Path({str(tmp_path / 'log')!r}), Path('/'));"
        "print(r.process.pid, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    process.kill()
    process.communicate()
    wait_for(lambda: not is_alive(child))


def is_alive(pid: int) -> bool:
    """A zombie that nobody has buried yet is dead enough."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
