"""Addresses of the API, below /api/v1/."""

from __future__ import annotations

from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from bookings import api_errors
from bookings.api import api

operations, app, namespace = api.urls
for operation in operations:
    if operation.callback:
        operation.callback = api_errors.always_json(operation.callback)
urlpatterns = [
    path("", include((operations, app), namespace)),
    re_path(r"^(?P<rest>.*)$", csrf_exempt(api_errors.nothing_here)),
]
