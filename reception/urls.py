"""Addresses of clients' pages about reception."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
