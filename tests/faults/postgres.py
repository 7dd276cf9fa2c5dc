"""A PostgreSQL of the test's own, which may be crashed: never the one that others share."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from clinic.bootstrap import servers


@dataclass
class Server:
    """One server and its data."""

    programs: Path
    folder: str
    port: int

    @property
    def address(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def crash(self) -> None:
        """As when the machine's power goes: no waiting, no last writing."""
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")

    def say(self, *statements: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def _run(self, program: str, *words: str) -> None:
        """PostgreSQL refuses to run as root: there, the user that its package made runs it."""
        user = "postgres" if os.geteuid() == 0 else None
        command, silent = [str(self.programs / program), *words], subprocess.DEVNULL
        subprocess.run(command, user=user, cwd="/", check=True, stdout=silent, stderr=silent)


@contextmanager
def own_server() -> Iterator[Server]:
    programs = servers.postgres_programs()
    if programs is None and os.environ.get("CI"):
        pytest.fail("no PostgreSQL programs were found to start one with; type: apt-get install postgresql")
    if programs is None:
        pytest.skip("no PostgreSQL programs were found to start one with")
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        server = Server(programs, folder, servers.free_port())
        server._run("initdb", "-D", f"{folder}/data", "-U", "postgres", "--auth=trust", "-E", "UTF8")
        server.start()
        try:
            yield server
        finally:
            server.crash()
