"""The demo: makes keys, migrates, loads the demo practice, then runs web, worker and beat until Ctrl-C."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from clinic import keyfile
from clinic.bootstrap.processes import Running, stop
from clinic.bootstrap.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_SECONDS = 90
OURS = ["db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm", "mail", "broker", "log", "keys.json", "loaded.sha256"]


def main(port: int, data: Path, *, fresh: bool) -> int:
    """Run the demo; 0 when it was asked to stop, 1 when something failed."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    started = time.monotonic()
    running: list[Running] = []
    try:
        with _only_one(data):
            if fresh:
                _throw_away(data)
            told = environment(port, data)
            _prepare(data, told)
            running = start(port, data, told)
            wait_until_ready(port, running)
            _welcome(port, data, time.monotonic() - started)
            return _watch(running)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopping.", flush=True)
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C does not wait
        stop(running)


def _leave(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _only_one(data: Path) -> IO[str]:
    """A lock that ends with us, so that two demos never share one folder."""
    lock = (data / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Trouble(f"A demo already runs on {data}; stop it, or choose another folder with --data DIR.") from None
    return lock


def environment(port: int, data: Path) -> dict[str, str]:
    """What the processes are told: the embedded default, whatever the shell has set."""
    told = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEBUG"}}
    return {
        **told,
        **keyfile.keep(data, DEMO="1", SITE_URL=f"http://127.0.0.1:{port}"),
        "DATA_DIR": str(data),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "PYTHONUNBUFFERED": "1",
        "TICK_SECONDS": "2",  # a visitor waits for letters
    }


def _throw_away(data: Path) -> None:
    """Only what a demo made, and only where one did: the folder may be somebody's own."""
    if not (data / "keys.json").exists():
        return
    for name in OURS:
        path = data / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _prepare(data: Path, told: dict[str, str]) -> None:
    """Migrate and load the demo practice, unless this very code has done so here before."""
    stamp = data / "loaded.sha256"
    code = _code()
    if stamp.exists() and stamp.read_text() == code and (data / "db.sqlite3").exists():
        return
    print("Making the database and the demo practice.", flush=True)
    for words in (["migrate", "--verbosity", "0"], ["load_demo"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *words], env=told, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Trouble(f"{(done.stdout + done.stderr)[-3000:]}\n`manage.py {words[0]}` did not work.")
    stamp.write_text(code)


def _code() -> str:
    """A fingerprint of all that shapes the demo's rows: programs, practice files, questionnaires."""
    found = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for folder in ("clinic", "intake", "bookings", "aftercare", "reception"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".yaml"}:
                found.update(path.read_bytes())
    return found.hexdigest()


def start(port: int, data: Path, told: dict[str, str]) -> list[Running]:
    """Web, and a worker that carries beat: one process of each, so that limits kept in memory are true."""
    python = [sys.executable, "-m"]
    web = ["gunicorn", "clinic.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
    worker = ["celery", "-A", "clinic", "worker", "-B", "-P", "threads", "-c", "2", "--loglevel", "WARNING"]
    schedule = ["--schedule", str(data / "log" / "beat")]
    return [
        Running("web", [*python, *web, "--no-control-socket"], told, data / "log" / "web.log", ROOT),
        Running("worker", [*python, *worker, *schedule], told, data / "log" / "worker.log", ROOT),
    ]


def wait_until_ready(port: int, running: list[Running]) -> None:
    """Until /readyz is green: pages, database, broker and beat."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    answer = "no answer"
    while time.monotonic() < deadline:
        _refuse_ended(running)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except urllib.error.HTTPError as error:
            answer = error.read().decode(errors="replace")[:1000]
        except OSError:
            pass
        time.sleep(0.1)
    raise Trouble(f"The demo did not become ready within {READY_WITHIN_SECONDS} seconds; /readyz says: {answer}")


def _refuse_ended(running: list[Running]) -> None:
    for one in running:
        if one.has_ended():
            raise Trouble(f"{one.last_words()}\nThe {one.name} process has ended by itself; its log is {one.log}.")


def _watch(running: list[Running]) -> int:
    while True:
        _refuse_ended(running)
        time.sleep(0.5)


def _welcome(port: int, data: Path, seconds: float) -> None:
    home = f"http://127.0.0.1:{port}"
    print(
        f"""
The demo practice is open ({seconds:.1f} seconds).

  Clients            {home}/
  Practitioners      {home}/desk/
  Letters that left  {home}/demo/inbox/
  The demo clock     {home}/demo/clock/

Sign in with one press at {home}/demo/, or with a code by mail at {home}/desk/, as
{_people(data)}
Everything is kept in {data}; --fresh starts again. Ctrl-C stops everything.
""",
        flush=True,
    )


def _people(data: Path) -> str:
    """Who can sign in, read from the demo itself."""
    with contextlib.closing(sqlite3.connect(data / "db.sqlite3")) as database:
        rows = database.execute("SELECT email, name, role FROM people_user ORDER BY role, name").fetchall()
    return "".join(f"  {email:<34} {name}, {role.replace('_', ' ')}\n" for email, name, role in rows)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]), fresh=sys.argv[3] == "fresh"))
