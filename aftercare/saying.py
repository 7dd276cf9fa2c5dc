"""What each letter says about one session: its blocks, its links and its other words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.urls import reverse

from aftercare import access, plan
from aftercare.access import Session
from aftercare.blocks import Choice, Facts, book, for_mail, for_page, left_out
from aftercare.record import Record
from clinic.outbox import wishes
from clinic.outbox.rendering import Block, Manner, language_of, listen, plain, standing_facts
from clinic.outbox.wordings import Voice, voice
from clinic.people import links, wording
from clinic.people.models import Link
from intake import documents
from intake import facts as intake_facts
from intake.access import newest_completed
from intake.facts import ClientFacts
from intake.reasons import CHECKIN

CHECKIN_LIVES = timedelta(days=7)
NOTES_LIVE = timedelta(days=30)
STOP_LIVES = timedelta(days=365)
PLACEHOLDER = "(their own link)"
SETTLE_LENGTH = 120

Addresses = Callable[[str], str]


@dataclass(frozen=True)
class Told:
    """A session and all that its letters may draw on."""

    session: Session
    facts: Facts
    settle_words: str
    standing: Mapping[str, object]  # what every letter may speak of

    @property
    def language(self) -> str:
        return language_of(self.session.client, self.session.practice)

    @property
    def has_notes(self) -> bool:
        """Whether there is a page of notes that a mail may only point to."""
        return self.facts.record is not None and not self.facts.is_detailed


def tell(session: Session, record: Record | None, *, now: datetime) -> Told:
    """Gather the facts; `record` is the signed one, or a draft for its preview."""
    known = intake_facts.for_client(session.client, now=now)
    settle = known.settle_words[:SETTLE_LENGTH].strip()
    facts = Facts(
        flags=known.flags | _last_walk(session),
        has_urgent=has_urgent(known),
        record=record,
        has_settle_words=bool(settle),
        has_detail_consent=session.client.wants_email_detail,
        worst_pain=known.worst_pain,
    )
    return Told(session, facts, settle, standing_facts(session.client, session.practice))


def _last_walk(session: Session) -> frozenset[str]:
    """The one answer, besides flags, that chooses a block: how walking went after the last session."""
    response = newest_completed(session.client).get(CHECKIN)
    answer = documents.read(response)["answers"].get("chk_walk") if response else None
    return frozenset({"walk_some"} if answer == "some" else ())


def has_urgent(known: ClientFacts) -> bool:
    return any(flag.startswith("u_") for flag in known.open_flags)


def layout(kind: str, session: Session) -> str:
    """The list of blocks that this letter holds (`blocks.yaml`, `letters`)."""
    booking = session.booking
    is_long = plan.first_letter(booking.ends_at, session.quiet, session.practice.steps) is None
    return "m11_morning_long" if kind == "m11_morning" and is_long else kind


def chosen(kind: str, told: Told) -> tuple[Choice, ...]:
    return chosen_for(layout(kind, told.session), told)


def chosen_for(laid_out: str, told: Told) -> tuple[Choice, ...]:
    return for_mail(laid_out, told.facts) if laid_out in book().letters else ()


def kept_for_the_page(kind: str, told: Told) -> tuple[Choice, ...]:
    return left_out(layout(kind, told.session), told.facts) if kind in WITH_BLOCKS and told.facts.record else ()


def notes(told: Told) -> list[str]:
    """The paragraphs of the page behind the link."""
    return on_page(for_page(told.facts), told)


def on_page(choices: Iterable[Choice], told: Told) -> list[str]:
    """Each paragraph as it reads there, all in one language."""
    found = list(choices)
    return in_words(found, told, voice([choice.name for choice in found], language=told.language))


def in_words(choices: Iterable[Choice], told: Told, heard: Voice) -> list[str]:
    """Each paragraph as it reads, in the practice's own words where it has some."""
    values = {**told.standing, **quotes(told)}
    return [plain(heard.of(choice.name).text, values, heard) for choice in choices]


def heard_in(kind: str, told: Told) -> Voice:
    """The words that this letter is made of, all in one language."""
    manner = Manner(layout(kind, told.session), additions(told.session))
    return listen(kind, _blocks(kind, told), manner, told.language)


def _blocks(kind: str, told: Told) -> dict[str, object]:
    return {choice.block: Block(choice.name) for choice in chosen(kind, told)}


def quotes(told: Told) -> dict[str, object]:
    return {"settle_words": told.settle_words.rstrip(".")}


def context(kind: str, told: Told, to: Addresses, *, now: datetime) -> dict[str, object]:
    """The context of one letter's wording."""
    session = told.session
    words: dict[str, object] = {
        "practitioner": session.booking.practitioner.name,
        "day": wording.day_said(session.booking.starts_at, session.booking.tz),
        "time": wording.time(session.booking.starts_at, session.booking.tz),
        **_blocks(kind, told),
        **quotes(told),
    }
    more = MORE.get(kind, _nothing)
    return words | more(told, to, now)


def shown(page: str) -> str:
    """For previews: no link is made."""
    return PLACEHOLDER


def live(session: Session, *, now: datetime) -> Addresses:
    """Links that work, made as the letter leaves."""

    def address(page: str) -> str:
        page, _, kind = page.partition(" ")  # "stop m10_after" stops that kind
        purpose, lives, name = PAGES[page]
        about = wishes.code_of(kind) if kind else about_page(page, session)
        token = links.mint(purpose=purpose, client=session.client, about=about, now=now, expires_at=now + lives)
        return links.url(name, token)

    return address


def about_page(page: str, session: Session) -> UUID:
    """The reflection after a week is a request of its own, so that the check-in keeps its answers."""
    return uuid5(session.booking.code, "reflect") if page == "reflect" else session.booking.code


def _nothing(told: Told, to: Addresses, now: datetime) -> dict[str, object]:
    return {}


def _notes_link(told: Told, to: Addresses, now: datetime) -> dict[str, object]:
    return {"link_notes": to("notes")} if told.has_notes else {}


def _checkin_link(told: Told, to: Addresses, now: datetime) -> dict[str, object]:
    return {"link_checkin": to("checkin")}


def _week(told: Told, to: Addresses, now: datetime) -> dict[str, object]:
    book = "" if access.next_session(told.session) else settings.SITE_URL + reverse("booking-new")
    return {"link_reflect": to("reflect"), "link_book": book}


def additions(session: Session) -> tuple[UUID, ...]:
    """Whose additions the letters of this session may hold."""
    return session.booking.service_id, session.booking.practitioner_id


WITH_BLOCKS = frozenset({"m10_after", "m11_morning", "m14_support"})
PAGES = {
    "notes": (Link.Purpose.NOTES, NOTES_LIVE, "aftercare-notes"),
    "checkin": (Link.Purpose.CHECKIN, CHECKIN_LIVES, "checkin"),
    "reflect": (Link.Purpose.CHECKIN, CHECKIN_LIVES, "checkin"),
    "stop": (Link.Purpose.STOP, STOP_LIVES, "stop-short"),
}
MORE: dict[str, Callable[[Told, Addresses, datetime], dict[str, object]]] = {
    "m10_after": _notes_link,
    "m11_morning": _notes_link,
    "m12_checkin": _checkin_link,
    "m12b_checkin_nudge": _checkin_link,
    "m13_week": _week,
}
