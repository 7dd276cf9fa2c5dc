"""The Celery app; it only ticks, the database is the queue (docs/operating.md)."""

from __future__ import annotations

import os

from celery import Celery
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

app = Celery("clinic")
if not settings.REDIS_URL:  # kombu's filesystem broker wants its folders to be there
    for name in ("queue", "control", "processed"):
        (settings.BROKER_FOLDER / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    TRANSPORT_ALIASES["filesystem"] = "clinic.broker:Transport"
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
