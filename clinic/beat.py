"""Beat's own Celery app: it only sends the ticks of the night shift, so it loads no page, table or task."""

from __future__ import annotations

import os
from logging.config import dictConfig

from celery import Celery
from django.conf import settings

from clinic import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

app = Celery("clinic", fixups=[])  # without Celery's door to Django, which would load everything
broker.prepare()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.imports = ()  # what a worker imports needs the tables
dictConfig(settings.LOGGING)
