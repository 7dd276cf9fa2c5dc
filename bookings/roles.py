"""Whose calendar a member of staff may change: the owner all, a practitioner her own, the front desk its bookings."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from clinic.people.models import Practitioner, User


def practitioners() -> QuerySet[Practitioner]:
    """Everyone who has a calendar, in steady order."""
    return Practitioner.objects.filter(is_active=True)


def may_book_for(user: User) -> QuerySet[Practitioner]:
    """Into whose calendar this user may put a session, or a block: a practitioner into her own only."""
    return practitioners().filter(user=user) if user.role == User.Role.PRACTITIONER else practitioners()


def whose_sessions(user: User) -> QuerySet[Practitioner]:
    """Whose sessions this user may move: also of those who have left some behind."""
    everyone = Practitioner.objects.all()
    return everyone.filter(user=user) if user.role == User.Role.PRACTITIONER else everyone


def hours_of(user: User, slug: str) -> Practitioner:
    """The practitioner whose hours, time off and feed this user may change; else 404."""
    if user.role == User.Role.OWNER:
        return get_object_or_404(Practitioner, slug=slug)
    if user.role != User.Role.PRACTITIONER:
        raise Http404
    return get_object_or_404(Practitioner, slug=slug, user=user)


def whose_hours(user: User) -> QuerySet[Practitioner]:
    """All whose hours this user may change."""
    return Practitioner.objects.none() if user.role == User.Role.FRONT_DESK else may_book_for(user)
