"""Addresses of clients' pages about bookings."""

from __future__ import annotations

from django.urls import path

from bookings import desk_feed, managing, views

booking_urls = [  # /book/
    path("book/", views.new, name="booking-new"),
    path("book/times/", views.times, name="booking-times"),
    path("book/details/<uuid:code>/", views.details, name="booking-details"),
    path("book/done/<uuid:code>/", views.done, name="booking-done"),
    path("book/done/<uuid:code>/appointment.ics", views.done_file, name="booking-done-ics"),
    path("book/done/<uuid:code>/go-on/", views.go_on, name="booking-go-on"),
]
link_urls = [  # /b/<token>/
    path("b/<str:token>/", managing.manage, name="booking-manage"),
    path("b/<str:token>/cancel/", managing.cancel, name="booking-cancel"),
    path("b/<str:token>/undo/", managing.undo, name="booking-undo"),
    path("b/<str:token>/move/", managing.move, name="booking-move"),
    path("b/<str:token>/appointment.ics", managing.file, name="booking-ics"),
    path("b/<str:token>/questions/", managing.questions, name="booking-questions"),
]
feed_urls = [path("feed/<str:token>.ics", desk_feed.calendar_file, name="feed")]
urlpatterns = feed_urls + booking_urls + link_urls
