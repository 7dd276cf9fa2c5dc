"""A form that is sent twice leads to one result: the first answer is kept for two days, and given again.

The receipt is written in the transaction of the change, so an answer that was lost on its way is never a change done
twice. Only the same sender gets it; the same key with other data is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from clinic.people import clock, sealing
from clinic.people.locks import patiently
from clinic.people.models import Receipt

FIELD = "form_key"
KEPT = timedelta(hours=48)
LABEL = "people.receipt"
COLUMNS = ("code", "sender", "key", "said", "sealed_answer", "at")
WRITE = """INSERT INTO people_receipt (code, sender, key, said, sealed_answer, at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING"""
NOT_SAID = frozenset({FIELD, "csrfmiddlewaretoken"})
Answer = dict[str, Any]
View = Callable[..., HttpResponse]


class OtherData(Exception):
    """This key was used before, for something else."""


def once(*, sender: str, key: str, said: str, act: Callable[[], Answer | None], now: datetime) -> Answer | None:
    """The answer of the first time that this sender used this key; else that of `act`, done and kept in one go.

    An answer of None says that nothing was changed: nothing is kept, and the key may be used again.
    """
    return patiently(lambda: _once(_digest(sender), _digest(key), _digest(said), act, now))


def once_per_form(view: View) -> View:
    """A view whose form, sent again with the same key, redirects where it did the first time."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # An autosave sends one form many times, with more in it each time.
        if not _has_key(request) or request.headers.get("HX-Request"):
            return view(request, *args, **kwargs)
        pages: list[HttpResponse] = []

        def act() -> Answer | None:
            pages[:] = [view(request, *args, **kwargs)]
            return {"location": pages[0]["Location"]} if isinstance(pages[0], HttpResponseRedirect) else None

        try:
            answer = _once_said(request, act)
        except OtherData:
            return render(request, "422.html", status=422)
        return pages[0] if pages or answer is None else HttpResponseRedirect(answer["location"])

    return run


def lead_once(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    """Redirect to where `act` leads, and to the same place when the form is sent again.

    For a view that may have to draw a long page when `act` is refused: only `act` runs in the transaction.
    """
    if not _has_key(request):
        return HttpResponseRedirect(act())
    try:
        answer = _once_said(request, lambda: {"location": act()})
    except OtherData:
        return render(request, "422.html", status=422)
    return HttpResponseRedirect((answer or {})["location"])


def sender_of(request: HttpRequest) -> str:
    """Whose form it is: the sign-in, else the browser's secret against forged forms; empty when there is neither."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user {user.pk}"
    secret = request.META.get("CSRF_COOKIE", "")
    return f"browser {secret}" if secret else ""


def forget(*, now: datetime) -> None:
    """Drop the receipts of more than two days ago."""
    Receipt.objects.filter(at__lt=now - KEPT).delete()


@transaction.atomic
def _once(sender: str, key: str, said: str, act: Callable[[], Answer | None], now: datetime) -> Answer | None:
    receipt = Receipt(sender=sender, key=key, said=said, at=now)
    if not _is_first(receipt):
        first = Receipt.objects.get(sender=sender, key=key)
        if first.said != said:
            raise OtherData
        kept: Answer = sealing.unseal(None, LABEL, first.code, first.sealed_answer)
        return kept
    answer, written = act(), Receipt.objects.filter(code=receipt.code)
    if answer is None:
        written.delete()
        return None
    written.update(sealed_answer=sealing.seal(None, LABEL, receipt.code, answer))  # it may hold a secret address
    return answer


def _has_key(request: HttpRequest) -> bool:
    return _is_key(request.POST.get(FIELD, "")) and bool(sender_of(request))


def _once_said(request: HttpRequest, act: Callable[[], Answer | None]) -> Answer | None:
    key, sender = request.POST[FIELD], sender_of(request)
    return once(sender=sender, key=key, said=_said(request), act=act, now=clock.real_now())


def _is_first(receipt: Receipt) -> bool:
    """Write it, if no other has its key; a second sending at the same moment waits here for the first to end."""
    fields: list[Any] = [Receipt._meta.get_field(name) for name in COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [each.get_db_prep_save(getattr(receipt, each.name), connection) for each in fields])
        return bool(cursor.rowcount)


def _said(request: HttpRequest) -> str:
    fields = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_SAID)
    return f"{request.get_full_path()} {fields}"


def _digest(text: str) -> str:
    return salted_hmac(LABEL, text, algorithm="sha256").hexdigest()


def _is_key(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
