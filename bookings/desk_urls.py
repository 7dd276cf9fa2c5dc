"""Addresses of the desk's pages about bookings, below /desk/."""

from __future__ import annotations

from django.urls import path

from bookings import (
    desk,
    desk_appointing,
    desk_arranging,
    desk_calendar,
    desk_changes,
    desk_feed,
    desk_hours,
    desk_time_off,
    desk_waitlist,
    desk_why,
)

booking_urls = [
    path("bookings/<uuid:code>/", desk.booking, name="desk-booking"),
    path("bookings/<uuid:code>/arrive/", desk.arrive, name="desk-booking-arrive"),
    path("bookings/<uuid:code>/undo-arrive/", desk.undo_arrive, name="desk-booking-undo-arrive"),
    path("bookings/<uuid:code>/missed/", desk.missed, name="desk-booking-missed"),
    path("bookings/<uuid:code>/undo-missed/", desk.undo_missed, name="desk-booking-undo-missed"),
    path("bookings/<uuid:code>/cancel/", desk.cancel, name="desk-booking-cancel"),
    path("bookings/<uuid:code>/undo-cancel/", desk.undo_cancel, name="desk-booking-undo-cancel"),
    path("bookings/<uuid:code>/move/", desk_appointing.move, name="desk-booking-move"),
]
calendar_urls = [
    path("calendar/", desk_calendar.week, name="desk-calendar"),
    path("book/", desk_appointing.who, name="desk-book"),
    path("book/<uuid:code>/", desk_appointing.when, name="desk-book-when"),
    path("block/", desk_time_off.block, name="desk-block"),
    path("block/<uuid:code>/open/", desk_time_off.unblock, name="desk-unblock"),
    path("changes/<uuid:code>/take-back/", desk_changes.take_back, name="desk-take-back"),
    path("outside/", desk_hours.outside_hours, name="desk-outside"),
    path("why/", desk_why.why, name="desk-why"),
]
practitioner_urls = [
    path("practitioners/<slug:slug>/", desk_arranging.practitioner, name="desk-practitioner"),
    path("practitioners/<slug:slug>/hours/", desk_hours.hours, name="desk-hours"),
    path("practitioners/<slug:slug>/time-off/", desk_time_off.time_off, name="desk-time-off"),
    path("practitioners/<slug:slug>/time-off/add/", desk_time_off.add, name="desk-time-off-add"),
    path("practitioners/<slug:slug>/time-off/<uuid:code>/remove/", desk_time_off.remove, name="desk-time-off-remove"),
    path("practitioners/<slug:slug>/date/", desk_time_off.date, name="desk-date"),
    path("practitioners/<slug:slug>/date/<uuid:code>/remove/", desk_time_off.remove_date, name="desk-date-remove"),
    path("practitioners/<slug:slug>/feed/", desk_feed.feed, name="desk-feed"),
    path("practitioners/<slug:slug>/feed/<uuid:code>/put-back/", desk_feed.put_back, name="desk-feed-put-back"),
    path("practitioners/<slug:slug>/feed/stop/", desk_feed.revoke, name="desk-feed-revoke"),
]
practice_urls = [
    path("services/", desk_arranging.services, name="desk-services"),
    path("services/new/", desk_arranging.service, name="desk-service-new"),
    path("services/of/<slug:slug>/", desk_arranging.service, name="desk-service"),
    path("services/of/<slug:slug>/change/", desk_arranging.service_change, name="desk-service-change"),
    path("rooms/", desk_arranging.rooms, name="desk-rooms"),
    path("rooms/<slug:slug>/", desk_arranging.rooms, name="desk-room"),
    path("rooms/<slug:slug>/change/", desk_arranging.room_change, name="desk-room-change"),
    path("practice/", desk_arranging.practice, name="desk-practice"),
    path("policies/", desk_arranging.policies, name="desk-policies"),
    path("help-numbers/", desk_arranging.help_numbers, name="desk-help-numbers"),
]
waitlist_urls = [
    path("waitlist/", desk_waitlist.waiting, name="desk-waitlist"),
    path("waitlist/<uuid:code>/remove/", desk_waitlist.remove, name="desk-waitlist-remove"),
    path("waitlist/<uuid:code>/put-back/", desk_waitlist.put_back, name="desk-waitlist-put-back"),
]
urlpatterns = waitlist_urls + booking_urls + calendar_urls + practitioner_urls + practice_urls
