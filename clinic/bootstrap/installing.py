"""How `.venv` comes to hold exactly what a lock names: by uv, by venv and pip, or by a pip fetched from PyPI.

Standard library only, in the syntax of Python 3.8.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from clinic.bootstrap.trouble import Trouble

# Debian's Python comes without ensurepip; this one file is then fetched, checked and run from where it lies.
PIP_ADDRESS = (
    "https://files.pythonhosted.org/packages/07/25/"
    "ee8c38ae72d66b844ce8eb9711ba905dba21ca1a8a0c960057c41cd23337/pip-26.3-py3-none-any.whl"
)
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
NAMES = ["python3.14", "python3.13", "python3.12", "python3.11", "python3"]
PROBE = "import sys, venv; sys.exit(0 if (3, 11) <= sys.version_info < (3, 15) else 1)"
OFFLINE = re.compile(
    "NewConnectionError|Failed to establish|name resolution|Name or service not known|dns error|ConnectTimeout|"
    "Connection refused|Network is unreachable|error sending request|tcp connect error|nodename nor servname"
)
NO_NETWORK = "The packages could not be fetched from pypi.org; connect to the network and type the same command again."


def environment(root: Path, locks: list[Path]) -> Path:
    """The Python of `.venv`, after making it agree with the last of the locks (the wider one)."""
    venv = root / ".venv"
    wanted = [_stamp(locks)] if len(locks) > 1 else [_stamp(locks), _stamp([*locks, root / "tests/requirements.txt"])]
    stamp = venv / "lock.sha256"
    if _text(stamp) not in wanted or not (venv / "bin" / "python").exists():
        _refuse_read_only(root)
        _make(venv, locks[-1])
        stamp.write_text(wanted[0])
    return venv / "bin" / "python"


def _stamp(locks: list[Path]) -> str:
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _refuse_read_only(root: Path) -> None:
    trial = root / ".trial"
    try:
        trial.write_text("")
        trial.unlink()
    except OSError as error:
        raise Trouble(
            f"The folder {root} cannot be written to ({error.strerror}); copy the project to a folder of your own."
        ) from None


def _make(venv: Path, lock: Path) -> None:
    count = len(re.findall(r"^[A-Za-z0-9._-]+(\[[^]]*\])?==", lock.read_text(), re.MULTILINE))
    print(f"Setting up {venv.name}: {count} packages named in {lock.name}. This happens once.", flush=True)
    started = time.monotonic()
    uv = shutil.which("uv")
    if uv:
        _with_uv(uv, venv, lock)
    else:
        _with_pip(_python(), venv, lock, count)
    print(f"Set up in {time.monotonic() - started:.0f} seconds.", flush=True)


def _with_uv(uv: str, venv: Path, lock: Path) -> None:
    """uv is quick, and brings a Python where the machine's is too old."""
    _run([uv, "venv", "--quiet", "--clear", "--python", ">=3.11,<3.15", str(venv)])
    python = str(venv / "bin" / "python")
    _run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(lock)])


def _python() -> str:
    """A Python that is new enough: the one that runs this, else a named one on the path."""
    mine = getattr(sys, "_base_executable", None) or sys.executable
    for candidate in [mine, *filter(None, map(shutil.which, NAMES))]:
        if subprocess.run([candidate, "-c", PROBE], capture_output=True, check=False).returncode == 0:
            return candidate
    version = "{}.{}".format(*sys.version_info)
    if sys.version_info >= (3, 11):  # noqa: UP036 - this file also runs on older ones
        raise Trouble(f"This Python {version} has no venv; type: sudo apt install python3-venv")
    raise Trouble(
        f"This needs Python 3.11 or newer, and this is Python {version}; "
        "install a newer one, or uv from https://docs.astral.sh/uv/, and type the same command again."
    )


def _with_pip(python: str, venv: Path, lock: Path, count: int) -> None:
    has_pip = (
        subprocess.run(
            [python, "-c", "import ensurepip; ensurepip.version()"], capture_output=True, check=False
        ).returncode
        == 0
    )
    _run([python, "-m", "venv", "--clear", *([] if has_pip else ["--without-pip"]), str(venv)])
    inside = str(venv / "bin" / "python")
    pip = [inside, "-m", "pip"] if has_pip else [inside, f"{_fetched_pip(venv)}/pip"]
    quiet = ["--disable-pip-version-check", "--no-input", "--retries", "2", "--progress-bar", "off"]
    _run([*pip, "install", *quiet, "--require-hashes", "-r", str(lock)], count)


def _fetched_pip(venv: Path) -> Path:
    """pip's own wheel, which Python can run as it is; refused unless it is the very file that was meant."""
    try:
        with urllib.request.urlopen(PIP_ADDRESS, timeout=60) as answer:
            wheel = answer.read()
    except OSError:
        raise Trouble(f"{NO_NETWORK} (Or, on Debian and Ubuntu: sudo apt install python3-venv)") from None
    if hashlib.sha256(wheel).hexdigest() != PIP_SHA256:
        raise Trouble("The pip that was fetched is not the one that was meant; type: sudo apt install python3-venv")
    path = venv / PIP_ADDRESS.rsplit("/", 1)[1]
    path.write_bytes(wheel)
    return path


def _run(command: list[str], count: int = 0) -> None:
    """Run one step, showing progress; its whole output is kept for when it fails."""
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            for line in process.stdout or ():
                lines.append(line)
                _progress(line, sum(past.startswith("Collecting ") for past in lines), count)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise Trouble(_reason("".join(lines), command))


def _progress(line: str, done: int, count: int) -> None:
    if not count:
        return
    ending = "\r" if sys.stdout.isatty() else "\n"
    if line.startswith("Collecting ") and (ending == "\r" or done % 10 == 0):
        name = re.split(r"[=\s(]", line[len("Collecting ") :])[0]
        print(f"  fetching {done} of {count}: {name:<40}", end=ending, flush=True)
    elif line.startswith("Installing collected"):
        print(f"{'  unpacking them':<60}", flush=True)


def _reason(output: str, command: list[str]) -> str:
    if OFFLINE.search(output):
        return NO_NETWORK
    if "No space left" in output or shutil.disk_usage(os.getcwd()).free < 50_000_000:
        return "The disk is full; the project needs about 300 MB."
    return f"{output[-2000:]}\nThis step did not work: {' '.join(command)}"
