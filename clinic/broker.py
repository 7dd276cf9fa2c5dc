"""kombu's broker on files, with each message put in place whole.

As it comes, a message's file is there before its content: a worker that looks in between reads nothing, takes that for
a message, and ends. Here the file gets its name when it is complete.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils import json


class Channel(filesystem.Channel):
    """The file broker's channel."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Write beside, then rename: nobody looks for a name that ends in `.half`."""
        folder, name = Path(self.data_folder_out), f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        half = folder / f"{name}.half"
        half.write_text(json.dumps(payload), encoding="utf-8")  # type: ignore[no-untyped-call]
        half.rename(folder / name)


class Transport(filesystem.Transport):
    """What `filesystem://` means here."""

    Channel = Channel


def prepare() -> None:
    """Without Redis: make the folders, which kombu wants to be there, and let `filesystem://` mean the above."""
    if not settings.REDIS_URL:
        for name in ("queue", "control", "processed"):
            (settings.BROKER_FOLDER / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        TRANSPORT_ALIASES["filesystem"] = "clinic.broker:Transport"
