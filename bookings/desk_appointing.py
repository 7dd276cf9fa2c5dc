"""The desk books or moves a session for a client: who, then when, then what it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bookings import access, appointing, calendar, times
from bookings.appointing_forms import NewClientForm, OtherTimeForm, WhichForm
from bookings.calendar import Ignoring
from bookings.door import Refused
from bookings.forms import LINE_BREAKS
from bookings.models import Booking, Service
from bookings.roles import may_book_for
from clinic.people import clock
from clinic.people.access import StaffRequest, client_for, desk
from clinic.people.matching import find_or_create_client, note_care
from clinic.people.models import Client, Practice, Practitioner, User

MOST_FOUND = 20
Named = TypeVar("Named", Service, Practitioner)


@dataclass(frozen=True)
class Wish:
    """What is to be booked or moved, and for whom."""

    client: Client
    service: Service
    practitioner: Practitioner
    moving: Booking | None = None

    def fulfil(self, start: datetime, *, allowed: list[str], actor: User, now: datetime) -> Booking:
        """Book it, or move it there."""
        if self.moving:
            return appointing.reappoint(
                booking=self.moving,
                practitioner=self.practitioner,
                start=start,
                allowed=allowed,
                actor=actor,
                now=now,
            )
        return appointing.appoint(
            client=self.client,
            service=self.service,
            practitioner=self.practitioner,
            start=start,
            allowed=allowed,
            actor=actor,
            now=now,
        )

    @property
    def has_now(self) -> datetime | None:
        """The start that the session has with this practitioner already."""
        is_hers = self.moving is not None and self.moving.practitioner_id == self.practitioner.code
        return self.moving.starts_at if self.moving and is_hers else None


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def who(request: StaffRequest) -> HttpResponse:
    """Which client: one who is known, or a new one."""
    query = urlencode({name: value for name in ("on", "practitioner") if (value := request.GET.get(name))})
    form = NewClientForm(request.POST or None, country=Practice.objects.the().country)
    if form.is_valid() and _is_with_another(request.user, form.cleaned_data):
        form.add_error(None, "This client is with somebody else here. Ask the owner or the front desk to book.")
    if form.is_valid():
        now = clock.now()
        client = find_or_create_client(**form.cleaned_data, now=now)
        for person in may_book_for(request.user).filter(user=request.user):
            note_care(client=client, practitioner=person, actor=request.user, now=now)
        return redirect(f"{reverse('desk-book-when', args=[client.code])}?{query}")
    words = " ".join(LINE_BREAKS.sub(" ", request.GET.get("q", "")).split())
    found = Client.objects.visible_to(request.user).filter(name__icontains=words)[:MOST_FOUND] if words else []
    context = {"form": form, "words": words, "found": found, "query": query, "asked": request.GET}
    return render(request, "bookings/desk_book.html", context)


def _is_with_another(user: User, typed: dict[str, str]) -> bool:
    """A name and an address that somebody typed do not open a record which this user may not see."""
    known = Client.objects.filter(email=typed["email"].strip().lower(), name__iexact=typed["name"]).exclude(email="")
    return known.exists() and not known.filter(code__in=Client.objects.visible_to(user).values("code")).exists()


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def when(request: StaffRequest, code: UUID) -> HttpResponse:
    """Which session, with whom and when."""
    client, people = client_for(request.user, code), may_book_for(request.user)
    services = Service.objects.active().filter(offerings__practitioner__in=people).distinct()
    service = _chosen(services, request.GET.get("service")) or services.first()
    offered = people.filter(offerings__service=service)
    person = _chosen(offered, request.GET.get("practitioner")) or offered.first()
    if service is None or person is None:
        messages.error(request, "There is no session to book yet. Make one, and say who offers it.")
        return redirect("desk-calendar")
    which = WhichForm({"service": service.slug, "practitioner": person.slug, "on": _since(request)}, people=offered)
    which.fields["service"].queryset = services  # type: ignore[attr-defined]

    return _pick(request, Wish(client, service, person), which)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def move(request: StaffRequest, code: UUID) -> HttpResponse:
    """Another time, or another practitioner who offers it."""
    booking = access.find_for_desk(request.user, code)
    if booking.status != Booking.Status.BOOKED or booking.client is None or booking.starts_at <= clock.now():
        messages.error(request, "Only a session that is booked and still to come can be moved.")
        return redirect("desk-booking", code)
    offered = may_book_for(request.user).filter(offerings__service=booking.service)
    own = booking.practitioner  # who may have left
    person = _chosen(offered, request.GET.get("practitioner")) or _chosen(offered, own.slug) or offered.first() or own
    which = WhichForm({"practitioner": person.slug, "on": _since(request)}, people=offered, service=booking.service)
    return _pick(request, Wish(booking.client, booking.service, person, booking), which)


def _chosen(rows: QuerySet[Named], slug: str | None) -> Named | None:
    return next((each for each in rows if each.slug == slug), None)


def _since(request: StaffRequest) -> str:
    """The picker's own link to later times calls it `from`."""
    return request.GET.get("from") or request.GET.get("on", "")


def _pick(request: StaffRequest, wish: Wish, which: WhichForm) -> HttpResponse:
    """The free times and any other; a time that breaks a rule comes back with the rules to confirm."""
    now = clock.now()
    on = which.cleaned_data["on"] if which.is_valid() else None
    form = OtherTimeForm(request.POST or None, zone=wish.practitioner.zone, on=on)
    broken, start = [], None
    if form.is_valid():
        start = form.cleaned_data["start"]
        try:
            booked = wish.fulfil(start, allowed=form.allowed(), actor=request.user, now=now)
        except appointing.BreaksRules as breaks:
            broken = breaks.reasons
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{'Moved.' if wish.moving else 'Booked.'} {told(wish.client)}")
            return redirect("desk-booking", booked.code)
    context = _page(wish, which, now) | {"form": form, "broken": broken, "start": start}
    context["confirmed"] = ",".join(each.rule for each in broken)
    return render(request, "bookings/desk_when.html", context, status=409 if form.errors else 200)


def _page(wish: Wish, which: WhichForm, now: datetime) -> dict[str, Any]:
    practice = Practice.objects.the()
    since = which.cleaned_data["on"] if which.is_valid() else None
    today = now.astimezone(wish.practitioner.zone).date()
    first = max(since or today, today)
    diary = calendar.load(
        service=wish.service,
        practitioner=wish.practitioner,
        first=first,
        last=first + timedelta(days=28),
        now=now,
        practice=practice,
        ignoring=Ignoring(booking=wish.moving.code if wish.moving else None),
    )
    zone = wish.practitioner.timezone
    stays = wish.moving if wish.moving and wish.moving.practitioner_id == wish.practitioner.code else None
    found = times.page(
        appointing.open_diary(diary, now), zone=zone, since=since, but=stays.starts_at if stays else None
    )
    query = {"service": wish.service.slug, "practitioner": wish.practitioner.slug}
    return {
        "wish": wish,
        "which": which,
        "times": found,
        "zone": wish.practitioner.zone,
        "query": urlencode(query) + "&",
    }


def told(client: Client | None) -> str:
    """Whether the client hears of it by mail, or has to be phoned."""
    if client is None:
        return ""
    if client.email and client.may_email:
        return f"We have written to {client.first_name}."
    return f"{client.first_name} has no address we may write to: please phone."
