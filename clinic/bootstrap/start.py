"""What `demo` and `verify` do before Django exists: make `.venv` agree with the lock, then start the command in it.

Standard library only, in the syntax of Python 3.8: it also runs where the machine's Python is too old, and says so.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from pathlib import Path

from clinic.bootstrap import installing
from clinic.bootstrap.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Run `demo` or `verify`; anything the reader can mend is one sentence and exit code 1."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        if arguments[0] == "demo":
            _start("clinic.bootstrap.demo", _demo_arguments(arguments[1:]), "requirements.txt")
        _start("clinic.bootstrap.verify", arguments[1:], "requirements.txt", "tests/requirements.txt")
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Nothing is running.", file=sys.stderr)
        return 130
    return 0


def _leave(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _start(module: str, arguments: list[str], *locks: str) -> None:
    """Become `module`, run by the Python of an environment that agrees with the locks."""
    if os.name != "posix":
        raise Trouble("This runs on Linux and macOS; on Windows, use WSL.")
    if not os.environ.get("HOME"):
        os.environ["HOME"] = str(ROOT / "var")
    python = installing.environment(ROOT, [ROOT / lock for lock in locks])
    os.chdir(str(ROOT))
    os.execv(str(python), [str(python), "-m", module, *arguments])


def _demo_arguments(arguments: list[str]) -> list[str]:
    """Refuse what cannot work before anything is installed."""
    parser = argparse.ArgumentParser(
        prog="manage.py demo",
        description="Set up everything and start the demo practice. Ctrl-C stops it.",
    )
    parser.add_argument("--port", type=_port, default=8000, help="where the pages are served (8000)")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "demo", help="where data is kept (var/demo)")
    parser.add_argument("--fresh", action="store_true", help="throw the demo's data away first")
    chosen = parser.parse_args(arguments)
    refuse_busy_port(chosen.port)
    folder = chosen.data.expanduser().absolute()
    writable_folder(folder)
    return [str(chosen.port), str(folder), "fresh" if chosen.fresh else "keep"]


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def refuse_busy_port(port: int) -> None:
    try:
        _listen(port)
    except PermissionError:
        raise Trouble(f"Port {port} is for the system only; choose one above 1023, such as --port 8000.") from None
    except OSError:
        other = next((p for p in range(port + 1, min(port + 100, 65536)) if _is_free(p)), 8000)
        raise Trouble(
            f"Port {port} is in use by another program; stop it, or type: python3 manage.py demo --port {other}"
        ) from None


def _listen(port: int) -> None:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
        door.listen(1)


def _is_free(port: int) -> bool:
    try:
        _listen(port)
    except OSError:
        return False
    return True


def writable_folder(folder: Path) -> None:
    """Make the folder and try it: a mount may be read-only whatever the permission bits say."""
    trial = folder / ".trial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.write_text("")
        trial.unlink()
    except OSError as error:
        advice = (
            "copy the project to a folder of your own" if ROOT in folder.parents else "choose another with --data DIR"
        )
        raise Trouble(f"The folder {folder} cannot be written to ({error.strerror}); {advice}.") from None
