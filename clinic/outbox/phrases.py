"""The small language of letters: named placeholders, links, and words that are left out when there is nothing to say.

    {first_name}                 a placeholder; only names that the letter knows
    [Open your form](form_url)   a link; one that stands alone becomes a button
    [[Or call {phone}.]]         left out when a placeholder in it is empty
    [[Call {phone}.|Reply.]]     what stands after the bar is said instead

Nothing else is looked up or run, so a practice may write its own letters. `{help!}` marks, in the shipped wordings
only, what no wording may leave out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import conditional_escape, format_html

TOKEN = re.compile(
    r"(?P<open>\[\[)|(?P<close>\]\])|(?P<bar>\|)"
    r"|\[(?P<words>[^\[\]{}|\n]+)\]\((?P<to>[a-z0-9_]+)(?P<must_link>!?)\)"
    r"|\{(?P<name>[a-z0-9_]+)(?P<must>!?)\}"
    r"|(?P<stray>[{}])"
)
WRITTEN = "It is written [words](name), and square brackets serve for nothing else."
CALLED = re.compile(r"((?<!\w)\+?\(?\d(?:[ ().-]{0,2}\d){2,})")
NOT_DIALLED = re.compile(r"\(0\)|[^+\d]")
MARK = re.compile(r"(\{[a-z0-9_]+|\]\([a-z0-9_]+)!([})])")


class WordingProblem(ValueError):
    """A wording that cannot be used; each problem names its line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Name:
    """One placeholder; with `words` it is a link to the address that it stands for."""

    name: str
    line: int
    words: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class Optional:
    """Words that are said only when every placeholder in them has something to say; else the others."""

    parts: tuple[str | Name, ...]
    otherwise: tuple[str | Name, ...]


@dataclass(frozen=True)
class Phrase:
    """A wording taken apart."""

    parts: tuple[str | Name | Optional, ...]

    def names(self) -> Iterator[Name]:
        """Every placeholder, in order."""
        for part in self.parts:
            inner = (*part.parts, *part.otherwise) if isinstance(part, Optional) else (part,)
            yield from (each for each in inner if isinstance(each, Name))

    @property
    def known(self) -> frozenset[str]:
        return frozenset(each.name for each in self.names())

    @property
    def required(self) -> frozenset[str]:
        return frozenset(each.name for each in self.names() if each.is_required)

    def render(self, values: Mapping[str, object], say: Say) -> str:
        """The words; `say` turns a placeholder's value, and a link, into text or HTML."""
        return "".join(_rendered(part, values, say) for part in self.parts)


@dataclass(frozen=True)
class Say:
    """How plain words, a value and a link are written: in text, or in HTML."""

    words: Callable[[str], str]
    value: Callable[[object], str]
    link: Callable[[str, str], str]
    number: Callable[[str], str]  # words that hold a number to call


def as_text(value: Callable[[object], str]) -> Say:
    return Say(str, value, lambda words, url: f"{words}: {url}", str)


def as_html(value: Callable[[object], str]) -> Say:
    return Say(
        lambda words: str(conditional_escape(words)),
        value,
        lambda words, url: str(format_html('<a href="{}">{}</a>', url, words)),
        _dialled,
    )


def _dialled(words: str) -> str:
    """The words as HTML; each number in them calls at a tap, and stays on one line."""
    parts = CALLED.split(words)
    parts[::2] = [str(conditional_escape(each)) for each in parts[::2]]
    parts[1::2] = [
        str(format_html('<a href="tel:{}" class="nw">{}</a>', NOT_DIALLED.sub("", each), each)) for each in parts[1::2]
    ]
    return "".join(parts)


@lru_cache(maxsize=512)
def parse(text: str) -> Phrase:
    """Take a wording apart; WordingProblem names each line that does not hold together."""
    reading = _Reading(text)
    for token in TOKEN.finditer(text):
        reading.take(token)
    return reading.finish()


def problems(text: str, *, known: Iterable[str], required: Iterable[str] = ()) -> list[str]:
    """What keeps this wording from being used, each with its place; nothing where it is fine."""
    try:
        phrase = parse(text)
    except WordingProblem as problem:
        return problem.problems
    names = frozenset(known)
    found = [
        f"Line {each.line}: {{{each.name}}} is not a placeholder of this letter."
        for each in phrase.names()
        if not each.words and each.name not in names
    ]
    found += _broken_links(text, phrase, sorted(filter(is_address, names)))
    return found + [f"{{{name}}} is missing: this letter must say it." for name in sorted(set(required) - phrase.known)]


def is_address(name: str) -> bool:
    """Whether a placeholder stands for an address: only to one may a link go."""
    return name.endswith("url") or name.startswith("link_")


def _broken_links(text: str, phrase: Phrase, addresses: list[str]) -> list[str]:
    """Links that lead nowhere, and brackets that would reach a client as they are typed."""
    lines = {each.line for each in phrase.names() if each.words and each.name not in addresses}
    rest = TOKEN.sub("", text).split("\n")
    lines |= {number for number, line in enumerate(rest, 1) if "[" in line or "]" in line}
    where = f"a link goes to one of: {', '.join(addresses)}. {WRITTEN}" if addresses else "no link may stand here."
    return [f"Line {line}: {where}" for line in sorted(lines)]


def partly(text: str, filled: Mapping[str, str]) -> str:
    """The wording with these placeholders filled in, the others still as they are typed."""
    return "".join(_partly(part, filled) for part in parse(text).parts)


def _partly(part: str | Name | Optional, filled: Mapping[str, str]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Name):
        kept = f"[{part.words}]({part.name})" if part.words else f"{{{part.name}}}"
        return filled.get(part.name, kept) if not part.words else kept
    inner = [each for each in part.parts if isinstance(each, Name)]
    if any(each.name in filled for each in inner):
        is_said = all(filled.get(each.name, "kept") for each in inner)
        return "".join(_partly(each, filled) for each in (part.parts if is_said else part.otherwise))
    sides = ["".join(_partly(each, filled) for each in side) for side in (part.parts, part.otherwise)]
    return f"[[{sides[0]}|{sides[1]}]]" if part.otherwise else f"[[{sides[0]}]]"


def as_typed(text: str) -> str:
    """A shipped wording as people see it in the editor: without the marks of what is required."""
    return MARK.sub(r"\1\2", text)


class _Reading:
    """The one pass over a text: what was read so far, and the optional words that are open."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.parts: list[str | Name | Optional] = []
        self.inner: list[list[str | Name]] | None = None
        self.opened_on = 0
        self.problems: list[str] = []

    def take(self, token: re.Match[str]) -> None:
        if token["bar"] and self.inner is None:
            return  # a bar outside of double brackets is only a bar
        self._words(self.text[self.at : token.start()])
        self.at = token.end()
        line = self.text.count("\n", 0, token.start()) + 1
        if token["stray"]:
            self.problems.append(f"Line {line}: a {token['stray']} stands alone. Write placeholders like {{phone}}.")
        elif token["open"]:
            self._open(line)
        elif token["close"]:
            self._close(line)
        elif token["bar"]:
            self._otherwise(line)
        else:
            is_required = bool(token["must"] or token["must_link"])
            self._add(Name(token["name"] or token["to"], line, token["words"] or "", is_required))

    def finish(self) -> Phrase:
        self._words(self.text[self.at :])
        if self.inner is not None:
            self.problems.append(f"Line {self.opened_on}: the [[ has no ]].")
        if self.problems:
            raise WordingProblem(list(dict.fromkeys(self.problems)))  # each once
        return Phrase(tuple(self.parts))

    def _words(self, words: str) -> None:
        if words:
            self._add(words)

    def _add(self, part: str | Name) -> None:
        if self.inner is None:
            self.parts.append(part)
        else:
            self.inner[-1].append(part)

    def _open(self, line: int) -> None:
        if self.inner is not None:
            self.problems.append(f"Line {line}: a [[ stands within another.")
        self.inner, self.opened_on = [[]], line

    def _otherwise(self, line: int) -> None:
        if self.inner is not None and len(self.inner) > 1:
            self.problems.append(f"Line {line}: only one | may stand within [[ ]].")
        elif self.inner is not None:
            self.inner.append([])

    def _close(self, line: int) -> None:
        if self.inner is None:
            self.problems.append(f"Line {line}: the ]] has no [[.")
            return
        first, *rest = self.inner
        if not any(isinstance(part, Name) for part in first):
            self.problems.append(f"Line {line}: there is no placeholder within [[ ]], so it would never be left out.")
        self.parts.append(Optional(tuple(first), tuple(rest[0]) if rest else ()))
        self.inner = None


def _rendered(part: str | Name | Optional, values: Mapping[str, object], say: Say) -> str:
    if isinstance(part, Optional):
        has_all = all(_value(each, values, say) for each in part.parts if isinstance(each, Name))
        return "".join(_rendered(each, values, say) for each in (part.parts if has_all else part.otherwise))
    if isinstance(part, str):
        return say.words(part)
    if not part.words:
        return _value(part, values, say)
    url = values.get(part.name)
    return say.link(part.words, str(url)) if url else say.words(part.words)


def _value(part: Name, values: Mapping[str, object], say: Say) -> str:
    value = values.get(part.name)
    return "" if value is None or value is False else say.value(value)
