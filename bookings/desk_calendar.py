"""The desk's calendar: a week, or a day with a column for each practitioner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bookings import calendar, schedule
from bookings.forms import day_from
from bookings.models import Booking, TimeOff
from bookings.roles import may_book_for, practitioners
from clinic.people import clock
from clinic.people.access import StaffRequest, desk
from clinic.people.models import Client, Practice, Practitioner, User

SHOWN = (Booking.Status.BOOKED, Booking.Status.ARRIVED, Booking.Status.COMPLETED, Booking.Status.MISSED)


@require_safe
@desk
def week(request: StaffRequest) -> HttpResponse:
    """Monday to Sunday; a press on a day shows that day."""
    now, zone = clock.now(), Practice.objects.the().zone
    people = list(practitioners())
    chosen = _chosen(request, people)
    day = day_from(request.GET.get("day", "")) or now.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    is_day = request.GET.get("view") == "day"
    days = [day] if is_day else [monday + timedelta(days=number) for number in range(7)]
    facts = _facts(request.user, [chosen] if chosen else people, days, now, zone)
    columns = (
        schedule.by_practitioner(facts, day)
        if is_day
        else schedule.by_day(facts, days, with_gaps=chosen is not None or len(people) == 1)
    )
    context = _around(day, monday, now.astimezone(zone).date(), is_day=is_day) | {
        "columns": [(each, each.parts(zone)) for each in columns],
        "rows": schedule.rows(columns, zone),
        "people": people,
        "chosen": chosen,
        "is_day": is_day,
        "may_open": set(may_book_for(request.user)) if is_day else set(),
        "zone": zone,
        "count": sum(each.kind in {"booking", "busy"} for column in columns for each in column.items),
    }
    return render(request, "bookings/desk_calendar.html", context)


def _chosen(request: StaffRequest, people: Sequence[Practitioner]) -> Practitioner | None:
    """The one asked for; a practitioner begins with her own."""
    slug = request.GET.get("who")
    if slug is None:
        return next((each for each in people if each.user_id == request.user.pk), None)
    return next((each for each in people if each.slug == slug), None)


def _facts(
    user: User, people: Sequence[Practitioner], days: Sequence[date], now: datetime, zone: ZoneInfo
) -> schedule.Facts:
    begin = datetime.combine(days[0], time.min, tzinfo=zone).astimezone(UTC)
    end = datetime.combine(days[-1] + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
    held = Booking.objects.busy(now).filter(status=Booking.Status.HELD)
    found = (Booking.objects.of_clients().filter(status__in=SHOWN) | held).filter(practitioner__in=people)
    bookings = list(
        found.filter(starts_at__lt=end, ends_at__gt=begin).select_related("client", "service", "practitioner", "room")
    )
    away = TimeOff.objects.filter(practitioner__in=people, starts_at__lt=end, ends_at__gt=begin)
    by_slug = {each.slug: each for each in people}
    clients = {each.client_id for each in bookings if each.client_id}
    seen = Client.objects.visible_to(user).filter(code__in=clients).values_list("code", flat=True)
    return schedule.Facts(
        people=calendar.persons(by_slug, days[0], days[-1]),
        practitioners=by_slug,
        bookings=bookings,
        away=list(away.select_related("practitioner")),
        seen=frozenset(seen),
        zone=zone,
    )


def _around(day: date, monday: date, today: date, *, is_day: bool) -> dict[str, Any]:
    step = timedelta(days=1 if is_day else 7)
    first, last = (day, day) if is_day else (monday, monday + timedelta(days=6))
    return {"day": day, "first": first, "last": last, "before": first - step, "after": first + step, "today": today}
