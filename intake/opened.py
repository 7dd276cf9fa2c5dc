"""One intake as the practitioner reads it: safety answers first, then scores, places, words and every answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from clinic.people import profile
from intake import asking, compared, consents, documents, flagging, history, meaning, pages, reviewing, rules, showing
from intake.access import state_of
from intake.asking import Asked
from intake.compared import BodyMap, Line, ScoreRow
from intake.flags import FLAGS, FlagKind
from intake.forms import COMFORT, SAFE_PHONE
from intake.meaning import Reading
from intake.models import Flag, Request
from intake.regions import AREAS
from intake.trend import Trend

AFTER = ("checkin", "reflect")
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
    is_beside: bool  # beside the question, as it was ticked


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
    trend: Trend | None
    changed: list[Line]
    is_first: bool
    maps: list[BodyMap]
    words: list[Line]
    sections: list[tuple[str, list[Line]]]
    about: list[tuple[str, str]]
    note: str
    ticked: list[str]  # adaptations that were ticked here, or the last time
    questions: list[Asked]


def read(asked: Request, *, now: datetime) -> Opened:
    """Open a request and lay out what it says; the caller records that it was read."""
    readings = meaning.readings(asked, now=now)
    sent = history.before(asked.client, meaning.around(asked.client, now=now), moment=asked.sent_at or now)
    last, sections = compared.earlier(sent), list(readings.values())
    advice = rules.advise(meaning.facts(asked.client, readings, now=now))
    flags = _flags(asked, [*sections, *sent], advice)
    answers = [(reading.definition.title, compared.lines(reading, last)) for reading in sections]
    review = getattr(asked, "review", None)
    return Opened(
        asked=asked,
        state=state_of(asked),
        safety=[flag for flag in flags if flag.row.severity in Flag.WAITING_SEVERITIES],
        adaptations=[flag for flag in flags if flag.row.severity not in Flag.WAITING_SEVERITIES],
        presets=[each.words for each in advice if each.does in ("preset", "guardian")],
        hides_scores=any(each.does == "hide_scores" for each in advice),
        touch=_touch(asked),
        scores=[row for reading in sections for row in compared.scores(reading, last)],
        trend=history.courses(asked.client, until=now),
        changed=[line for _, lines in answers for line in lines if line.is_changed],
        is_first=not last.items,
        maps=[each for reading in sections for each in compared.maps(reading, last)],
        words=[line for reading in sections for line in compared.lines(reading, last, only_text=True) if line.answer],
        sections=answers,
        about=_about(asked),
        note=documents.read_review(review)["note"] if review else "",
        ticked=reviewing.ticked(asked),
        questions=asking.of(asked),
    )


def _flags(asked: Request, readings: Sequence[Reading], advice: list[rules.Advice]) -> list[OpenFlag]:
    """Those of this form, and whatever else of this client still holds or still waits for a person."""
    rows = Flag.objects.filter(client=asked.client).select_related(
        "client", "decided_by", "taken_by", "response__request"
    )
    over = Q(state=Flag.State.SUPERSEDED) | Q(severity__in=Flag.WAITING_SEVERITIES) & ~Q(state__in=Flag.WAITING_STATES)
    shown = rows.filter(Q(response__request=asked) | ~over)
    by_response = {reading.response.code: reading for reading in readings}
    made = [_open_flag(row, by_response.get(row.response_id), advice) for row in shown]
    return sorted(_once(made), key=lambda flag: (flag.kind.rank, flag.row.raised_at, flag.kind.id))


def waiting(asked: Request, *, now: datetime) -> list[OpenFlag]:
    """What of this one request needs or needed a person, the most pressing first; the caller records the reading."""
    readings = meaning.readings(asked, now=now)
    rows = Flag.objects.filter(response__request=asked, severity__in=Flag.WAITING_SEVERITIES)
    rows = rows.select_related("client", "owner", "decided_by", "taken_by", "escalated_to", "response__request")
    by_response = {reading.response.code: reading for reading in readings.values()}
    advice = rules.advise(meaning.facts(asked.client, readings, now=now))
    made = [_open_flag(row, by_response.get(row.response_id), advice) for row in rows]
    return sorted(made, key=lambda flag: (flag.kind.rank, flag.row.raised_at, flag.kind.id))


def _once(found: Sequence[OpenFlag]) -> list[OpenFlag]:
    """What only has to be planned for is said once, from the newest form; what waits is shown each time."""
    newest = {flag.kind.id: flag for flag in sorted(found, key=lambda flag: flag.row.raised_at)}
    return [flag for flag in found if flag.row.is_waiting or newest[flag.kind.id] is flag]


def _open_flag(row: Flag, reading: Reading | None, advice: list[rules.Advice]) -> OpenFlag:
    document = documents.read(row)
    decided = {**flagging.DECISIONS, **flagging.CLOSINGS}.get(document.get("decision", ""), "")
    seen = flagging.SEEN.get(document.get("seen", ""), "")
    return OpenFlag(
        row=row,
        kind=FLAGS[document["id"]],
        because=[_because(source, reading) for source in document["sources"]],
        shown=_shown(reading, document["id"]) if reading else [],
        marks=[each.words for each in advice if each.does == "mark" and each.flag == document["id"]],
        decision=decided or (f"Seen by a health service: {seen.lower()}" if seen else ""),
        reason=document.get("reason", ""),
    )


def _because(source: str, reading: Reading | None) -> tuple[str, str]:
    """The question and the answer behind a source such as `gen_today=chest`; rules and scores say so."""
    link_id, _, code = source.partition("=")
    item = reading.definition.by_id.get(link_id.split(" ")[0]) if reading else None
    if reading and item is not None:
        answer = reading.answers.get(item.link_id)
        return compared.question(item), pages.words(item, code if item.option(code) else answer) or "Taken back"
    return ("Worked out from several answers", "") if source.startswith("rule") else _score_words(source, reading)


def _score_words(source: str, reading: Reading | None) -> tuple[str, str]:
    """A score in words: its name and value, and that it changed where that raised the flag."""
    name = source.removeprefix("score ").split(" ")[0]
    score = reading.definition.scores_by_id.get(name) if reading else None
    if reading is None or score is None:
        return "Worked out from several answers", ""
    value = reading.result.scores.get(name)
    words = f"{value:.1f} ({score.lowest} to {score.highest}, higher is worse)" if value is not None else ""
    return history.label(score), f"{words}, clearly worse than before" if " change " in source else words


def _shown(reading: Reading, flag_id: str) -> list[Shown]:
    return [
        Shown(
            words=", ".join(_card(card, reading) for card in entry["cards"]),
            at=datetime.fromisoformat(entry["at"]),
            read_at=datetime.fromisoformat(entry["read_at"]) if entry["read_at"] else None,
            left=entry["choice"] == "leave",
            is_beside=entry["choice"] == showing.BESIDE,
        )
        for entry in reading.document["shown"]
        if flag_id in entry["flags"]
    ]


def _card(card: str, reading: Reading) -> str:
    """What the client read; after a session "let us talk first" would make no sense."""
    is_after = card == "talk" and reading.response.slug in AFTER
    return "Thank you for telling me, with the promise of a call" if is_after else CARDS[card]


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
