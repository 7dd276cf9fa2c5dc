"""Addresses of the desk's pages about bookings, below /desk/."""

from __future__ import annotations

from django.urls import path

from bookings import desk

urlpatterns = [
    path("bookings/<uuid:code>/", desk.booking, name="desk-booking"),
    path("bookings/<uuid:code>/arrive/", desk.arrive, name="desk-booking-arrive"),
    path("bookings/<uuid:code>/undo-arrive/", desk.undo_arrive, name="desk-booking-undo-arrive"),
    path("bookings/<uuid:code>/missed/", desk.missed, name="desk-booking-missed"),
    path("bookings/<uuid:code>/undo-missed/", desk.undo_missed, name="desk-booking-undo-missed"),
    path("bookings/<uuid:code>/cancel/", desk.cancel, name="desk-booking-cancel"),
    path("bookings/<uuid:code>/undo-cancel/", desk.undo_cancel, name="desk-booking-undo-cancel"),
]
