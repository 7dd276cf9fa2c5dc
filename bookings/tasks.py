"""Celery doors of `bookings`: safe to run twice, by two workers, or by nobody."""

from __future__ import annotations

from celery import shared_task

from bookings import offers
from clinic.people import clock


@shared_task
def offer_times() -> None:
    """Pass on offers that lapsed, and offer freed times to those who wait."""
    offers.review(now=clock.now())
