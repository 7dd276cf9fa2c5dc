"""The shell of every letter: one column of real text, with nothing to fetch and nothing to tell over a shoulder."""

import re

import html5lib
import pytest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from clinic.outbox.rendering import Paragraph
from tests.test_look import contrast

SUBJECT = "Tuesday 25 November, 11:30: your session"


@pytest.fixture(scope="module")
def letter() -> str:
    button = SafeString('<a href="https://example.org/b/token/" class="b">See your booking</a>')
    parts = [
        Paragraph("p", [SafeString("Dear Sam,")]),
        Paragraph("ul", [SafeString("One thing"), SafeString("Another")]),
        Paragraph("p", [SafeString("Two lines"), button]),
    ]
    foot = [Paragraph("p", [SafeString("Stillpoint")])]
    facts = {
        "subject": SUBJECT,
        "paragraphs": parts,
        "footer": foot,
        "practice": {"name": "Stillpoint"},
        "preheader": "A letter from Stillpoint. Open it to read what it says and what you can do next.",
        "language": "en-GB",
        "direction": "ltr",
    }
    return render_to_string("emails/letter.html", facts)


def test_it_is_valid_html(letter: str) -> None:
    html5lib.HTMLParser(strict=True).parse(letter)


def test_it_fetches_nothing(letter: str) -> None:
    assert not re.search(r"<(img|link|script|iframe|table)|url\(|@import|src=", letter)


def test_it_knows_light_and_dark(letter: str) -> None:
    assert '<meta name="color-scheme" content="light dark">' in letter
    assert "prefers-color-scheme:dark" in letter


def test_it_is_one_narrow_column_of_large_text(letter: str) -> None:
    assert "max-width:560px" in letter
    assert "font:18px" in letter


def test_it_is_light_enough_to_arrive_whole(letter: str) -> None:
    assert len(letter) < 4_000


def test_a_lock_screen_sees_a_neutral_line_first(letter: str) -> None:
    body = letter[letter.index("<body>") :]
    first = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()
    assert first.startswith("A letter from Stillpoint. Open it to read what it says and what you can do next.")


def test_the_subject_is_the_heading(letter: str) -> None:
    assert f"<h1>{SUBJECT}</h1>" in letter


def test_its_colours_are_readable(letter: str) -> None:
    light, dark = letter.split("@media")
    for scheme in (light, dark):
        ink, ground = re.findall(r"body\{[^}]*?color:(#[0-9a-f]{6});background:(#[0-9a-f]{6})", scheme)[0]
        assert contrast(ink, ground) >= 7
        foot = re.findall(r"footer\{[^}]*?color:(#[0-9a-f]{6})", scheme)[0]
        assert contrast(foot, ground) >= 4.5
        back, front = re.findall(r"\.b\{[^}]*?background:(#[0-9a-f]{3,6});color:(#[0-9a-f]{3,6})", scheme)[0]
        assert contrast(*(c if len(c) == 7 else "#ffffff" for c in (back, front))) >= 4.5
