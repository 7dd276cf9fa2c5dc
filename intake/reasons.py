"""What may bring a client here, and which questionnaires each reason asks for; no model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

GENERAL = "general"
ALWAYS = (GENERAL,)
NEWS = "news"  # in place of the general form where that is not due
CHECKIN = "checkin"
ORDER = ("general", "pelvic", "jaw", "stress")


class Reason(NamedTuple):
    """One chip on the booking page: its slug, its words, and the questionnaires it asks for."""

    slug: str
    words: str
    questionnaires: tuple[str, ...]


REASONS: tuple[Reason, ...] = (
    Reason("pelvis", "Pelvis or tailbone", ("pelvic",)),
    Reason("back", "Low back or belly", ("pelvic",)),
    Reason("hips", "Hips", ("pelvic",)),
    Reason("jaw", "Jaw", ("jaw",)),
    Reason("face", "Face or mouth", ("jaw",)),
    Reason("head", "Head or neck", ("jaw",)),
    Reason("stress", "Stress or worry", ("stress",)),
    Reason("sleep", "Sleep or tiredness", ("stress",)),
    Reason("overwhelm", "Feeling overwhelmed", ("stress",)),
    Reason("unsure", "I am not sure", ("pelvic", "jaw", "stress")),
)
BY_SLUG = {reason.slug: reason for reason in REASONS}


def questionnaires(reasons: Iterable[str]) -> list[str]:
    """The questionnaires to ask for, in the order in which they are asked; an unknown reason is a ValueError."""
    wanted = set(ALWAYS)
    for slug in reasons:
        if slug not in BY_SLUG:
            raise ValueError(f"{slug} is not a reason. Known: {', '.join(BY_SLUG)}.")
        wanted.update(BY_SLUG[slug].questionnaires)
    return [slug for slug in ORDER if slug in wanted]


def words(reasons: Iterable[str]) -> list[str]:
    """The reasons as the client chose them on the page."""
    return [BY_SLUG[slug].words for slug in reasons if slug in BY_SLUG]
