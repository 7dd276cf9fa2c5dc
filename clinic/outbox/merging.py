"""Letters move to the client who stays when two become one."""

from __future__ import annotations

from clinic.outbox.draining import LABEL
from clinic.outbox.models import Declined, Message
from clinic.people import sealing
from clinic.people.merging import CannotMerge
from clinic.people.models import Client


def _merge_wishes(kept: Client, gone: Client) -> None:
    """What either did not want, the one who stays does not want."""
    for row in Declined.objects.filter(client=gone):
        Declined.objects.get_or_create(client=kept, kind=row.kind, defaults={"since": row.since})
        row.delete()


def merge(*, kept: Client, gone: Client) -> None:
    """Every letter, its copy sealed anew with the key of `kept`; refused while one is just leaving."""
    letters = Message.objects.select_for_update(of=("self",)).filter(client=gone)
    if any(each.status in {Message.Status.LEASED, Message.Status.SENDING} for each in letters):
        raise CannotMerge("A letter is leaving at this moment. Please try again in a minute.")
    for each in letters:
        if each.sealed_copy:
            copy = sealing.unseal(gone, LABEL, each.code, each.sealed_copy)
            each.sealed_copy = sealing.seal(kept, LABEL, each.code, copy)
        each.client = kept
        each.save(update_fields=["client", "sealed_copy"])
    _merge_wishes(kept, gone)
