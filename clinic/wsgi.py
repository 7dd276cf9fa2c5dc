"""The door for gunicorn."""

from __future__ import annotations

import os

from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("SQLITE_WAIT_SECONDS", "3")  # a visitor is told soon; a command or the night shift can wait

application = get_wsgi_application()
# Refuse to serve where a check finds an error, such as a database that would let two bookings share a time.
BaseCommand().check(databases=["default"])
