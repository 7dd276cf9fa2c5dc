"""The map of addresses; apps are named as strings."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("reception.urls")),
    path("desk/", include("reception.desk_urls")),
    path("accounts/", include("allauth.account.urls")),
    path("api/v1/", include("bookings.api_urls")),
    path("", include("bookings.urls")),
    path("desk/", include("bookings.desk_urls")),
    path("desk/", include("bookings.programs_urls")),
    path("", include("clinic.outbox.urls")),
    path("desk/", include("clinic.outbox.desk_urls")),
    path("", include("intake.urls")),
    path("desk/", include("intake.desk_urls")),
    path("", include("aftercare.urls")),
    path("desk/", include("aftercare.desk_urls")),
]
if settings.MAIL_EVENTS_FROM:
    urlpatterns.append(path("mail-events/", include("clinic.outbox.event_urls")))
