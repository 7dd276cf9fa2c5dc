"""What each placeholder of a letter stands for, and something to show where there is no booking to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

OWN_LINK = "https://example.org/their-own-link/"


@dataclass(frozen=True)
class Meaning:
    """One placeholder, in words."""

    name: str
    words: str
    sample: str
    is_link: bool
    is_required: bool = False


MEANINGS: dict[str, tuple[str, str]] = {
    "first_name": ("the first name of whom it goes to", "Ada"),
    "practice": ("the name of the practice", "Stillpoint"),
    "practitioner": ("who treats them", "Clara Weiss"),
    "phone": ("the practice’s phone number", "020 7946 0000"),
    "address": ("the practice’s address", "1 High Street"),
    "directions": ("how to get there", "The bell is on the left."),
    "site_url": ("the address of the website", "https://example.org"),
    "emergency": ("whom to call in an emergency, by country", "999"),
    "advice_line": ("whom to call for medical advice, by country", "NHS 111"),
    "crisis_line": ("the crisis line, by country", "Samaritans on 116 123"),
    "maternity": ("the maternity unit", "your maternity unit"),
    "additions": ("where additions for a session or a practitioner stand", ""),
    "day": ("the day of the session", "Tuesday 25 November"),
    "first_day": ("the day of the first session", "Tuesday 25 November"),
    "time": ("the time of the session", "11:30"),
    "when_day": ("“tomorrow”, “today”, or “on” and the day", "tomorrow"),
    "until": ("until when a time is kept", "18:30 today"),
    "until_on": ("the last day of the wait", "Friday 12 December"),
    "expiry": ("the last day on which the link works", "Tuesday 9 December"),
    "call_by": ("by when you call", "Thursday 27 November"),
    "count": ("how many sessions", "3"),
    "minutes": ("how long the session is", "60"),
    "client": ("the client, first name and initial only", "Ada B."),
    "code": ("the code to type", "123 456"),
    "email": ("the address to sign in with", "clara@example.org"),
    "name": ("what the visitor gave as their name", "Sam Poole"),
    "reply_to": ("the address of the visitor", "sam@example.org"),
    "message": ("what the visitor wrote", "Do you have a lift?"),
    "when": ("day and time of one session", "Tuesday 25 November at 11:30"),
    "settle_words": ("their own words on what helps them settle", "tea and a walk"),
    "sessions": ("the list of all sessions", ""),
    "days": ("the list of all days", ""),
    "links": ("the list of all bookings", ""),
}
LINKS: dict[str, str] = {
    "form_url": "their form, while it is open",
    "manage_url": "their booking",
    "book_url": "the page to book",
    "link_book": "the page to book, unless a next session is booked",
    "list_url": "their place on the waiting list",
    "desk_url": "the page at the desk",
    "question_url": "the question and its answer",
    "sign_in_url": "the page to sign in",
    "link_notes": "the page with their notes, when the letter holds no detail",
    "link_checkin": "the check-in",
    "link_reflect": "the short look back",
    "stop_url": "the page to stop letters",
    "url": "this one booking",
}


def meanings(known: Iterable[str], required: Iterable[str]) -> list[Meaning]:
    """Those of one letter: what it must say first."""
    must = set(required)
    found = [_meaning(name, is_required=name in must) for name in known]
    return sorted(found, key=lambda each: (not each.is_required, each.is_link, each.name))


def _meaning(name: str, *, is_required: bool) -> Meaning:
    if name in LINKS:
        return Meaning(name, f"the link to {LINKS[name]}", OWN_LINK, is_link=True, is_required=is_required)
    words, sample = MEANINGS.get(name, ("a paragraph that is chosen for each client", ""))
    return Meaning(name, words, sample, is_link=False, is_required=is_required)
