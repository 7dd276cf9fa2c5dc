"""From a letter's one wording to the text and the HTML that leave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from clinic.outbox import phrases
from clinic.outbox.models import Message
from clinic.outbox.registry import CalendarPart, Mail, Stop
from clinic.outbox.wordings import FOOTER, PREHEADER, SHELL, Spoken, Voice, voice
from clinic.people import help as help_numbers
from clinic.people import languages, wording
from clinic.people.models import Client, Practice, Practitioner, User

PAUSED = "Letters to this client are paused."
NO_ADDRESS = "There is no e-mail address we may write to. Please phone."
ALONE = re.compile(r'<a href="([^"]*)">([^<]*)</a>')


@dataclass(frozen=True)
class Paragraph:
    """A run of lines that belong together: `p` for text, `ul` for a list."""

    kind: str
    lines: list[SafeString] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """A placeholder's value that is a wording of its own; with `rows` it is said once for each, line by line."""

    name: str
    rows: tuple[Mapping[str, object], ...] | None = None


@dataclass(frozen=True)
class Number:
    """A placeholder's value that holds a number to call; it may be read only when it is said."""

    words: object

    def __bool__(self) -> bool:
        return bool(self.words)

    def __str__(self) -> str:
        return str(self.words)


@dataclass(frozen=True)
class OwnWords:
    """What a person wrote for this one letter: other words in place of the wording, and a sentence besides."""

    text: str = ""
    subject: str = ""
    added: str = ""


@dataclass(frozen=True)
class Manner:
    """How one letter is written: which wording, whose additions, what a person wrote for this letter only."""

    wording: str = ""
    additions: tuple[UUID, ...] = ()
    own: OwnWords = OwnWords()


@dataclass(frozen=True)
class Parts:
    """A letter as it reads."""

    subject: str
    text: str
    html: str
    paragraphs: tuple[Paragraph, ...] = ()  # those of the HTML, its end included, for pages that show it


USUAL = Manner()


def compose(
    kind: str,
    *,
    to: Client | User | Practitioner | str,
    context: Mapping[str, Any],
    reply_to: str = "",
    ics: CalendarPart | None = None,
    stop_url: str = "",
    manner: Manner = USUAL,
) -> Mail | Stop:
    """The mail of this kind, from `emails/<kind>.subject.txt` and `emails/<kind>.txt`, or what the practice says.

    Both parts come from one wording, so they cannot drift apart. A client who may not be written to gets no mail
    but a task for the practice: the letter is withheld.
    """
    if isinstance(to, Client) and to.letters_paused_at:
        return Stop(Message.Status.WITHHELD, PAUSED)
    practice = Practice.objects.the()
    address = _address(to, practice)
    if not address:
        return Stop(Message.Status.WITHHELD, NO_ADDRESS)
    values = standing_facts(to, practice) | {**context, "stop_url": stop_url}
    heard = listen(kind, values, manner, language_of(to, practice))
    parts = typeset(in_its_words(kind, heard, manner), values, heard, practice)
    return Mail(
        to=address,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        reply_to=reply_to or practice.email,
        headers=_headers(stop_url),
        ics=ics,
    )


def listen(kind: str, values: Mapping[str, object], manner: Manner, language: str) -> Voice:
    """The practice's words for a letter and for all that stands in it, in one query."""
    named = [value.name for value in values.values() if isinstance(value, Block)]
    names = [manner.wording or kind, *SHELL, *named]
    return voice(names, language=language, kind=kind, additions=manner.additions)


def in_its_words(kind: str, heard: Voice, manner: Manner) -> Spoken:
    """The wording of this very letter: what a person wrote, or the usual; additions stand before the sign-off."""
    usual, own = heard.of(manner.wording or kind), manner.own
    added = [*heard.additions, *([own.added] if own.added else [])]
    return Spoken(own.subject or usual.subject, _with_additions(own.text or usual.text, added))


def typeset(said: Spoken, values: Mapping[str, object], heard: Voice, practice: Practice) -> Parts:
    """Fill the words in, as text and as HTML, in the letter's language."""
    language = heard.language or practice.language
    with wording.speaking(language):
        subject = " ".join(_text(said.subject, values, heard).split())
        body, foot = said.text, heard.of(FOOTER).text
        text = tidy("\n\n".join(_text(each, values, heard).strip() for each in (body, foot))) + "\n"
        markup = [paragraphs(tidy(_html(each, values, heard))) for each in (body, foot)]
    shell = {
        "subject": subject,
        "preheader": plain(heard.of(PREHEADER).text, values, heard),
        "direction": languages.direction(language),
        "paragraphs": markup[0],
        "footer": markup[1],
        "practice": practice,
        "language": language,
    }
    return Parts(subject, text, render_to_string("emails/letter.html", shell), (*markup[0], *markup[1]))


def plain(text: str, values: Mapping[str, object], heard: Voice) -> str:
    """One paragraph on its own, as text: for pages and for the reasons beside a letter."""
    return tidy(_text(text, values, heard))


def paragraphs(markup: str) -> list[Paragraph]:
    """Escaped text as paragraphs and lists: a blank line ends a paragraph, a line with "- " is a list's item."""
    return [each for block in markup.strip().split("\n\n") for each in _paragraphs_of(block)]


def _paragraphs_of(block: str) -> Iterator[Paragraph]:
    lines = [line.strip() for line in block.splitlines() if line.strip()]
    if len(lines) == 1 and (link := ALONE.fullmatch(lines[0])):
        lines = [f'<a href="{link[1]}" class="b">{link[2]}</a>']  # alone, it is what there is to do: a button
    for is_item, run in groupby(lines, key=lambda line: line.startswith("- ")):
        # Escaped by `phrases` a moment ago; SafeString only says so.
        yield Paragraph("ul" if is_item else "p", [SafeString(line.removeprefix("- ")) for line in run])


def tidy(text: str) -> str:
    """No spaces at the ends of lines, never more than one blank line."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(line for number, line in enumerate(lines) if line or lines[number - 1])


def language_of(to: Client | User | Practitioner | str, practice: Practice) -> str:
    """The client's language; empty where it is the practice's."""
    wanted = to.language if isinstance(to, Client) else ""
    return "" if wanted == practice.language else wanted


def standing_facts(to: Client | User | Practitioner | str, practice: Practice) -> dict[str, object]:
    """What every letter may speak of."""
    name = "" if isinstance(to, str) else to.name
    country = to.country if isinstance(to, Client) else practice.country
    return {
        "first_name": name.split()[0] if name.split() else "there",
        "practice": practice.name,
        "phone": Number(practice.phone),
        "address": practice.address,
        "directions": practice.directions,
        "site_url": settings.SITE_URL,
        **{kind: Number(words) for kind, words in help_numbers.numbers_if_said(country).items()},
    }


def _with_additions(text: str, added: Iterable[str]) -> str:
    """Where the wording wants them, else before its last paragraph."""
    more = "\n\n".join(added)
    if "{additions}" in text or not more:
        return text.replace("{additions}", more)
    body, _, last = text.rstrip().rpartition("\n\n")
    try:
        phrases.parse(last)
    except phrases.WordingProblem:  # the last words may be left out all together: then nothing can stand within
        return f"{text}\n\n{more}"
    return f"{body}\n\n{more}\n\n{last}"


def _text(text: str, values: Mapping[str, object], heard: Voice) -> str:
    say = phrases.as_text(lambda value: _said(value, values, heard, say))
    return phrases.parse(text).render(values, say)


def _html(text: str, values: Mapping[str, object], heard: Voice) -> str:
    say = phrases.as_html(lambda value: _said(value, values, heard, say))
    return phrases.parse(text).render(values, say)


def _said(value: object, values: Mapping[str, object], heard: Voice, say: phrases.Say) -> str:
    """A value in words: a plain one escaped where needed, a wording of its own filled in."""
    if not isinstance(value, Block):
        return say.number(str(value)) if isinstance(value, Number) else say.words(str(value))
    phrase = phrases.parse(heard.of(value.name).text)
    if value.rows is None:
        return phrase.render(values, say)
    return "\n".join(phrase.render({**values, **row}, say) for row in value.rows)


def _address(to: Client | User | Practitioner | str, practice: Practice) -> str:
    """Where it goes; a practitioner without an address of her own is told through the practice's."""
    if isinstance(to, str):
        return to
    if isinstance(to, Practitioner):
        return to.email or practice.email
    return to.email if isinstance(to, User) or to.may_email else ""


def _headers(stop_url: str) -> dict[str, str]:
    headers = {"Auto-Submitted": "auto-generated"}
    if stop_url:
        headers["List-Unsubscribe"] = f"<{stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
