"""Starting processes so that none outlives us, and stopping them with everything that they started."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

PATIENCE_SECONDS = 10


class Running:
    """One started process, the group that it leads, and the file that holds what it said."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, cwd: Path) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                env=environment,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone, and we stop the others in order
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads here
            )

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def last_words(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def signal(self, number: int) -> None:
        """Signal the whole group, so that what the process started hears it too."""
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):  # the group is gone (macOS says it the second way)
            return


def stop(running: Iterable[Running]) -> None:
    """Ask all to end, wait, and end by force what has not."""
    group = list(running)
    for one in group:
        one.signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and not all(one.has_ended() for one in group):
        time.sleep(0.05)
    for one in group:
        one.signal(signal.SIGKILL)
        one.process.wait()


def _die_with_parent() -> None:
    """Linux: when we are killed without warning, the kernel asks the child to end."""
    death_signal_option = 1  # PR_SET_PDEATHSIG
    ctypes.CDLL(None).prctl(death_signal_option, signal.SIGTERM)
