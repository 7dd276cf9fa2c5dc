"""A session record in words, row by row, as the desk shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from aftercare import record as words
from aftercare.record import Record
from intake.regions import AREAS


@dataclass(frozen=True)
class Row:
    """One line of a signed record."""

    words: str
    value: str


def rows(content: Record) -> list[Row]:
    """What was noted, in the order of the form; empty fields say so."""
    found = [
        Row("Where you worked", _several(content.areas, AREAS)),
        Row("Asked aloud today", _several(content.asked_today, AREAS)),
        *(Row(f"{AREAS[area]}: why it was opened", why) for area, why in content.unlocked.items()),
        Row("Kind of touch", words.TOUCH_STYLES.get(content.touch_style, "")),
        Row("What they felt", _several(content.sensations, words.SENSATIONS)),
        Row("Feelings", _several(content.emotions, words.EMOTIONS)),
        Row("How strongly feelings came up", words.RELEASES.get(content.emotional_release, "")),
        Row("In the first minutes after", _several(content.after, words.AFTER)),
        Row("Most discomfort", "" if content.comfort is None else f"{content.comfort} of 10"),
        Row("Stop or pause", "Yes" if content.paused else "No"),
        Row("Sharp pain", content.sharp_pain_note or ("Yes" if content.sharp_pain else "No")),
        *_mouth(content),
        Row("Before they left", _several(content.leave_check, words.LEAVE_CHECK | words.NOT_DRIVING)),
        Row("Notes", content.notes),
    ]
    return [row if row.value else Row(row.words, "Nothing noted") for row in found]


def corrections(content: Record, corrected: Mapping[str, object]) -> list[Row]:
    """What an amendment puts right, in the words of the form."""
    found = {
        "areas": Row("Where you worked", _several(content.areas, AREAS)),
        "touch_style": Row("Kind of touch", words.TOUCH_STYLES.get(content.touch_style, "")),
        "after": Row("In the first minutes after", _several(content.after, words.AFTER)),
        "emotional_release": Row("How strongly feelings came up", words.RELEASES.get(content.emotional_release, "")),
    }
    return [Row(row.words, row.value or "Nothing noted") for name, row in found.items() if name in corrected]


def _mouth(content: Record) -> list[Row]:
    if not content.inside_mouth:
        return []
    minutes = f"{content.mouth_minutes} minutes" if content.mouth_minutes else ""
    parts = [
        words.GLOVES.get(content.glove, ""),
        f"yes at {content.mouth_consent_at}" if content.mouth_consent_at else "",
        minutes,
        words.TOLERATED.get(content.mouth_tolerated, ""),
    ]
    return [Row("Inside the mouth", ", ".join(part for part in parts if part))]


def _several(chosen: tuple[str, ...], names: dict[str, str]) -> str:
    return ", ".join(names[key] for key in names if key in chosen)


@dataclass(frozen=True)
class Passage:
    """A run of lines of a longer text: sentences, or the items of a list."""

    is_list: bool
    lines: list[str]


def passages(text: str) -> list[Passage]:
    """A block's text as paragraphs and lists: a line that begins with "- " is an item."""
    runs = groupby(text.splitlines(), key=lambda line: line.startswith("- "))
    return [Passage(is_list, [line.removeprefix("- ") for line in lines]) for is_list, lines in runs]
