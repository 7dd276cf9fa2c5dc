"""The real processes for tests: gunicorn, a worker and beat, on a database of their own, with mail that really leaves.

The shape follows the run: with DATABASE_URL it is PostgreSQL, Redis and SMTP, without it the embedded default.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_string, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from clinic.bootstrap.demo import wait_until_ready
from clinic.bootstrap.processes import Running, stop
from tests import mailbox
from tests.mailbox import Mailbox

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("DATABASE_URL", "")
BETWEEN_LETTERS = "-" * 79  # Django's file backend draws this line after each


@dataclass
class Site:
    """One running practice."""

    port: int
    folder: Path
    environment: dict[str, str]
    wsgi: str = "clinic.wsgi"
    mailbox: Mailbox | None = None
    running: list[Running] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *words: str) -> str:
        """What a management command says."""
        return _manage(self.environment, *words)

    def told(self, code: str) -> str:
        """What this code prints, run where the site's database is."""
        command = [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    def turn_clock(self, to: datetime) -> None:
        """Move the practice's time without sending anything: that is left to beat and worker."""
        code = "from datetime import datetime\nfrom clinic.people import clock\n"
        self.told(code + f"clock.move_to(datetime.fromisoformat({to.isoformat()!r}))")

    def mails(self, to: str = "") -> list[EmailMessage]:
        """Every letter that left, or those to one address, in the order of leaving."""
        everything = self.mailbox.mails if self.mailbox else _letters_in(self.folder / "mail")
        return [mail for mail in everything if to in str(mail["To"])]

    def mail(self, to: str, about: str, *, within: float = 30) -> EmailMessage:
        """The newest letter to this address whose subject holds these words, once it has arrived."""
        deadline = time.monotonic() + within
        while True:
            found = [mail for mail in self.mails(to) if about in str(mail["Subject"])]
            if found:
                return found[-1]
            subjects = [str(mail["Subject"]) for mail in self.mails(to)]
            assert time.monotonic() < deadline, f"{about!r} did not arrive; {subjects} did"
            time.sleep(0.2)


@contextmanager
def site(*, wsgi: str = "clinic.wsgi", night_shift: bool = True, database: str = "", **extra: str) -> Iterator[Site]:
    """A practice loaded with the demo, running; `wsgi` may name a door of the tests' own.

    On a `database` of the test's own it is empty.
    """
    with ExitStack() as until:
        folder = Path(until.enter_context(tempfile.TemporaryDirectory(prefix="site-")))
        one = Site(_free_port(), folder, {}, wsgi)
        one.environment = {**_told(one, until, database), **extra}
        until.callback(lambda: stop(one.running))
        one.running = _start(one, night_shift=night_shift)
        if night_shift:
            wait_until_ready(one.port, one.running)
        else:
            _wait_until_alive(one)
        try:
            yield one
        except BaseException:
            for running in one.running:
                print(f"--- {running.name}\n{running.last_words(40)}")  # pytest shows it with the failure
            raise


def kill_web(one: Site) -> None:
    """Kill the web process without a warning, and start another in its place."""
    for running in one.running:
        if running.name == "web":
            running.signal(signal.SIGKILL)
            running.process.wait()
    while _answers(one.port):  # until the last of its workers is gone too
        time.sleep(0.02)
    others = [running for running in one.running if running.name != "web"]
    one.running[:] = [*others, *_start(one, night_shift=False)]
    _wait_until_alive(one)


def _told(one: Site, until: ExitStack, database: str) -> dict[str, str]:
    told = {
        "DATA_DIR": str(one.folder),
        "SITE_URL": one.url,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEMO": "1",
        "TICK_SECONDS": "1",
    }
    if not SERVER:
        shutil.copy(_loaded_file(), one.folder / "db.sqlite3")
        return _environment(**told)
    one.mailbox, port = until.enter_context(mailbox.running())
    told |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    if database:
        _manage(_environment(**told, DATABASE_URL=database), "migrate", "--verbosity", "0")
    told["DATABASE_URL"] = database or until.enter_context(_copied_database())
    if "REDIS_URL" in os.environ:
        told["REDIS_URL"] = os.environ["REDIS_URL"]
    return _environment(**told)


def _environment(**told: str) -> dict[str, str]:
    """Only what is said here, and the keys that the loaded rows were sealed with."""
    named = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DATA_DIR", "DEMO", "DEBUG"}
    kept = {name: value for name, value in os.environ.items() if name not in named}
    here = "http://127.0.0.1"  # the demo refuses to be anywhere else
    return {**kept, "SITE_URL": here, "DJANGO_SETTINGS_MODULE": "clinic.settings", "PYTHONUNBUFFERED": "1", **told}


def _start(one: Site, *, night_shift: bool) -> list[Running]:
    """As Compose does it: web, worker and beat are three processes."""
    web = ["gunicorn", one.wsgi, "--bind", f"127.0.0.1:{one.port}", "--threads", "4", "--no-control-socket"]
    web += ["--workers", "2" if SERVER else "1"]
    celery = ["celery", "-A", "clinic"]
    beat = ["celery", "-A", "clinic.beat", "beat", "--schedule", str(one.folder / "beat"), "--pidfile", ""]
    commands = {"web": web}
    if night_shift:
        commands |= {"worker": [*celery, "worker", "-P", "threads", "-c", "2"], "beat": beat}
    return [
        Running(name, [sys.executable, "-m", *words], one.environment, one.folder / "log" / f"{name}.log", ROOT)
        for name, words in commands.items()
    ]


def _wait_until_alive(one: Site) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert not any(running.has_ended() for running in one.running), one.running[0].last_words()
        if _answers(one.port):
            return
        time.sleep(0.1)
    raise AssertionError(one.running[0].last_words())


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@cache
def _loaded_file() -> Path:
    """A SQLite file with the demo practice, made once for all sites of this run."""
    folder = Path(tempfile.mkdtemp(prefix="loaded-"))
    _load(_environment(DATA_DIR=str(folder), DEMO="1"))
    return folder / "db.sqlite3"


@cache
def _loaded_database() -> str:
    """The name of a PostgreSQL database with the demo practice, the template of every site's own."""
    name = f"loaded_{uuid4().hex[:12]}"
    _on_server(f"CREATE DATABASE {name}")
    _load(_environment(DATABASE_URL=_address(name), DATA_DIR=tempfile.mkdtemp(prefix="loaded-"), DEMO="1"))
    return name


@contextmanager
def _copied_database() -> Iterator[str]:
    name = f"site_{uuid4().hex[:12]}"
    _on_server(f"CREATE DATABASE {name} TEMPLATE {_loaded_database()}")
    try:
        yield _address(name)
    finally:
        _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def forget() -> None:
    """Throw away what was made once for the whole run."""
    if _loaded_file.cache_info().currsize:
        shutil.rmtree(_loaded_file().parent)
        _loaded_file.cache_clear()
    if _loaded_database.cache_info().currsize:
        _on_server(f"DROP DATABASE IF EXISTS {_loaded_database()} WITH (FORCE)")
        _loaded_database.cache_clear()


def _load(environment: dict[str, str]) -> None:
    _manage(environment, "migrate", "--verbosity", "0")
    _manage(environment, "load_demo")


def _manage(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def _on_server(statement: Any) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)


def _address(database: str) -> str:
    return urlsplit(SERVER)._replace(path=f"/{database}").geturl()


def _letters_in(folder: Path) -> list[EmailMessage]:
    found: list[EmailMessage] = []
    for path in sorted(folder.glob("*.log")) if folder.is_dir() else []:
        for text in path.read_text().split(f"{BETWEEN_LETTERS}\n"):
            if text.strip():
                mail: Any = message_from_string(text, policy=policy.default)
                found.append(mail)
    return found


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port
