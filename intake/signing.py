"""Signing and sending the forms of a session: the typed name, the ticks, and the words they stand for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from clinic.people import audit
from clinic.people.models import Client
from intake import consents, documents, meaning
from intake.meaning import Reading
from intake.models import Consent, Request
from intake.services import NotOpen, Unfinished, complete, lock

STATEMENTS = {
    "consent_info": "I know this therapy does not replace medical care.",
    "consent_stop": "I can say no, pause or stop at any time.",
    "consent_data": consents.KEEP_ANSWERS,
}
AFTERCARE = "Would you like letters with gentle advice after a session?"
EMAIL_DETAIL = "May these letters name the area we worked on?"
FORM = "general"
OPTIONAL = ("consent_emails", "consent_email_detail")


@transaction.atomic
def sign(
    *, asked: Request, name: str, statements: Collection[str], wants_aftercare: bool, wants_email_detail: bool,
    now: datetime, paper: consents.Paper | None = None,
) -> Request:  # fmt: skip
    """Sign and send everything in one step; a second press changes nothing.

    Raises Unfinished when an answer or a statement is missing: the forms then stay drafts.
    """
    locked = lock(asked)
    if locked.sent_at:
        return locked
    if locked.purpose != Request.Purpose.PRESESSION or not locked.is_open:
        raise NotOpen
    if not name.strip() or not set(STATEMENTS) <= set(statements):
        raise Unfinished({"signature": [key for key in STATEMENTS if key not in statements] or ["name"]})
    chosen = [key for key, wanted in zip(OPTIONAL, (wants_aftercare, wants_email_detail), strict=True) if wanted]
    complete(locked, _with_statements(locked, [*STATEMENTS, *chosen], now), now=now)
    choices: dict[str, bool] = {Consent.Kind.AFTERCARE: wants_aftercare, Consent.Kind.EMAIL_DETAIL: wants_email_detail}
    _keep(locked, name.strip(), choices, paper, now)
    actor, verb = (paper.typed_by, "typed in, signed on paper") if paper else (None, "signed")
    audit.record(actor=actor, verb=verb, about=locked, client=locked.client, fields=list(STATEMENTS), now=now)
    return locked


def _with_statements(locked: Request, ticked: list[str], now: datetime) -> dict[str, Reading]:
    """The readings with the signed statements as answers to the form's own consent items."""
    readings = meaning.readings(locked, now=now)
    general = readings.get(FORM)
    if general is not None:
        signed = {key: key in ticked for key in (*STATEMENTS, *OPTIONAL) if key in general.definition.by_id}
        document = {**general.document, "answers": {**general.answers, **signed}}
        known = meaning.around(locked.client, now=now)
        readings[FORM] = meaning.reading(general.response, general.definition, document, known)
    return readings


def _keep(locked: Request, name: str, choices: Mapping[str, bool], paper: consents.Paper | None, now: datetime) -> None:
    client = locked.client
    kept = documents.read(locked)
    signature = {"name": name, "statements": STATEMENTS, "version": consents.TEXT_VERSION, "at": now.isoformat()}
    by_hand = {"on_paper": paper.said(now)} if paper else {}
    documents.close(locked, {**kept, "signature": {**signature, **by_hand}}).save(update_fields=["sealed"])
    signed = [*consents.OUTLINE, *STATEMENTS.values()]
    words = {Consent.Kind.AFTERCARE: [AFTERCARE], Consent.Kind.EMAIL_DETAIL: [EMAIL_DETAIL]}
    for kind, answer in {Consent.Kind.SIGNATURE: True, **choices}.items():
        text = words.get(Consent.Kind(kind), signed)
        consents.give(client=client, asked=locked, kind=kind, text=text, answer=answer, now=now, name=name, paper=paper)
    Client.objects.filter(code=client.code).update(
        wants_aftercare=choices[Consent.Kind.AFTERCARE], wants_email_detail=choices[Consent.Kind.EMAIL_DETAIL]
    )
