"""The desk's pages that show several floors at once: today, the clients, one client's card."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bookings.forms import day_from
from bookings.practice_forms import stale
from clinic.outbox import keeping, phoning, wishes
from clinic.outbox.health import mail_health
from clinic.people import audit, clock
from clinic.people.access import StaffRequest, client_for, desk
from clinic.people.models import Client, Practice, User
from intake import alerts
from reception import agenda, card

NEXT_ALERTS = 5


@desk
@require_safe
def today(request: StaffRequest) -> HttpResponse:
    """One day's list; opens on today."""
    now = clock.now()
    practice = Practice.objects.the()
    zone = practice.zone
    this_day = now.astimezone(zone).date()
    day = _day(request.GET.get("day", ""), this_day)
    rows = agenda.rows(agenda.sessions(request.user, day=day, zone=zone), user=request.user, now=now)
    context = {
        "rows": rows,
        "day": datetime.combine(day, datetime.min.time(), zone),
        "is_today": day == this_day,
        "unsaid": agenda.unsaid(request.user, before=day, zone=zone) if day == this_day else [],
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "summary": agenda.summary(rows, zone=zone),
        "zone": zone,
        "mail": mail_health(now=now),
        "now": now,
        "undelivered": phoning.to_phone(now=now).filter(client__in=Client.objects.visible_to(request.user)).count(),
        "alerts": _alerts(request.user) if day == this_day else [],
        "stale": _stale(request.user, practice, this_day) if day == this_day else [],
    }
    return render(request, "reception/desk_today.html", context)


@desk
@require_safe
def clients(request: StaffRequest) -> HttpResponse:
    """The clients this user may see, by name, with a search."""
    words = request.GET.get("q", "").replace("\x00", "").strip()
    found = Client.objects.visible_to(request.user)
    if words:
        found = found.filter(name__icontains=words)
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    return render(request, "reception/desk_clients.html", {"page": page, "words": words, "query": ""})


@desk
@require_safe
def client_card(request: StaffRequest, code: UUID) -> HttpResponse:
    """Everything about one client, newest first; the front desk sees no forms and no letters' texts."""
    now = clock.now()
    client = client_for(request.user, code)
    if request.user.is_clinical:
        audit.record(actor=request.user, verb="viewed", about=client, client=client, fields=["card"], now=now)
    context = {
        "client": client,
        "entries": card.timeline(client, user=request.user, now=now),
        "suppressed_since": keeping.suppressed_since(client),
        "letters_off": [] if client.wants_aftercare is False else wishes.off(client),
        "zone": Practice.objects.the().zone,
    }
    return render(request, "reception/desk_client.html", context)


def _alerts(user: User) -> list[alerts.Row]:
    """The next deadlines; the rest stand on their own page."""
    return alerts.rows(user)[:NEXT_ALERTS] if user.is_clinical else []


def _stale(user: User, practice: Practice, this_day: date) -> list[str]:
    """The numbers to call in need that the owner should look up again."""
    return stale(practice.country, this_day) if user.role == User.Role.OWNER else []


def _day(text: str, otherwise: date) -> date:
    return day_from(text) or otherwise
