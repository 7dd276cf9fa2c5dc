"""Addresses that mail providers report to: anymail's own views, of those providers only that this practice uses."""

from __future__ import annotations

import anymail.urls
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern

from clinic.outbox import mail_events

receiver = mail_events.told  # connected to anymail's signal by being imported

_known: dict[str, URLPattern] = {
    (each.name or "").removesuffix("_webhook").removesuffix("_tracking"): each
    for each in anymail.urls.urlpatterns
    if "inbound" not in (each.name or "")
}
if unknown := set(settings.MAIL_EVENTS_FROM) - _known.keys():
    raise ImproperlyConfigured(
        f"MAIL_EVENTS_FROM names {', '.join(sorted(unknown))}. Known are: {', '.join(sorted(_known))}."
    )
urlpatterns = [_known[provider] for provider in settings.MAIL_EVENTS_FROM]
