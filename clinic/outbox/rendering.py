"""From a letter's one wording to the text and the HTML that leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString

from clinic.outbox.models import Message
from clinic.outbox.registry import CalendarPart, Mail, Stop
from clinic.people import help as help_numbers
from clinic.people.models import Client, Practice, Practitioner, User

PAUSED = "Letters to this client are paused."
NO_ADDRESS = "There is no e-mail address we may write to. Please phone."


@dataclass(frozen=True)
class Paragraph:
    """A run of lines that belong together: `p` for text, `ul` for a list."""

    kind: str
    lines: list[SafeString] = field(default_factory=list)


def compose(
    kind: str,
    *,
    to: Client | User | Practitioner | str,
    context: Mapping[str, Any],
    reply_to: str = "",
    ics: CalendarPart | None = None,
    stop_url: str = "",
) -> Mail | Stop:
    """The mail of this kind, from `emails/<kind>.subject.txt` and `emails/<kind>.txt`.

    Both parts come from one wording, so they cannot drift apart. A client who may not be written to gets no mail
    but a task for the practice: the letter is withheld.
    """
    if isinstance(to, Client) and to.letters_paused_at:
        return Stop(Message.Status.WITHHELD, PAUSED)
    practice = Practice.objects.the()
    address = _address(to, practice)
    if not address:
        return Stop(Message.Status.WITHHELD, NO_ADDRESS)
    facts = {**_standing_facts(to, practice), **context, "stop_url": stop_url}
    return Mail(
        to=address,
        subject=" ".join(_render(f"emails/{kind}.subject.txt", facts, as_html=False).split()),
        text=_text(kind, facts),
        html=_html(kind, facts, practice),
        reply_to=reply_to or practice.email,
        headers=_headers(stop_url),
        ics=ics,
    )


def paragraphs(markup: str) -> list[Paragraph]:
    """Escaped text as paragraphs and lists: a blank line ends a paragraph, a line with "- " is a list's item."""
    found: list[Paragraph] = []
    for block in markup.strip().split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        for is_item, run in groupby(lines, key=lambda line: line.startswith("- ")):
            # Escaped by the template engine a moment ago; SafeString only says so.
            found.append(Paragraph("ul" if is_item else "p", [SafeString(line.removeprefix("- ")) for line in run]))
    return found


def tidy(text: str) -> str:
    """No spaces at the ends of lines, never more than one blank line."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(line for number, line in enumerate(lines) if line or lines[number - 1])


def _text(kind: str, facts: Mapping[str, Any]) -> str:
    parts = [_render(name, facts, as_html=False) for name in (f"emails/{kind}.txt", "emails/footer.txt")]
    return tidy("\n\n".join(part.strip() for part in parts)) + "\n"


def _html(kind: str, facts: Mapping[str, Any], practice: Practice) -> str:
    body = _render(f"emails/{kind}.txt", facts, as_html=True)
    foot = _render("emails/footer.txt", facts, as_html=True)
    return render_to_string(
        "emails/letter.html",
        {
            "subject": " ".join(_render(f"emails/{kind}.subject.txt", facts, as_html=False).split()),
            "paragraphs": paragraphs(tidy(body)),
            "footer": paragraphs(tidy(foot)),
            "practice": practice,
        },
    )


def _render(name: str, facts: Mapping[str, Any], *, as_html: bool) -> str:
    template: Any = get_template(name)
    rendered: str = template.template.render(Context({**facts, "as_html": as_html}, autoescape=as_html))
    return rendered


def _address(to: Client | User | Practitioner | str, practice: Practice) -> str:
    """Where it goes; a practitioner without an address of her own is told through the practice's."""
    if isinstance(to, str):
        return to
    if isinstance(to, Practitioner):
        return to.email or practice.email
    return to.email if isinstance(to, User) or to.may_email else ""


def _standing_facts(to: Client | User | Practitioner | str, practice: Practice) -> dict[str, Any]:
    """What every letter may speak of."""
    name = "" if isinstance(to, str) else to.name
    return {
        "first_name": name.split()[0] if name.split() else "there",
        "practice": practice,
        "phone": practice.phone,
        "address": practice.address,
        "site_url": settings.SITE_URL,
        **help_numbers.numbers(to.country if isinstance(to, Client) else practice.country),
    }


def _headers(stop_url: str) -> dict[str, str]:
    headers = {"Auto-Submitted": "auto-generated"}
    if stop_url:
        headers["List-Unsubscribe"] = f"<{stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
