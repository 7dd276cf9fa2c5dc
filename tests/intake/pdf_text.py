"""The text of a PDF, read as a search would: glyphs through each font's own table of letters."""

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)\sendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\((.*?)(?<!\\)\) Tj|\[(.*?)\] TJ", re.DOTALL)
ESCAPED = re.compile(rb"\\([nrtbf()\\])")
PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(document: bytes) -> str:
    """Every line that is shown, one after the other."""
    objects = {int(number): body for number, body in OBJECT.findall(document)}
    tables = {
        name.decode(): _table(objects, int(number))
        for body in objects.values()
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)
    }
    pages = [_stream(body) for body in objects.values() if b"/Filter" in body and b"/Length1" not in body]
    return "\n".join(_shown(page, tables) for page in pages if b" Tf" in page)


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    try:
        return zlib.decompress(found[1]) if found else b""
    except zlib.error:
        return b""


def _table(objects: dict[int, bytes], font: int) -> dict[int, str]:
    link = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    assert link is not None
    body = objects[int(link[1])]
    words = _stream(body) if b"/Filter" in body else body
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>\s", words)
    return {int(code, 16): bytes.fromhex(letters.decode()).decode("utf-16-be") for code, letters in pairs}


def _shown(page: bytes, tables: dict[str, dict[int, str]]) -> str:
    table: dict[int, str] = {}
    lines = []
    for font, words, many in SHOWN.findall(page):
        if font:
            table = tables[font.decode()]
            continue
        raw = words or b"".join(re.findall(rb"\((.*?)(?<!\\)\)", many, re.DOTALL))
        plain = ESCAPED.sub(lambda found: PLAIN.get(found[1], found[1]), raw)
        codes = [int.from_bytes(plain[n : n + 2], "big") for n in range(0, len(plain), 2)]
        lines.append("".join(table.get(code, "?") for code in codes))
    return "\n".join(lines)
