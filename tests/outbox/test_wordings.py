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


@pytest.mark.parametrize(
    "text",
    [
        "[Click](http://evil.example)",
        "[Click](day)",
        "[Click](nothing)",
        "[Click](manage_url",
        "[Click]",
        "Hi [there",
        "Hi there]",
        "[About {day}](manage_url)",
        "[](manage_url)",
    ],
)
def test_what_looks_like_a_link_and_is_none_is_named_with_its_line(text: str) -> None:
    found = problems(f"Hello\n\n{text}\n\nBye", known={"day", "manage_url", "link_notes"})

    assert [each.partition(". ")[0] for each in found] == ["Line 3: a link goes to one of: link_notes, manage_url"]


def test_links_and_words_that_may_be_left_out_are_no_broken_links() -> None:
    text = "[[Or [see it](manage_url) on {day}.|[Your notes](link_notes)]]"

    assert problems(text, known={"day", "manage_url", "link_notes"}) == []


def test_the_same_problem_of_a_line_is_said_once() -> None:
    sentence = "stands alone. Write placeholders like {phone}."

    assert problems("{{ x }} {% if %}", known=()) == [f"Line 1: a {{ {sentence}", f"Line 1: a }} {sentence}"]
