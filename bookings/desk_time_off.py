"""Dates that differ from the week, time off, and blocks of some hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import changes, keeping_hours
from bookings.deciding import settle, told_of
from bookings.forms import day_from
from bookings.keeping_hours import Decisions, Done
from bookings.models import Change, HoursException, TimeOff
from bookings.roles import hours_of, may_book_for
from bookings.time_off_forms import BlockForm, ExceptionForm, TimeOffForm
from clinic.people import clock
from clinic.people.access import StaffRequest, clinical, desk
from clinic.people.models import Practitioner


@require_safe
@clinical
def time_off(request: StaffRequest, slug: str) -> HttpResponse:
    """What is to come: time off, and dates with their own hours."""
    person, now = hours_of(request.user, slug), clock.now()
    yesterday = now.astimezone(person.zone).date() - timedelta(days=1)
    exceptions = person.hours_exceptions.filter(on__gte=yesterday).prefetch_related("intervals__room")
    context = {
        "person": person,
        "zone": person.zone,
        "away": person.time_off.filter(ends_at__gt=now),
        "exceptions": exceptions,
        "changes": changes.lately(person, [Change.Kind.DATE, Change.Kind.TIME_OFF], now),
    }
    return render(request, "bookings/desk_time_off.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def add(request: StaffRequest, slug: str) -> HttpResponse:
    """Time off, once or again and again."""
    person = hours_of(request.user, slug)
    form = TimeOffForm(request.POST or None, zone=person.zone, on=day_from(request.GET.get("on", "")))
    back = reverse("desk-time-off", args=[slug])
    if not form.is_valid():
        return render(request, "bookings/desk_time_off_add.html", {"form": form, "person": person, "back": back})
    times, note = form.times(), form.cleaned_data["note"]

    def act(decisions: Decisions, now: datetime) -> Done:
        return keeping_hours.add_time_off(
            practitioner=person, times=times, note=note, decisions=decisions, actor=request.user, now=now
        )

    told = "Added." if len(times) == 1 else f"Added {len(times)} dates, until {times[-1].ends_at:%d %B %Y}."
    return settle(request, act, back=back, told=told)


@require_POST
@clinical
def remove(request: StaffRequest, slug: str, code: UUID) -> HttpResponse:
    """She is there after all."""
    person = hours_of(request.user, slug)
    found = get_object_or_404(TimeOff.objects.select_related("practitioner"), code=code, practitioner=person)
    whole = "series" in request.POST
    done = keeping_hours.remove_time_off(time_off=found, whole_series=whole, actor=request.user, now=clock.now())
    count = len(done.change.gone) if done.change else 0
    told_of(request, f"Removed {count} dates." if count > 1 else "Removed. Clients can book in that time.", done.change)
    return redirect("desk-time-off", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def date(request: StaffRequest, slug: str) -> HttpResponse:
    """One date with hours of its own, or closed."""
    person, on = hours_of(request.user, slug), day_from(request.GET.get("on", ""))
    stored = person.hours_exceptions.filter(on=on).first() if on else None
    form = ExceptionForm(request.POST or None, stored=stored, on=on)
    back = reverse("desk-time-off", args=[slug])
    if not form.is_valid():
        return render(request, "bookings/desk_date.html", {"form": form, "person": person, "back": back})
    day, intervals = form.cleaned_data["on"], form.intervals()

    def act(decisions: Decisions, now: datetime) -> Done:
        return keeping_hours.save_exception(
            practitioner=person, on=day, intervals=intervals, decisions=decisions, actor=request.user, now=now
        )

    return settle(request, act, back=back, told="The date is saved.")


@require_POST
@clinical
def remove_date(request: StaffRequest, slug: str, code: UUID) -> HttpResponse:
    """The weekly hours count again."""
    person = hours_of(request.user, slug)
    found = get_object_or_404(HoursException.objects.select_related("practitioner"), code=code, practitioner=person)

    def act(decisions: Decisions, now: datetime) -> Done:
        return keeping_hours.remove_exception(exception=found, decisions=decisions, actor=request.user, now=now)

    return settle(
        request, act, back=reverse("desk-time-off", args=[slug]), told="Removed. The weekly hours count again."
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def block(request: StaffRequest) -> HttpResponse:
    """Some hours of a day that nobody may book."""
    people, on = may_book_for(request.user), day_from(request.GET.get("on", ""))
    form = BlockForm(request.POST or None, people=people, date=on, practitioner=request.GET.get("practitioner"))
    back = reverse("desk-calendar")
    if not form.is_valid():
        return render(request, "bookings/desk_block.html", {"form": form, "back": back})
    data = form.cleaned_data
    person: Practitioner = data["practitioner"]

    def act(decisions: Decisions, now: datetime) -> Done:
        return keeping_hours.add_time_off(
            practitioner=person, times=form.times(), note=data["note"], decisions=decisions, actor=request.user, now=now
        )

    back += f"?day={data['date']}&view=day&who={person.slug}"
    return settle(request, act, back=back, told="Blocked. You can open it again from the calendar.")


@require_POST
@desk
def unblock(request: StaffRequest, code: UUID) -> HttpResponse:
    """Open a block again, from the calendar."""
    found = get_object_or_404(
        TimeOff.objects.select_related("practitioner"), code=code, practitioner__in=may_book_for(request.user)
    )
    done = keeping_hours.remove_time_off(time_off=found, whole_series=False, actor=request.user, now=clock.now())
    told_of(request, "That time is open again.", done.change)
    day = found.starts_at.astimezone(found.practitioner.zone).date()
    return redirect(f"{reverse('desk-calendar')}?day={day}&view=day&who={found.practitioner.slug}")
