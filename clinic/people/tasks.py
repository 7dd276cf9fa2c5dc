"""Celery doors of `people`."""

from __future__ import annotations

from celery import shared_task

from clinic.people import audit, clock, merging, receipts


@shared_task
def chain_audit() -> None:
    """Chain the audit rows of the last minute."""
    audit.chain(now=clock.now())


@shared_task
def forget_receipts() -> None:
    """Drop what was kept of forms that nobody will send again, and of merges that nobody can take back."""
    receipts.forget(now=clock.real_now())
    merging.forget(clock.now())
