"""Which cards the client is shown, and the note of it that the practitioner reads."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from intake import care, documents, paging
from intake.meaning import Reading
from intake.models import Request

BESIDE = "beside"  # what became of a card: shown beside the question, as it was ticked
SELF_HARM = ("stress", "ask_self_harm")  # the questionnaire, and the setting that lets it ask


def called(locked: Request) -> list[str]:
    """What called for a card at the last Continue."""
    known: list[str] = documents.read(locked).get("called", [])
    return known


def newly_called_for(locked: Request, raised: set[str]) -> frozenset[str]:
    """What calls for a card now and did not at the last Continue; an autosave in between takes no card away."""
    kept = documents.read(locked)
    before, called = set(kept.get("called", [])), care.calls_for_a_card(raised)
    documents.close(locked, {**kept, "called": sorted(called)})
    return care.worth_showing(called, before=before)


def support_for_all(reading: Reading) -> set[str]:
    """Where the practice does not ask about self-harm, everyone is shown whom to talk to at the end of that form."""
    slug, setting = SELF_HARM
    if reading.response.slug != slug or reading.document["settings"][setting]:
        return set()
    pages = paging.split(reading.definition)
    is_at_the_end = paging.following(pages, reading.document["reached"], reading.result.enabled) is None
    return {care.SUPPORT} if is_at_the_end else set()


def note(document: dict[str, Any], flags: Collection[str], locked: Request, *, now: datetime) -> None:
    """Write into a response's document what the client is about to be shown."""
    made = care.cards(flags, is_checkin=locked.purpose == Request.Purpose.CHECKIN)
    if made:
        entry = {"flags": sorted(flags), "cards": [card.kind for card in made], "at": now.isoformat()}
        document["shown"] = [*document["shown"], {**entry, "read_at": None, "choice": ""}]


def note_beside(document: dict[str, Any], flags: Collection[str], locked: Request, *, now: datetime) -> None:
    """The same for a card beside the question at the tap: it needs no press, and Continue shows it again."""
    known = [entry["flags"] for entry in document["shown"] if entry["choice"] == BESIDE]
    if flags and sorted(flags) not in known:
        note(document, flags, locked, now=now)
        document["shown"][-1].update(read_at=now.isoformat(), choice=BESIDE)


def mark_read(locked: Request, *, choice: str, now: datetime) -> None:
    """The client has put the cards aside."""
    for response in locked.responses.select_related("client").select_for_update(of=("self",), no_key=True):
        document = documents.read(response)
        unread = [entry for entry in document["shown"] if entry["read_at"] is None]
        for entry in unread:
            entry.update(read_at=now.isoformat(), choice=choice)
        if unread:
            documents.close(response, document).save(update_fields=["sealed"])
