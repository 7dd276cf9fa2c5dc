"""Numbers to call in need, by country."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.utils.functional import lazy

from clinic.people.models import HelpNumber

# Said where no number is on file, so that no sentence has a hole in it.
FALLBACK = {
    "emergency": "your emergency number",
    "advice_line": "your doctor",
    "crisis_line": "your local crisis line",
    "maternity": "your maternity unit",
}


def numbers(country: str) -> dict[str, str]:
    """Words for each kind, as they stand in a sentence."""
    return words(dialled(country))


def numbers_if_said(country: str) -> dict[str, object]:
    """The same, read only when one of them is put into a sentence: most letters name none."""
    found = cache(numbers)

    def word(kind: str) -> str:
        return found(country)[kind]

    said = lazy(word, str)
    return {kind: said(kind) for kind in FALLBACK}


def words(found: Iterable[HelpNumber]) -> dict[str, str]:
    """The same, of numbers that were read already."""
    return {**FALLBACK, **{number.kind: number.words for number in found}}


def dialled(country: str) -> list[HelpNumber]:
    """The numbers of a country, for links that call."""
    return list(HelpNumber.objects.filter(country=country))
