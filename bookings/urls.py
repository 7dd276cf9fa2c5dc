"""Addresses of clients' pages about bookings."""

from __future__ import annotations

from django.urls import path

from bookings import courses, desk_feed, managing, views, waiting

booking_urls = [  # /book/
    path("book/", views.new, name="booking-new"),
    path("book/times/", views.times, name="booking-times"),
    path("book/waitlist/", waiting.join, name="booking-waitlist"),
    path("book/several/", courses.several, name="booking-several"),
    path("book/course/<uuid:code>/", courses.done, name="booking-course-done"),
    path("book/course/<uuid:code>/appointments.ics", courses.file, name="booking-course-ics"),
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
    path("b/<str:token>/move/to/", managing.move_to, name="booking-move-to"),
    path("b/<str:token>/move/undo/", managing.undo_move, name="booking-undo-move"),
    path("b/<str:token>/appointment.ics", managing.file, name="booking-ics"),
    path("b/<str:token>/questions/", managing.questions, name="booking-questions"),
]
feed_urls = [path("feed/<str:token>.ics", desk_feed.calendar_file, name="feed")]
waitlist_urls = [  # /w/<token>/
    path("w/<str:token>/", waiting.entry, name="waitlist-entry"),
    path("w/<str:token>/accept/", waiting.accept, name="waitlist-accept"),
    path("w/<str:token>/decline/", waiting.decline, name="waitlist-decline"),
    path("w/<str:token>/leave/", waiting.leave, name="waitlist-leave"),
]
urlpatterns = booking_urls + link_urls + waitlist_urls + feed_urls
