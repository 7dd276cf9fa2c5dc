"""One intake as the practitioner reads it: safety answers first, then scores, places, words and every answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from clinic.people import profile
from intake import compared, consents, documents, flagging, meaning, pages, rules
from intake.access import newest_completed, state_of
from intake.compared import BodyMap, Line, ScoreRow
from intake.flags import FLAGS, FlagKind
from intake.forms import COMFORT, SAFE_PHONE
from intake.meaning import Reading
from intake.models import Flag, Request
from intake.regions import AREAS

CARDS = {
    "emergency": "Get medical help now",
    "same_day": "Get medical help today",
    "crisis": "Crisis lines",
    "unsafe": "Help when home is not safe",
    "talk": "Let us talk first",
    "support": "Someone to talk to",
}


@dataclass(frozen=True)
class Shown:
    """A card that the client saw: which one, when, and what they did."""

    words: str
    at: datetime
    read_at: datetime | None
    left: bool


@dataclass(frozen=True)
class OpenFlag:
    """A flag with the question and the answer behind it."""

    row: Flag
    kind: FlagKind
    because: list[tuple[str, str]]
    shown: list[Shown]
    marks: list[str]
    decision: str
    reason: str


@dataclass(frozen=True)
class Opened:
    """Everything on the page."""

    asked: Request
    state: str
    safety: list[OpenFlag]
    adaptations: list[OpenFlag]
    presets: list[str]
    hides_scores: bool
    touch: list[tuple[str, str]]
    scores: list[ScoreRow]
    maps: list[BodyMap]
    words: list[Line]
    sections: list[tuple[str, list[Line]]]
    about: list[tuple[str, str]]
    note: str


def read(asked: Request, *, now: datetime) -> Opened:
    """Open a request and lay out what it says; the caller records that it was read."""
    readings = meaning.readings(asked, now=now)
    before = _before(asked, readings, now)
    advice = rules.advise(meaning.facts(asked.client, readings, now=now))
    flags = _flags(asked, readings, advice)
    both = [(reading, before.get(slug)) for slug, reading in readings.items()]
    review = getattr(asked, "review", None)
    return Opened(
        asked=asked,
        state=state_of(asked),
        safety=[flag for flag in flags if flag.row.severity in Flag.WAITING_SEVERITIES],
        adaptations=[flag for flag in flags if flag.row.severity not in Flag.WAITING_SEVERITIES],
        presets=[each.words for each in advice if each.does in ("preset", "guardian")],
        hides_scores=any(each.does == "hide_scores" for each in advice),
        touch=_touch(asked),
        scores=[row for reading, last in both for row in compared.scores(reading, last)],
        maps=[each for reading, last in both for each in compared.maps(reading, last)],
        words=[line for reading, last in both for line in compared.lines(reading, last, only_text=True) if line.answer],
        sections=[(reading.definition.title, compared.lines(reading, last)) for reading, last in both],
        about=_about(asked),
        note=documents.read_review(review)["note"] if review else "",
    )


def _before(asked: Request, readings: Mapping[str, Reading], now: datetime) -> dict[str, Reading]:
    """What the client sent the time before, by questionnaire."""
    older = newest_completed(asked.client, before=asked.sent_at or now)
    known = meaning.around(asked.client, now=now)
    return {slug: meaning.read(older[slug], known) for slug in readings if slug in older}


def _flags(asked: Request, readings: Mapping[str, Reading], advice: list[rules.Advice]) -> list[OpenFlag]:
    rows = Flag.objects.filter(response__request=asked).select_related("client", "decided_by", "response")
    made = [_open_flag(row, readings, advice) for row in rows]
    return sorted(made, key=lambda flag: (flag.kind.rank, flag.row.raised_at, flag.kind.id))


def _open_flag(row: Flag, readings: Mapping[str, Reading], advice: list[rules.Advice]) -> OpenFlag:
    document = documents.read(row)
    decided = flagging.DECISIONS.get(document.get("decision", ""), "")
    seen = flagging.SEEN.get(document.get("seen", ""), "")
    return OpenFlag(
        row=row,
        kind=FLAGS[document["id"]],
        because=[_because(source, readings) for source in document["sources"]],
        shown=[shown for reading in readings.values() for shown in _shown(reading, document["id"])],
        marks=[each.words for each in advice if each.does == "mark" and each.flag == document["id"]],
        decision=decided or (f"Seen by a health service: {seen.lower()}" if seen else ""),
        reason=document.get("reason", ""),
    )


def _because(source: str, readings: Mapping[str, Reading]) -> tuple[str, str]:
    """The question and the answer behind a source such as `gen_today=chest`; rules and scores say so."""
    link_id, _, code = source.partition("=")
    for reading in readings.values():
        item = reading.definition.by_id.get(link_id.split(" ")[0])
        if item is not None:
            answer = reading.answers.get(item.link_id)
            return compared.question(item), pages.words(item, code if item.option(code) else answer) or "Taken back"
    return ("Worked out from several answers", "") if source.startswith("rule") else ("Worked out", source)


def _shown(reading: Reading, flag_id: str) -> list[Shown]:
    return [
        Shown(
            words=", ".join(CARDS[card] for card in entry["cards"]),
            at=datetime.fromisoformat(entry["at"]),
            read_at=datetime.fromisoformat(entry["read_at"]) if entry["read_at"] else None,
            left=entry["choice"] == "leave",
        )
        for entry in reading.document["shown"]
        if flag_id in entry["flags"]
    ]


def _about(asked: Request) -> list[tuple[str, str]]:
    """What the profile page says; empty when it was never filled in."""
    known = profile.read(asked.client)
    wishes = [words for key, words in COMFORT if key in (known.get("comfort") or [])]
    rows = {
        "Date of birth": known.get("birth_date"),
        "Who to call": " ".join(filter(None, [known.get("emergency_name"), known.get("emergency_phone")])),
        "Doctor": known.get("doctor"),
        "By phone": dict(SAFE_PHONE).get(known.get("safe_phone") or ""),
        "Reaching them": known.get("reach_notes"),
        "Wishes": ", ".join(wishes),
    }
    return [(words, value or "") for words, value in rows.items()] if known else []


def _touch(asked: Request) -> list[tuple[str, str]]:
    answers = consents.touch_map(asked.client)
    return [(words, consents.TOUCH_ANSWERS[answers[area]]) for area, words in AREAS.items() if area in answers]
