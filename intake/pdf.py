"""Writes words into a PDF whose text can be searched, in whatever letters the fonts have; knows nothing of intake."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

PLAIN, BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"
FAMILY, MORE = "practice", "more"
SIZES = {"title": 16, "heading": 13, "words": 10.5}
MARGIN, LINE = 18, 1.35
FROM_THE_RIGHT = frozenset({"R", "AL", "AN"})
JOINED = ("DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "THAI", "KHMER", "MYANMAR", "SINHALA", "GUJARATI")


class CannotWrite(Exception):
    """There is no font, or it lacks letters that are needed: `letters` names them."""

    def __init__(self, letters: str = "") -> None:
        super().__init__("no font" if not letters else "letters that the font lacks")
        self.letters = letters


@dataclass(frozen=True)
class Line:
    """A title, a heading, words, or a name with its words."""

    words: str
    name: str = ""
    kind: str = "words"


def write(lines: Sequence[Line], *, foot: str, fonts: Sequence[Path], more: Sequence[Path], now: datetime) -> bytes:
    """The lines as an A4 document; raises CannotWrite rather than leave a letter out."""
    folder = next((each for each in fonts if (each / PLAIN).is_file() and (each / BOLD).is_file()), None)
    if folder is None:
        raise CannotWrite
    document = _Document(foot, folder, [path for path in more if path.is_file()])
    try:
        return document.written(lines, now)
    finally:
        for font in document.files:
            font.ttfont.close()


class _Document(FPDF):
    def __init__(self, foot: str, folder: Path, more: Sequence[Path]) -> None:
        super().__init__(format="A4")
        self.foot = foot
        self.add_font(FAMILY, "", folder / PLAIN)
        self.add_font(FAMILY, "B", folder / BOLD)
        for number, path in enumerate(more):
            self.add_font(f"{MORE}{number}", "", path)
        if more:
            self.set_fallback_fonts([f"{MORE}{number}" for number in range(len(more))], exact_match=False)
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        self.set_title("Intake")  # says nothing of whose or what
        self.set_lang("en-GB")

    @property
    def files(self) -> list[TTFFont]:
        return [font for font in self.fonts.values() if isinstance(font, TTFFont)]

    def written(self, lines: Sequence[Line], now: datetime) -> bytes:
        self.set_creation_date(now)
        texts = [words for line in lines for words in (line.words, line.name, self.foot)]
        if missing := self.missing(texts):
            raise CannotWrite(missing)
        self.set_text_shaping(any(map(_is_joined, "".join(texts))))
        self.add_page()
        for line in lines:
            self.put(line)
        return bytes(self.output())

    def missing(self, texts: Iterable[str]) -> str:
        """The letters that no font has."""
        needed = {letter for text in texts for letter in text if not letter.isspace()}
        return "".join(sorted(each for each in needed if not _is_known(each, self.files)))

    def put(self, line: Line) -> None:
        if line.kind == "heading" and self.will_page_break(30):
            self.add_page()
        if line.kind != "words":
            self.ln(2)
        if line.name:
            self._put(line.name, "B", SIZES["words"])
        self._put(line.words, "" if line.kind == "words" else "B", SIZES[line.kind])
        self.ln(1.5)

    def footer(self) -> None:
        self.set_y(-MARGIN + 4)
        self.set_font(FAMILY, "", 8)
        self.cell(0, 5, f"{self.foot}  {self.page_no()}", align="R")

    def _put(self, words: str, style: str, size: float) -> None:
        self.set_font(FAMILY, style, size)
        height = size * LINE * 0.3528  # points as millimetres
        self.multi_cell(0, height, words, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _is_joined(letter: str) -> bool:
    """Whether it is written from right to left, or changes its shape beside others."""
    return unicodedata.bidirectional(letter) in FROM_THE_RIGHT or unicodedata.name(letter, "").startswith(JOINED)


def _is_known(letter: str, fonts: Sequence[TTFFont]) -> bool:
    return any(ord(letter) in font.cmap for font in fonts)
