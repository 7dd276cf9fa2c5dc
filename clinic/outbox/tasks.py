"""Celery doors of `outbox`: each is safe to run twice, by two workers, or by nobody."""

from __future__ import annotations

from celery import shared_task

from clinic.outbox import draining, health, services
from clinic.people import clock


@shared_task
def tick() -> None:
    """Send what is due; nothing while the clocks of two machines disagree."""
    if not health.clocks_agree():
        return
    sent = draining.drain(now=clock.now(), progress=health.in_progress)
    health.done(sent)


@shared_task
def replan() -> None:
    """Plan all letters again."""
    services.sweep(now=clock.now())
    health.beat("replan")
