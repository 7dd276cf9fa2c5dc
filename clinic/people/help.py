"""Numbers to call in need, by country."""

from __future__ import annotations

from collections.abc import Iterable

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


def words(found: Iterable[HelpNumber]) -> dict[str, str]:
    """The same, of numbers that were read already."""
    return {**FALLBACK, **{number.kind: number.words for number in found}}


def dialled(country: str) -> list[HelpNumber]:
    """The numbers of a country, for links that call."""
    return list(HelpNumber.objects.filter(country=country))
