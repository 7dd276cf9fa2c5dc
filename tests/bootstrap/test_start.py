"""`manage.py demo` and `verify` refuse in one plain sentence what cannot work."""

import ast
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from clinic.bootstrap import start
from clinic.bootstrap.trouble import Trouble

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]


def demo(*words: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "demo", *words]
    environment = {"PATH": path, "HOME": ""}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_busy_port_is_one_sentence_with_another_port_to_try() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(1)
        port = door.getsockname()[1]
        done = demo("--port", str(port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"Port {port} is in use by another program; stop it, or type: python3 manage.py demo")
    assert done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_to_is_one_sentence() -> None:
    done = demo("--port", str(free_port()), "--data", "/proc/demo")
    assert done.returncode == 1
    assert done.stderr == (
        "The folder /proc/demo cannot be written to (No such file or directory); choose another with --data DIR.\n"
    )


def test_a_folder_inside_the_project_is_not_answered_with_another_folder(tmp_path: Path) -> None:
    file = ROOT / "var" / f"file-{os.getpid()}"
    file.parent.mkdir(exist_ok=True)
    file.write_text("")
    try:
        with pytest.raises(Trouble, match="copy the project to a folder of your own"):
            start.writable_folder(file / "demo")
    finally:
        file.unlink()


def test_a_port_that_is_none_is_refused_before_anything_starts() -> None:
    done = demo("--port", "70000")
    assert done.returncode == 2
    assert "a port is a number from 1 to 65535" in done.stderr


@pytest.mark.parametrize("path", ["manage.py", *sorted(map(str, (ROOT / "clinic/bootstrap").glob("*.py")))])
def test_what_runs_before_the_version_is_known_parses_on_an_old_python(path: str) -> None:
    ast.parse((ROOT / path).read_text(), feature_version=(3, 8))


def test_what_runs_first_needs_only_the_standard_library() -> None:
    """Python's isolated mode without site packages: an import of anything installed would fail."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import clinic.bootstrap.start, clinic.bootstrap.demo"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port
