"""One letter to one client in words of its own: what to start from, what is refused, and how it is taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from aftercare import letters, own_words, planning, saying
from aftercare.access import Session
from aftercare.blocks import book
from aftercare.models import PlanChange
from aftercare.services import NotNow
from clinic.outbox import phrases
from clinic.outbox.models import Message
from clinic.outbox.plainness import private_words
from clinic.outbox.rendering import OwnWords, tidy
from clinic.outbox.rewording import LONGEST, NotSaid, Place
from clinic.outbox.wordings import SUBJECT_LENGTH, defaults
from clinic.people import audit
from clinic.people.models import User

LONGEST_SENTENCE = 300
SUBJECT, ADDED = "Subject: ", "The sentence you add: "  # how a problem of theirs begins; the others are the text's
NO_DETAIL = "could tell others about their health, and they have not agreed to detail in mails. Say it in person."
LEFT = (Message.Status.SENT, Message.Status.SENDING, Message.Status.LEASED)


def usual(kind: str, told: saying.Told) -> OwnWords:
    """What to start from: the wording with its chosen paragraphs in it. Links and safety lines stay placeholders."""
    name = saying.layout(kind, told.session)
    heard, chosen = saying.heard_in(kind, told), saying.chosen(kind, told)
    said = heard.of(name)
    texts = dict(zip((each.block for each in chosen), saying.in_words(chosen, told, heard), strict=True))
    blocks = set(book().letters.get(name, ())) - defaults()[name].required
    text = phrases.partly(said.text, {block: texts.get(block, "") for block in blocks})
    return OwnWords(text=tidy(text), subject=said.subject)


def kept(kind: str, told: saying.Told) -> list[str]:
    """The safety lines that stay placeholders, each as it reads for this client now."""
    name = saying.layout(kind, told.session)
    safe = [each for each in saying.chosen(kind, told) if each.block in defaults()[name].required]
    texts = saying.in_words(safe, told, saying.heard_in(kind, told))
    return [f"{{{each.block}}}: {text}" for each, text in zip(safe, texts, strict=True)]


@transaction.atomic
def rewrite(*, session: Session, kind: str, words: OwnWords, by: User, now: datetime) -> None:
    """Say it in these words to this client; what is left empty goes on following wording and record."""
    if kind not in planning.KINDS or _has_left(session, kind):
        raise NotNow("This letter has left, or never goes.")
    if problems := check(kind, session, words):
        raise NotSaid(problems)
    if words == OwnWords():
        take_back(session=session, kind=kind, by=by, now=now)
        return
    row, _ = PlanChange.objects.get_or_create(
        booking=session.booking,
        kind=kind,
        defaults={"change": PlanChange.Change.WORDS, "made_at": now, "made_by": by},
    )
    own_words.seal(session, row, words)
    row.save(update_fields=["sealed_words"])
    _note(session, kind, by, now)
    letters.resync(session, now=now)


@transaction.atomic
def take_back(*, session: Session, kind: str, by: User, now: datetime) -> None:
    """The usual words again; skipped or held it stays."""
    for row in PlanChange.objects.filter(booking=session.booking, kind=kind).exclude(sealed_words=b""):
        if row.change == PlanChange.Change.WORDS:
            row.delete()
        else:
            row.sealed_words = b""
            row.save(update_fields=["sealed_words"])
        _note(session, kind, by, now)


def check(kind: str, session: Session, own: OwnWords) -> list[str]:
    """What keeps these words from being sent, each with its place."""
    ships = defaults()[saying.layout(kind, session)]
    known = ships.known - {"additions"}
    found = phrases.problems(own.text, known=ships.known, required=ships.required) if own.text else []
    found += _too_private(kind, session, own)
    found += [f"{ADDED}{each}" for each in phrases.problems(own.added, known=known)]
    found += [f"{SUBJECT}{each}" for each in phrases.problems(own.subject, known=known)]
    found += [f"{SUBJECT}“{word}” could tell others about their health." for word in private_words(own.subject)]
    if len(own.text) > LONGEST or len(own.subject) > SUBJECT_LENGTH or len(own.added) > LONGEST_SENTENCE:
        found.append("It is too long for a letter.")
    return found


def _too_private(kind: str, session: Session, own: OwnWords) -> list[str]:
    """Words of the body where the client agreed to none in mails; those that the letter says to everybody may stay."""
    if session.client.wants_email_detail:
        return []
    name = saying.layout(kind, session)
    rules = (rule for block in book().letters.get(name, ()) for rule in book().blocks[block])
    usual = [defaults()[name].text, *(rule.text for rule in rules if rule.without_consent == "same")]
    usual += [row.text for row in Place(name).versions[:1]]
    in_text = [word for word in private_words(own.text) if word not in private_words("\n".join(usual))]
    return [
        f"{start}“{word}” {NO_DETAIL}"
        for start, words in (("", in_text), (ADDED, private_words(own.added)))
        for word in words
    ]


def _has_left(session: Session, kind: str) -> bool:
    return Message.objects.about(session.booking.code).filter(kind=kind, status__in=LEFT).exists()


def _note(session: Session, kind: str, by: User, now: datetime) -> None:
    audit.record(actor=by, verb="changed", about=session.booking, client=session.client, fields=[kind], now=now)
