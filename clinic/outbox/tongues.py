"""The language in which a client is written to: what may be chosen, and the choice."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clinic.outbox.models import Wording
from clinic.people import audit, languages
from clinic.people.models import Client, Practice, User


def offered(client: Client) -> list[tuple[str, str]]:
    """The practice's language, those in which any letter is worded, and the one that the client has."""
    practice = Practice.objects.the()
    worded = Wording.objects.exclude(language="").values_list("language", flat=True).distinct()
    codes = sorted({*worded, *([client.language] if client.language else [])} - {practice.language})
    return [(code, languages.name(code)) for code in (practice.language, *codes)]


@transaction.atomic
def choose_language(*, client: Client, language: str, by: User | None, now: datetime) -> bool:
    """Write in this language from now on, where there are words in it; whether anything changed."""
    practice = Practice.objects.the()
    row = Client.objects.select_for_update(no_key=True).get(code=client.code)
    wanted = "" if language == practice.language else language
    if row.language == wanted:
        return False
    row.language = client.language = wanted
    row.save(update_fields=["language"])
    audit.record(actor=by, verb="changed", about=row, client=row, fields=["language"], now=now)
    return True
