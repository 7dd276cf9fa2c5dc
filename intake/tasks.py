"""Celery doors of `intake`."""

from __future__ import annotations

from celery import shared_task

from clinic.people import clock
from intake import retention


@shared_task
def forget_drafts() -> None:
    """Drop what was begun and never sent."""
    retention.forget_drafts(now=clock.now())
