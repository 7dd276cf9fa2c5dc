"""Celery doors of `people`."""

from __future__ import annotations

from celery import shared_task

from clinic.people import audit


@shared_task
def chain_audit() -> None:
    """Chain the audit rows of the last minute."""
    audit.chain()
