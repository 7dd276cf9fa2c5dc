"""Two rows that are one person become one: what belongs to the person herself, and the end of the row that goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from clinic.people import audit, profile
from clinic.people.models import CareLink, Client, Link, Merge, User

KEPT = timedelta(days=14)  # for so long a merge can be taken back


class CannotMerge(Exception):
    """Why these two cannot become one; the text is fit to show at the desk."""


def merge(*, kept: Client, gone: Client) -> None:
    """Links, care and profile move to `kept`. What both say stays as `kept` says it; the more careful wish counts."""
    profile.write(kept, {**profile.read(gone), **profile.read(kept)})
    Link.objects.filter(client=gone).update(client=kept)
    Link.objects.filter(about=gone.code).update(about=kept.code)
    for link in CareLink.objects.filter(client=gone):
        CareLink.objects.get_or_create(client=kept, practitioner=link.practitioner)
    Client.objects.filter(possible_duplicate_of=gone).exclude(code=kept.code).update(possible_duplicate_of=kept)
    kept.email, kept.phone = kept.email or gone.email, kept.phone or gone.phone
    kept.language = kept.language or gone.language
    kept.letters_paused_at = kept.letters_paused_at or gone.letters_paused_at
    kept.may_email = kept.may_email and gone.may_email
    kept.wants_email_detail = kept.wants_email_detail and gone.wants_email_detail
    if kept.wants_aftercare is None or gone.wants_aftercare is False:
        kept.wants_aftercare = gone.wants_aftercare
    if kept.possible_duplicate_of_id == gone.code:
        kept.possible_duplicate_of = None
    kept.save()


def remove(gone: Client) -> None:
    """Delete the emptied row and its key; refused while anything still hangs on it, so that nothing is lost."""
    CareLink.objects.filter(client=gone).delete()
    Merge.objects.filter(kept=gone).delete()  # an older merge can no longer be taken back
    Client.objects.filter(possible_duplicate_of=gone).update(possible_duplicate_of=None)
    for relation in gone._meta.related_objects:
        model = relation.related_model
        if not isinstance(model, str) and model._base_manager.filter(**{relation.field.name: gone}).exists():
            raise CannotMerge(f"Something of the other one cannot move: {model._meta.verbose_name}.")
    gone.delete()


def forget(now: datetime) -> None:
    """Drop what was kept of merges that can no longer be taken back; the night shift's work."""
    Merge.objects.filter(made_at__lt=now - KEPT).delete()


@transaction.atomic
def tell_apart(client: Client, *, is_apart: bool, actor: User, now: datetime) -> None:
    """They are two people, or may be one after all; the mark stays, so that nobody marks them again."""
    client.told_apart_at = now if is_apart else None
    client.save(update_fields=["told_apart_at"])
    audit.record(actor=actor, verb="changed", about=client, client=client, fields=["told_apart_at"], now=now)
