"""Addresses of the desk's pages about reception, below /desk/."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
