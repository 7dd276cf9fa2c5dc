"""The book of wordings as the desk's pages show it: shelves of letters, what is said now, who changed what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from aftercare import own_steps, planning
from bookings.models import Service
from clinic.outbox import differing, wordings
from clinic.outbox.models import Wording
from clinic.outbox.registry import KINDS
from clinic.outbox.rewording import Place
from clinic.outbox.wordings import Default, Spoken, defaults
from clinic.people import languages
from clinic.people.models import Practice, Practitioner
from reception.translating import Tongue

NUMBERED = re.compile(r"m\d\d")
TO_PRACTICE = "Letters to the practice"


@dataclass(frozen=True)
class Line:
    """One wording in the list."""

    ships: Default
    tags: tuple[str, ...]
    query: str = ""


@dataclass(frozen=True)
class Shelf:
    """Wordings that belong together."""

    words: str
    hint: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Version:
    """One version in the history, and how it differs from the one before."""

    number: int
    at: datetime | None
    by: str
    is_default: bool
    is_now: bool
    subject: str
    runs: tuple[differing.Run, ...]


@dataclass(frozen=True)
class Beside:
    """Another place where the same letter is worded."""

    words: str
    query: str
    is_worded: bool


def place(name: str, language: str, for_code: str) -> Place | None:
    """The place that an address speaks of; None where there is none."""
    ships = defaults().get(name)
    if ships is None or (language and language not in dict(languages.choices())):
        return None
    if for_code and not (ships.kind and whose(for_code)):
        return None
    return Place(name, "" if language == Practice.objects.the().language else language, for_code)


def whose(for_code: str) -> str:
    """The service or practitioner that an addition is for."""
    try:
        code = UUID(hex=for_code)
    except ValueError:
        return ""
    found = Service.objects.filter(code=code).first() or Practitioner.objects.filter(code=code).first()
    return found.name if found else ""


def said(where: Place) -> Spoken:
    """What is said there now; a new language begins with the practice's own words."""
    newest = where.versions.first()
    if newest and not newest.is_default:
        return Spoken(newest.subject, newest.text)
    return said(Place(where.name, "", where.for_code)) if where.language else where.usual


def titled(name: str) -> Default:
    """What ships, with the name that the practice gave to a letter of its own."""
    ships = defaults()[name]
    return replace(ships, title=own_steps.titles().get(name, ships.title)) if name in planning.OWN else ships


def shelves() -> list[Shelf]:
    """To clients, to the practice, and the paragraphs; each with what was changed."""
    tags = _tags()
    letters = [ships for ships in defaults().values() if ships.kind and ships.kind not in planning.OWN]
    letters.sort(key=_in_time)
    ours = [ships for ships in letters if _is_ours(ships)]
    owned = [replace(defaults()[kind], title=name) for kind, name in own_steps.titles().items()]
    return [
        *([_shelf("Letters of your own", "", owned, tags)] if owned else []),
        _shelf("Letters to clients", "", [each for each in letters if each not in ours], tags),
        _shelf(
            "Paragraphs",
            "They stand in letters where the client’s answers or the session call for them.",
            [each for each in defaults().values() if not each.kind],
            tags,
        ),
        _shelf(TO_PRACTICE, "", ours, tags),
    ]


def shelves_in(language: str) -> list[Shelf]:
    """What a client may get, and how far each is worded in this language."""
    tongue = Tongue(language)
    return [
        replace(shelf, lines=tuple(_line_in(tongue, line) for line in shelf.lines))
        for shelf in shelves()
        if shelf.words != TO_PRACTICE
    ]


def _line_in(tongue: Tongue, line: Line) -> Line:
    name, query = line.ships.name, f"?language={tongue.language}"
    if not tongue.is_worded(name):
        return Line(line.ships, (), query)
    lacking = len(tongue.gaps(name)) if line.ships.kind else 0
    return Line(line.ships, (f"Worded, waits for {lacking} more" if lacking else "Worded",), query)


def _in_time(ships: Default) -> tuple[bool, str]:
    """The letters around a session carry numbers in the order in which they go; what may come at any time follows."""
    is_numbered = NUMBERED.match(ships.name) is not None
    return (not is_numbered, ships.name if is_numbered else "")


def _is_ours(ships: Default) -> bool:
    return ships.name in OURS or KINDS[ships.kind].title.startswith("Notice")


def _shelf(words: str, hint: str, found: list[Default], tags: dict[str, tuple[str, ...]]) -> Shelf:
    return Shelf(words, hint, tuple(Line(each, tags.get(each.name, ())) for each in found))


def _tags() -> dict[str, tuple[str, ...]]:
    """What is not as shipped, in one query."""
    newest = {(row.name, row.language, row.for_code): row for row in Wording.objects.order_by("number")}
    found: dict[str, list[str]] = {}
    for (name, language, for_code), row in newest.items():
        if not row.is_default:
            words = "With an addition" if for_code else languages.name(language) if language else "Your own words"
            fits = words if wordings.is_usable(row) else f"{words}: needs a look"
            found.setdefault(name, []).append(fits)
    return {name: tuple(dict.fromkeys(words)) for name, words in found.items()}


def history(where: Place) -> list[Version]:
    """Newest first; each with its difference from the one before, in words."""
    rows = list(where.versions)
    texts = [_text(where, row) for row in rows]
    befores = [*texts[1:], where.usual.text][: len(rows)]
    return [
        Version(
            row.number,
            row.written_at,
            row.written_by.name or row.written_by.email,
            row.is_default,
            is_now=number == 0,
            subject=row.subject,
            runs=tuple(differing.changes(before, text)),
        )
        for number, (row, text, before) in enumerate(zip(rows, texts, befores, strict=True))
    ]


def _text(where: Place, row: Wording) -> str:
    return where.usual.text if row.is_default else row.text


def beside(where: Place) -> dict[str, list[Beside]]:
    """The other languages that it is worded in, and the additions it may have."""
    rows = Wording.objects.filter(name=where.name).order_by("number")
    newest = {(row.language, row.for_code): row for row in rows}
    worded = {key for key, row in newest.items() if not row.is_default}
    spoken = sorted({language for language, for_code in worded if language and not for_code})
    found = {"languages": [Beside(languages.name(code), f"?language={code}", is_worded=True) for code in spoken]}
    if defaults()[where.name].kind:
        people = [*Service.objects.active(), *Practitioner.objects.filter(is_active=True)]
        spoken_in = f"language={where.language}&" if where.language else ""
        found["additions"] = [
            Beside(each.name, f"?{spoken_in}for={each.code.hex}", is_worded=(where.language, each.code.hex) in worded)
            for each in people
        ]
    return found


OURS = frozenset({"sign_in_code", "invitation", "contact_form"})
