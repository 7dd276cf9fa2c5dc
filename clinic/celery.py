"""The Celery app; it only ticks, the database is the queue (docs/operating.md)."""

from __future__ import annotations

import os

from celery import Celery

from clinic import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

app = Celery("clinic")
broker.prepare()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
