"""The way through a client's pages: what comes next, what comes before, and what the lists show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from clinic.people import help as help_numbers
from clinic.people import profile
from clinic.people.models import Practice
from intake import care, consents, meaning, pages, paging
from intake.care import Card
from intake.definition import Item
from intake.forms import COMFORT, SAFE_PHONE
from intake.meaning import Reading
from intake.models import Request
from intake.reasons import NEWS
from intake.regions import AREAS

CHECK = "check"  # ?to=check: the page was opened by a Change link and leads back there
PLACE = re.compile(r"(\d{1,3})-(\d{1,3})")  # ?to=2-7: part 2, page 7


@dataclass(frozen=True)
class Task:
    """One row of the list; the address is relative to the start."""

    words: str
    address: str
    state: str


@dataclass(frozen=True)
class Call:
    """A number to call: what to say, and what to dial."""

    words: str
    tel: str


@dataclass(frozen=True)
class ShownCard:
    """A care card with its numbers."""

    card: Card
    calls: list[Call]


@dataclass(frozen=True)
class Line:
    """One question on the check page: what was answered, and where to change it."""

    question: str
    answer: str
    address: str
    is_missing: bool = False


@dataclass(frozen=True)
class Section:
    """The lines of one part."""

    title: str
    lines: list[Line]


def tasks(asked: Request, *, now: datetime) -> list[Task]:
    """Everything there is to do, in an order that works."""
    return [
        Task("About you", "you/", pages.DONE if profile.read(asked.client) else pages.TODO),
        *(Task(part.definition.title, f"{part.number}/", part.state) for part in pages.parts(asked, now=now)),
        Task("Where touch is all right", "touch/", pages.DONE if consents.touch_map(asked.client) else pages.TODO),
    ]


def first_page(asked: Request, token: str) -> str:
    """Where Start leads: a client who was here before is asked at once whether anything is new."""
    if not profile.read(asked.client):
        return reverse("intake-you", args=[token])
    if asked.questionnaires[:1] == [NEWS] and asked.saved_at is None:
        return reverse("intake-part", args=[token, 1])
    return reverse("intake-tasks", args=[token])


def areas() -> dict[str, str]:
    """The areas to ask about; inside the mouth only where the practice does that at all."""
    permitted = Practice.objects.the().intraoral_permitted
    return {area: words for area, words in AREAS.items() if permitted or area != "jaw_inside"}


def back(request: HttpRequest, token: str) -> str | None:
    """The name of the page that a Change link came from."""
    return "intake-check" if request.GET.get("to") == CHECK else None


def onward(request: HttpRequest, token: str, part: int, following: int | None) -> str:
    """Where Continue leads: back to the check page, the next page of this part, or the list."""
    if "later" in request.POST:
        return reverse("intake-later", args=[token])
    if back(request, token):
        return reverse("intake-check", args=[token])
    if following is None:
        return reverse("intake-tasks", args=[token])
    return reverse("intake-page", args=[token, part, following])


def with_return(request: HttpRequest, address: str) -> str:
    """The address, keeping that a Change link led here."""
    return f"{address}?{urlencode({'to': CHECK})}" if request.GET.get("to") == CHECK else address


def item_on(reading: Reading, number: int) -> Item | None:
    """The first question on a page of this reading."""
    found = (page.shown(reading.result.enabled) for page in paging.split(reading.definition) if page.number == number)
    return next((items[0] for items in found if items), None)


def page_after(reading: Reading, number: int) -> int | None:
    following = paging.following(paging.split(reading.definition), number, reading.result.enabled)
    return following.number if following else None


def before(request: HttpRequest, token: str, part: int, sheet: pages.Sheet) -> str:
    """Where Back leads."""
    if back(request, token):
        return reverse("intake-check", args=[token])
    if sheet.previous is None:
        return reverse("intake-tasks", args=[token])
    return reverse("intake-page", args=[token, part, sheet.previous])


def through_care(token: str, onward_to: str) -> str:
    """By way of the care page, which then leads on to where Continue was going."""
    place = onward_to.removeprefix(reverse("intake-start", args=[token])).strip("/").replace("/", "-")
    return f"{reverse('intake-care', args=[token])}?{urlencode({'to': place})}"


def after_care(request: HttpRequest, token: str) -> str:
    """Where the care page leads on to: only ever to a page of this link."""
    to = request.GET.get("to", "")
    if found := PLACE.fullmatch(to):
        return reverse("intake-page", args=[token, *map(int, found.groups())])
    return reverse({CHECK: "intake-check", "later": "intake-later"}.get(to, "intake-tasks"), args=[token])


def unread_cards(asked: Request, *, country: str) -> list[ShownCard]:
    """The cards that the client has not put aside yet, each with its numbers."""
    flags: set[str] = set()
    for reading in meaning.readings(asked, now=asked.saved_at or asked.asked_at).values():
        for entry in reading.document["shown"]:
            flags.update(entry["flags"] if entry["read_at"] is None else [])
    return shown(care.cards(flags, is_checkin=asked.purpose == Request.Purpose.CHECKIN), country=country)


def shown(cards: tuple[Card, ...], *, country: str) -> list[ShownCard]:
    """The cards with the country's numbers on them."""
    dialled = {number.kind: number for number in help_numbers.dialled(country)}
    words = help_numbers.numbers(country)
    return [
        ShownCard(card, [Call(words[kind], dialled[kind].tel if kind in dialled else "") for kind in card.calls])
        for card in cards
    ]


def sections(asked: Request, parts: Sequence[pages.Part]) -> list[Section]:
    """The check page: every part, every question that applies."""
    return [_you_section(asked), *map(_part_section, parts), _touch_section(asked)]


def _part_section(part: pages.Part) -> Section:
    reading = part.reading
    missing = pages.unanswered(reading)
    lines = [
        Line(_question(item), pages.words(item, reading.answers.get(item.link_id)), address, item.link_id in missing)
        for page in paging.split(reading.definition)
        for item in page.shown(reading.result.enabled)
        for address in [f"{part.number}/{page.number}/"]
    ]
    return Section(part.definition.title, lines)


def _question(item: Item) -> str:
    return f"{item.stem} {item.row}" if item.row else item.text


def _you_section(asked: Request) -> Section:
    known = profile.read(asked.client)
    comfort = [words for key, words in COMFORT if key in (known.get("comfort") or [])]
    rows = {
        "Date of birth": known.get("birth_date") or "",
        "Who to call": " ".join(filter(None, [known.get("emergency_name"), known.get("emergency_phone")])),
        "Doctor": known.get("doctor") or "",
        "Safe to email": (known.get("safe_email") or "").capitalize(),
        "Phone": dict(SAFE_PHONE).get(known.get("safe_phone") or "", ""),
        "Reaching you": known.get("reach_notes") or "",
        "At ease": ", ".join(comfort),
    }
    return Section("About you", [Line(question, answer, "you/") for question, answer in rows.items()])


def _touch_section(asked: Request) -> Section:
    answers = consents.touch_map(asked.client)
    lines = [
        Line(words, consents.TOUCH_ANSWERS.get(answers.get(area, ""), ""), "touch/", area not in answers)
        for area, words in areas().items()
    ]
    return Section("Where touch is all right", lines)
