"""Reading the folder that the embedded default delivers mail to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

BETWEEN = b"\n" + b"-" * 79 + b"\n"  # what Django's file backend writes after each mail


@dataclass(frozen=True)
class Letter:
    """A delivered letter. `key` names it in addresses; `at` is the practice's time when it left."""

    key: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str
    calendar: str


def letters(folder: Path) -> list[Letter]:
    """Every letter in the folder, newest first; one per Message-ID."""
    found = {letter.key: letter for path in sorted(folder.glob("*.log")) for letter in _in_file(path)}
    return sorted(found.values(), key=lambda letter: (letter.at, letter.key), reverse=True)


def _in_file(path: Path) -> list[Letter]:
    return [_read(raw) for raw in path.read_bytes().split(BETWEEN) if raw.strip()]


def _read(raw: bytes) -> Letter:
    mail = message_from_bytes(raw, policy=policy.default)
    return Letter(
        key=hashlib.sha256(mail["Message-ID"].encode()).hexdigest()[:16],
        at=parsedate_to_datetime(mail["Date"]),
        to=mail["To"],
        subject=mail["Subject"],
        text=_part(mail, "text/plain"),
        html=_part(mail, "text/html"),
        calendar=_part(mail, "text/calendar"),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    for part in mail.walk():
        if part.get_content_type() == kind:
            return str(part.get_content())
    return ""
