"""One intake as lines for a document: what the page of it says, in the same order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from clinic.people import wording
from intake import documents
from intake.compared import Line as Answered
from intake.opened import Opened, OpenFlag
from intake.pdf import Line

NOT_PROVIDED = "Not provided"


def lines(seen: Opened) -> list[Line]:
    """Safety answers first, then what to plan for, touch, scores, every answer, and what was signed."""
    asked, zone = seen.asked, ZoneInfo(seen.asked.practitioner.timezone)
    when = f"For the session on {wording.day_with_year(asked.needed_at, zone)} with {asked.practitioner.name}."
    sent = f"Sent on {wording.day_with_year(asked.sent_at, zone)}." if asked.sent_at else "Not sent yet."
    found = [Line(asked.client.name, kind="title"), Line(f"{when} {sent}")]
    found += _part("Safety answers", (line for flag in seen.safety for line in _flag(flag)), "None.")
    plans = [*(Line(words) for words in seen.presets), *(Line(_plan(flag)) for flag in seen.adaptations)]
    found += _part("Plan for", plans)
    found += _part("Where touch is all right", (Line(answer, words) for words, answer in seen.touch), NOT_PROVIDED)
    found += _scores(seen)
    for title, answers in seen.sections:
        found += _part(title, (_answer(line) for line in answers))
    found += _part("About the client", (Line(value or NOT_PROVIDED, words) for words, value in seen.about))
    found += _part(
        "Questions to the client", (Line(each.answer or "Not answered yet", each.text) for each in seen.questions)
    )
    return found + _part("Signed", _signed(seen, zone), "Not signed yet.")


def _part(title: str, inner: Iterable[Line], empty: str = "") -> list[Line]:
    held = list(inner) or ([Line(empty)] if empty else [])
    return [Line(title, kind="heading"), *held] if held else []


def _flag(flag: OpenFlag) -> Iterator[Line]:
    yield Line(f"{flag.kind.practitioner or flag.kind.why}", f"{flag.kind.title} ({flag.row.get_severity_display()})")
    for question, answer in flag.because:
        yield Line(f"{question} {answer}".strip())
    for shown in flag.shown:
        yield Line(f"Shown to the client: {shown.words}.")
    state = flag.row.get_state_display()
    yield Line(" ".join(filter(None, [f"{state}.", f"{flag.decision}." if flag.decision else "", flag.reason])))


def _plan(flag: OpenFlag) -> str:
    return f"{flag.kind.title}. {flag.kind.practitioner or flag.kind.why}".strip()


def _scores(seen: Opened) -> list[Line]:
    if seen.hides_scores:
        return []
    rows = [
        Line(f"{'–' if row.now is None else row.now} ({row.range}) {row.band} {row.change}".strip(), row.label)
        for row in seen.scores
    ]
    return _part("Scores (higher is worse; for talking, not for diagnosis)", rows)


def _answer(line: Answered) -> Line:
    was = f" (was: {line.was or NOT_PROVIDED.lower()})" if line.is_changed else ""
    return Line(f"{line.answer or NOT_PROVIDED}{was}", line.question)


def _signed(seen: Opened, zone: ZoneInfo) -> Iterator[Line]:
    signature = documents.read(seen.asked).get("signature")
    if not signature:
        return
    paper = signature.get("on_paper")
    at = seen.asked.sent_at
    where = f"on paper, on {paper['signed_on']}; typed in by {paper['typed_by']}" if paper else "on screen"
    yield Line(f"{where}, sent on {wording.day_with_year(at, zone) if at else ''}", signature["name"])
    for words in signature["statements"].values():
        yield Line(f"Ticked: {words}")
    if seen.state == "read":
        review = seen.asked.review
        yield Line(
            seen.note or "No note.", f"Read by {review.reader.name}, {wording.day_with_year(review.read_at, zone)}"
        )
