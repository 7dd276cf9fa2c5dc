"""Cells of a CSV file that a spreadsheet will open: made harmless on the way out, taken back on the way in.

A spreadsheet runs a cell that begins with one of these signs as a formula, so such a cell is written with an apostrophe
before it, and an apostrophe before one of them, or before another apostrophe, is dropped when a file is read.
"""

from __future__ import annotations

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) else text


def meant(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULAS) else cell
