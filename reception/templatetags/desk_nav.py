"""The places of the desk's own navigation, and which of them the page that is shown belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.http import HttpRequest
from django.urls import reverse

register = template.Library()

SETTINGS = "desk-settings"
PLACES = {
    "today": "Today",
    "desk-calendar": "Calendar",
    "desk-intakes": "Intakes",
    "desk-alerts": "Alerts",
    "desk-clients": "Clients",
    "desk-waitlist": "Waiting list",
    "desk-letters": "Letters",
    SETTINGS: "Settings",
}
CLINICAL = {"desk-intakes", "desk-alerts"}
# The first word of an address below /desk/; whatever is not named here is something that can be set.
SECTIONS = {
    "": "today",
    "sessions": "today",
    "calendar": "desk-calendar",
    "book": "desk-calendar",
    "bookings": "desk-calendar",
    "block": "desk-calendar",
    "intakes": "desk-intakes",
    "alerts": "desk-alerts",
    "clients": "desk-clients",
    "waitlist": "desk-waitlist",
    "letters": "desk-letters",
    "to-phone": "desk-letters",
    "adverse-events": "desk-alerts",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the navigation; `current` is what aria-current says, empty for the others."""

    name: str
    words: str
    address: str
    current: str


@register.filter
def places(request: HttpRequest) -> list[Place]:
    """The lines that this user may follow."""
    here = section(request.path)
    names = [name for name in PLACES if name not in CLINICAL or getattr(request.user, "is_clinical", False)]
    return [_place(name, request.path, here) for name in names]


def section(path: str) -> str:
    """The place that an address belongs to; none outside the desk."""
    if not path.startswith("/desk/"):
        return ""
    return SECTIONS.get(path.removeprefix("/desk/").partition("/")[0], SETTINGS)


def _place(name: str, path: str, here: str) -> Place:
    address = reverse(name)
    current = "page" if path == address else "true"
    return Place(name, PLACES[name], address, current if name == here else "")
