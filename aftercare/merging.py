"""Session records move to the client who stays when two become one."""

from __future__ import annotations

from aftercare.access import AMENDMENT, RECORD
from aftercare.models import SessionRecord
from clinic.people import sealing
from clinic.people.models import Client


def merge(*, kept: Client, gone: Client) -> None:
    """Every record and amendment, word for word, sealed anew with the key of `kept`."""
    for row in SessionRecord.objects.filter(client=gone).prefetch_related("amendments"):
        if row.sealed:
            row.sealed = _anew(kept, gone, RECORD, row)
        row.client = kept
        row.save(update_fields=["client", "sealed"])
        for amendment in row.amendments.all():
            words = sealing.unseal(gone, AMENDMENT, amendment.code, amendment.sealed)
            amendment.sealed = sealing.seal(kept, AMENDMENT, amendment.code, words)
            amendment.save(update_fields=["sealed"])


def _anew(kept: Client, gone: Client, label: str, row: SessionRecord) -> bytes:
    return sealing.seal(kept, label, row.code, sealing.unseal(gone, label, row.code, row.sealed))
