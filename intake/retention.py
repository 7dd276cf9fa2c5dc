"""How long unfinished answers are kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from intake.access import LINK_LIVES
from intake.models import Flag, Response


@transaction.atomic
def forget_drafts(*, now: datetime) -> int:
    """Delete forms that were never sent, 30 days after the session and the last answer, when their link is over too.

    One with an answer that still waits for a person stays until that person has dealt with it.
    """
    over = now - LINK_LIVES
    waiting = Flag.objects.filter(state__in=Flag.WAITING_STATES, severity__in=Flag.WAITING_SEVERITIES)
    drafts = Response.objects.filter(status=Response.Status.DRAFT, saved_at__lt=over, request__needed_at__lt=over)
    return drafts.exclude(flags__in=waiting).delete()[1].get("intake.Response", 0)
