"""Every shipped wording holds together, and a practice may start from it."""

import pytest

from clinic.outbox.phrases import parse, problems
from clinic.outbox.registry import KINDS
from clinic.outbox.wordings import defaults

ALL = sorted(defaults())


@pytest.mark.parametrize("name", ALL)
def test_a_shipped_wording_can_be_read_and_saved_as_it_is(name: str) -> None:
    """Written in the language of clinic/outbox/phrases.py: {name}, [words](link), [[left out when empty]]."""
    ships = defaults()[name]

    assert parse(ships.text).parts
    assert problems(ships.typed, known=ships.known, required=ships.required) == []
    assert "!}" not in ships.typed


@pytest.mark.parametrize("name", sorted(KINDS.keys() - {"test_letter", "once_more"}))
def test_every_kind_has_a_subject_and_a_text(name: str) -> None:
    assert defaults()[name].subject
    assert defaults()[name].text
