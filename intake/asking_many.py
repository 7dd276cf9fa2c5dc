"""Asks the questions of many bookings at once, as an import needs it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from clinic.outbox.registry import Planned
from clinic.people.models import Client, Practice, Practitioner
from intake import documents, letters, offered, services
from intake.due import due
from intake.models import Request, Response


class Asking(NamedTuple):
    """One booking's questions: whose, for whom, about what, until when, and why."""

    client: Client
    practitioner: Practitioner
    about: UUID
    needed_at: datetime
    reasons: tuple[str, ...] = ()


@transaction.atomic(savepoint=False)
def ask_many(
    asked: Sequence[Asking], *, answered: Collection[UUID], practice: Practice, now: datetime
) -> list[Planned]:
    """The questions of new bookings, and the letters about them, which the caller writes together with its own.

    As `services.ask`, which is done one by one, letters and all, for clients who have `answered` something before.
    """
    for each in asked:
        if each.client.code in answered:
            services.ask(**each._asdict(), now=now)
    new = [each for each in asked if each.client.code not in answered]
    wanted = {reasons: offered.wanted(reasons) for reasons in {each.reasons for each in new}}
    requests = []
    for each in new:
        ours, own = wanted[each.reasons]
        requests.append(_request(each, [*due(ours, {}, needed_at=each.needed_at), *own], now))
    Request.objects.bulk_create(requests, batch_size=500)
    return [letter for request in requests for letter in letters.invitations(request, practice)]


def clients_who_answered(codes: Collection[UUID]) -> set[UUID]:
    """Those whose earlier answers may change what is asked or sent."""
    return set(Response.objects.filter(client__in=codes).values_list("client", flat=True))


def _request(asked: Asking, wanted: list[str], now: datetime) -> Request:
    request = Request(
        client=asked.client,
        practitioner=asked.practitioner,
        about=asked.about,
        needed_at=asked.needed_at,
        asked_at=now,
        purpose=Request.Purpose.PRESESSION,
        questionnaires=wanted,
    )
    return documents.close(request, {"reasons": list(asked.reasons)})
