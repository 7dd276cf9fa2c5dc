"""Session records move to the client who stays when two become one."""

from __future__ import annotations

from aftercare import adverse
from aftercare.access import AMENDMENT, RECORD
from aftercare.models import AdverseEvent, PlanChange, SessionRecord
from aftercare.own_words import LABEL
from clinic.people import sealing
from clinic.people.models import Client


def merge(*, kept: Client, gone: Client) -> None:
    """Every record, amendment and letter in words of its own, sealed anew with the key of `kept`."""
    for row in SessionRecord.objects.filter(client=gone).prefetch_related("amendments"):
        if row.sealed:
            row.sealed = _anew(kept, gone, RECORD, row)
        row.client = kept
        row.save(update_fields=["client", "sealed"])
        for amendment in row.amendments.all():
            words = sealing.unseal(gone, AMENDMENT, amendment.code, amendment.sealed)
            amendment.sealed = sealing.seal(kept, AMENDMENT, amendment.code, words)
            amendment.save(update_fields=["sealed"])
    for change in PlanChange.objects.filter(booking__client=gone).exclude(sealed_words=b""):
        own = sealing.unseal(gone, LABEL, change.code, change.sealed_words)
        change.sealed_words = sealing.seal(kept, LABEL, change.code, own)
        change.save(update_fields=["sealed_words"])
    for event in AdverseEvent.objects.filter(client=gone).select_related("client"):
        note = adverse.read(event)
        event.client = kept
        adverse.close(event, note).save(update_fields=["client", "sealed"])


def _anew(kept: Client, gone: Client, label: str, row: SessionRecord) -> bytes:
    return sealing.seal(kept, label, row.code, sealing.unseal(gone, label, row.code, row.sealed))
