"""Addresses of the desk's pages for other programs, below /desk/."""

from __future__ import annotations

from django.urls import path

from bookings import desk_programs

urlpatterns = [
    path("export/", desk_programs.export, name="desk-export"),
    path("export/bookings.csv", desk_programs.export_file, name="desk-export-file"),
    path("api-keys/", desk_programs.api_keys, name="desk-api-keys"),
    path("api-keys/<uuid:code>/revoke/", desk_programs.api_key_revoke, name="desk-api-key-revoke"),
    path("api-keys/<uuid:code>/put-back/", desk_programs.api_key_put_back, name="desk-api-key-put-back"),
]
