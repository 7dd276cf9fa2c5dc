"""How far letters are worded in another language: a letter goes in it only when all that it may hold is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from aftercare.blocks import book, wording_name
from bookings.letters import EXPECTED, POSITION
from clinic.outbox.models import Wording
from clinic.outbox.wordings import SHELL, defaults, is_usable
from clinic.people import languages
from clinic.people.models import Practice

ROWS = {"sessions": "course_session", "days": "course_day", "links": "new_link_session"}
NESTED = {"expect": (EXPECTED, POSITION), "position": (POSITION,), **{name: (row,) for name, row in ROWS.items()}}
Key = tuple[str, str, str]  # the name, the language, and for whom an addition is


@dataclass(frozen=True)
class Gap:
    """One thing that a letter holds and that nobody has worded in this language."""

    words: str
    url: str


def parts(name: str) -> tuple[str, ...]:
    """All wordings that this letter may hold, its own first."""
    blocks = book().blocks
    paragraphs = (
        wording_name(block, rule.variant)
        for block in book().letters.get(name, ())
        for rule in blocks[block]
        if rule.text
    )
    nested = (each for placeholder in sorted(defaults()[name].known) for each in NESTED.get(placeholder, ()))
    return tuple(dict.fromkeys((name, *SHELL, *nested, *paragraphs)))


class Tongue:
    """One language, and what is worded in it; all wordings are read once."""

    def __init__(self, language: str) -> None:
        newest = {(row.name, row.language, row.for_code): row for row in Wording.objects.order_by("number")}
        self.language = language
        self.live: set[Key] = {key for key, row in newest.items() if not row.is_default and is_usable(row)}

    @property
    def name(self) -> str:
        return languages.name(self.language)

    def is_worded(self, name: str) -> bool:
        return (name, self.language, "") in self.live

    def gaps(self, name: str) -> list[Gap]:
        """What keeps this letter from going in the language; nothing when it does."""
        return [*self._of_paragraphs(name), *self._of_additions(name)]

    def _of_paragraphs(self, name: str) -> Iterator[Gap]:
        for part in parts(name):
            if not self.is_worded(part):
                yield Gap(defaults()[part].title, self.address(part))

    def _of_additions(self, name: str) -> Iterator[Gap]:
        for _, language, code in sorted(key for key in self.live if key[0] == name and key[2]):
            if not language and (name, self.language, code) not in self.live:
                yield Gap("An addition to it", self.address(name, code))

    def address(self, name: str, for_code: str = "") -> str:
        asked = {"language": self.language} | ({"for": for_code} if for_code else {})
        return f"{reverse('desk-wording', args=[name])}?{urlencode(asked)}"


def begun() -> list[str]:
    """The languages besides the practice's own in which anything is worded."""
    found = set(Wording.objects.exclude(language="").values_list("language", flat=True))
    return sorted(found - {Practice.objects.the().language})
