"""The catalogue of flags: everything an answer can raise, how urgent it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

SEVERITIES = ("urgent", "contact", "precaution", "note")  # most pressing first


@dataclass(frozen=True, kw_only=True)
class FlagKind:
    """One flag: `client` is what the card says to them, `practitioner` what it asks of us."""

    id: str
    severity: str  # urgent | contact | precaution | note
    title: str
    route: str = ""  # urgent only: emergency | same_day | crisis
    why: str = ""
    client: str = ""
    practitioner: str = ""

    @property
    def rank(self) -> int:
        """0 for urgent to 3 for note, to sort by."""
        return SEVERITIES.index(self.severity)


def _catalogue() -> dict[str, FlagKind]:
    stored = yaml.safe_load(Path(__file__).with_name("flags.yaml").read_text(encoding="utf-8"))
    return {flag_id: FlagKind(id=flag_id, **words) for flag_id, words in stored.items()}


FLAGS: dict[str, FlagKind] = _catalogue()
