"""Sending what is due: claim one letter, re-check and render it, send it, note what became of it.

Lost letters: none. Repeated letters: at most one for each time a worker is killed between the server's yes and our
note of it, always with the same Message-ID (docs/operating.md tells how this was measured).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import random
import sys
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import transaction

from clinic.outbox import turns, wishes
from clinic.outbox.claiming import claim, note, recipient
from clinic.outbox.days import YIELDS
from clinic.outbox.models import NIGHT, Message, Suppression
from clinic.outbox.registry import KINDS, PLANS, Mail, Stop
from clinic.outbox.sending import Line, LineBroke, Refused, ServerAway
from clinic.people import clock, sealing
from clinic.people.once import asking_once
from clinic.people.redaction import without_tokens

log = logging.getLogger(__name__)

BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180)]
WRITING_TRIES = 3
AWAY = timedelta(seconds=30)
LONGEST = timedelta(seconds=60)  # then whoever called has its turn again: one run must not keep a worker for ever
MOST_BREAKS = 3
TELLS_EVERY = timedelta(seconds=5)
SENT, BROKE = "sent", "broke"
FREE: dict[str, object] = {"lease": None, "lease_until": None}
NO_LONGER = "It is no longer planned."
TOO_LATE = "It was too late to send."
SUPPRESSED = "This address refused our mail before. Please phone."
LABEL = "outbox.copy"
HALTED = (Message.Status.WITHHELD, Message.Status.FAILED)


class Progress(Protocol):
    """Told now and then how many letters left in this run, so that whoever watches sees that it lives."""

    def __call__(self, sent: int) -> None: ...


def drain(*, now: datetime, limit: int = 500, progress: Progress | None = None) -> int:
    """Send the letters that are due at `now` (the practice's time); how many left. Safe to run many times at once."""
    began = told = clock.real_now()
    sent, breaks, line = 0, 0, Line()
    try:
        for _ in range(limit):
            real_now = clock.real_now()
            if real_now - began > LONGEST or breaks >= MOST_BREAKS:
                break
            if progress and real_now - told > TELLS_EVERY:
                told = real_now
                progress(sent)
            message = claim(now=now, real_now=real_now)
            if message is None:
                break
            outcome = _handle(message, line, now)
            sent += outcome == SENT
            breaks += outcome == BROKE
    except ServerAway:
        log.warning("The mail server cannot be reached; letters wait.")
    finally:
        line.close()
    return sent


def _handle(message: Message, line: Line, now: datetime) -> str:
    """One letter from its lease to its outcome."""
    mail = prepare(message, now=now)
    if mail is None:
        return ""
    try:
        line.open()
    except ServerAway:
        _give_back(message)
        raise
    return _send(message, mail, line, now)


def prepare(message: Message, *, now: datetime) -> Mail | None:
    """Re-check and render; the mail to send, or None when the letter must not go."""
    if message.not_after is not None and now > message.not_after:
        _finish(message, Message.Status.MISSED, TOO_LATE)
        return None
    try:
        return _write(message, now)
    except sealing.CannotUnseal:
        _finish(message, Message.Status.FAILED, "Its content can no longer be read.")
    except Exception:  # noqa: BLE001 (a broken letter must not keep its neighbours waiting)
        # Only where it broke: the words of an exception may hold what the letter holds.
        log.error("The letter %s (%s) could not be written: %s.", message.code, message.kind, _where())  # noqa: TRY400
        _try_later(message, tries=WRITING_TRIES, why="It could not be written.")
    return None


@transaction.atomic
@asking_once()
def _write(message: Message, now: datetime) -> Mail | None:
    """The two-phase mark: what is stored as `sending` may have left, what is only `leased` certainly has not."""
    client = recipient(message)
    if client and (morning := turns.sleeps_until(message.kind, client, now=now)):
        _give_back(message, wait=morning - now, why=NIGHT)  # a worker that comes back at night wakes nobody
        return None
    kind = KINDS.get(message.kind)
    written = kind.write(message.about, now) if kind else Stop(Message.Status.FAILED, "This kind is unknown.")
    if isinstance(written, Mail):
        written = _obstacle(message, now) or written
    if isinstance(written, Stop):
        _finish(message, written.status, written.reason)
        return None
    digest, copy = address_digest(written.to), _copy(message, written)
    if note(message, {"status": Message.Status.SENDING, "sealed_copy": copy}, unless_suppressed=digest):
        return written
    if Suppression.objects.filter(digest=digest).exists():
        _finish(message, Message.Status.WITHHELD, SUPPRESSED)
    return None


def _obstacle(message: Message, now: datetime) -> Stop | None:
    """What only the outbox knows: it is not wanted, planned for another time, or another one has this day."""
    if KINDS[message.kind].optional and wishes.declines(recipient(message), message.kind):
        return wishes.UNWANTED
    if not _is_planned(message, now):
        return Stop(Message.Status.SUPERSEDED, NO_LONGER)
    return Stop(Message.Status.SUPERSEDED, YIELDS) if turns.gives_way(message, now=now) else None


def _is_planned(message: Message, now: datetime) -> bool:
    """Whether this very letter is still planned: after a move its kind may be, but for another time."""
    plan = next((each for each in PLANS if message.kind in each.kinds), None)
    wanted = [each.occasion for each in (plan.plan(message.about, now) if plan else []) if each.kind == message.kind]
    return not wanted or message.occasion in wanted


def _where() -> str:
    """The kind of the present exception, and the line that raised it."""
    kind, _, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)
    return f"{kind.__name__ if kind else ''} at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _send(message: Message, mail: Mail, line: Line, now: datetime) -> str:
    if _is_nearly_over(message):
        _give_back(message)  # opening the line took so long that another worker may soon take the letter
        return BROKE
    try:
        line.send(message, mail, now=now)
    except Refused as refusal:
        _refused(message, mail, refusal)
        return ""
    except LineBroke:
        _try_later(message, tries=settings.OUTBOX_ATTEMPTS, why="The mail server hung up or fell silent.")
        return BROKE
    except ValueError:  # a line break in a header, say: it must not keep all the others waiting
        log.error("The letter %s (%s) could not be sent as it is.", message.code, message.kind)  # noqa: TRY400 (no values)
        _try_later(message, tries=WRITING_TRIES, why="It could not be sent.")
        return ""
    note(message, FREE | {"status": Message.Status.SENT, "sent_at": now, "outcome": "", "sealed_facts": b""})
    return SENT


def _is_nearly_over(message: Message) -> bool:
    """Whether the lease could end before the server has answered."""
    deadline = timedelta(seconds=settings.EMAIL_TIMEOUT)
    return message.lease_until is not None and message.lease_until - clock.real_now() < deadline


def _refused(message: Message, mail: Mail, refusal: Refused) -> None:
    if refusal.address_is_bad:
        Suppression.objects.get_or_create(
            digest=address_digest(mail.to), defaults={"since": clock.real_now(), "why": f"answer {refusal.code}"}
        )
    why = f"The mail server refused it (answer {refusal.code})."
    if refusal.for_good:
        _finish(message, Message.Status.FAILED, why)
    else:
        _try_later(message, tries=settings.OUTBOX_ATTEMPTS, why=why)


def _try_later(message: Message, *, tries: int, why: str) -> None:
    if message.attempts >= tries:
        _finish(message, Message.Status.FAILED, why)
        return
    wait = BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1] * random.uniform(1, 1.2)  # noqa: S311 (jitter)
    _release(message, next_try_at=clock.real_now() + wait, outcome=why)


def _give_back(message: Message, *, wait: timedelta = AWAY, why: str = "") -> None:
    """Nobody's fault: the letter waits a little and keeps its number of tries."""
    _release(message, next_try_at=clock.real_now() + wait, attempts=message.attempts - 1, outcome=why)


def _release(message: Message, **changes: object) -> None:
    note(message, FREE | {"status": Message.Status.QUEUED} | changes)


def _finish(message: Message, status: str, why: str) -> None:
    """An end, or a halt that a person can lift: then what was sealed for the letter stays."""
    ended = {} if status in HALTED else {"sealed_facts": b""}
    note(message, FREE | {"status": status, "outcome": why} | ended)


def _copy(message: Message, mail: Mail) -> bytes:
    parts = {"to": mail.to, "subject": mail.subject, "text": mail.text, "html": mail.html}
    masked = {name: without_tokens(part) for name, part in parts.items()}
    return sealing.seal(recipient(message), LABEL, message.code, masked)


def copy_of(message: Message) -> dict[str, str] | None:
    """The exact letter that left (or was about to), its live links masked; None when it was never rendered."""
    if not message.sealed_copy:
        return None
    parts: dict[str, str] = sealing.unseal(message.client, LABEL, message.code, message.sealed_copy)
    return parts


def address_digest(address: str) -> str:
    """A keyed hash, so that the table of suppressed addresses tells nobody who they are."""
    return hmac.new(settings.SECRET_KEY.encode(), address.strip().lower().encode(), hashlib.sha256).hexdigest()
