"""What a practitioner wrote for one letter to one client: other words, or a sentence more; sealed."""

from __future__ import annotations

from aftercare.access import Session
from aftercare.models import PlanChange
from clinic.outbox.rendering import OwnWords
from clinic.people import sealing

LABEL = "aftercare.words"


def of(session: Session, kind: str) -> OwnWords:
    """The words kept for this letter; none where the wording is the usual one."""
    row = PlanChange.objects.filter(booking=session.booking, kind=kind).exclude(sealed_words=b"").first()
    return read(session, row) if row else OwnWords()


def read(session: Session, row: PlanChange) -> OwnWords:
    if not row.sealed_words:
        return OwnWords()
    return OwnWords(**sealing.unseal(session.client, LABEL, row.code, row.sealed_words))


def seal(session: Session, row: PlanChange, words: OwnWords) -> None:
    content = {"text": words.text, "subject": words.subject, "added": words.added}
    row.sealed_words = sealing.seal(session.client, LABEL, row.code, content)
