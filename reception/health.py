"""Is the service well: `/livez`, `/readyz` and `/metrics`, without a word about people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from clinic.celery import app
from clinic.outbox.health import PATIENCE, State, mail_health
from clinic.outbox.models import Message
from clinic.people import clock

BROKER_WAIT = 2  # seconds


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part by name; 503 until all are well."""
    parts = checks(clock.now())
    is_ready = all(part["ok"] for part in parts.values())
    return JsonResponse({"ready": is_ready, **parts}, status=200 if is_ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Letters by state, how many should have left and since when, and how the sending is, in Prometheus' format."""
    now = clock.now()
    health = mail_health(now=now)
    overdue = int(health.overdue.total_seconds()) if health.overdue else 0
    lines = [
        "# TYPE letters gauge",
        *(f'letters{{status="{status}"}} {Message.objects.filter(status=status).count()}' for status in Message.Status),
        "# TYPE oldest_due_letter_seconds gauge",
        f"oldest_due_letter_seconds {overdue}",
        "# TYPE mail_is_flowing gauge",
        f"mail_is_flowing {int(health.is_flowing)}",
        "# TYPE due_letters gauge",
        f"due_letters {health.waiting}",
        "# TYPE letters_in_this_run gauge",
        f"letters_in_this_run {health.sent}",
        "# TYPE mail_state gauge",
        *(f'mail_state{{is="{state.value}"}} {int(state == health.state)}' for state in State),
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def checks(now: datetime) -> dict[str, dict[str, Any]]:
    """What `/readyz` says of the database, the broker, the beat and the mail."""
    database = _database()
    if not database["ok"]:
        return {"database": database}
    health = mail_health(now=now)
    age = int((clock.real_now() - health.last_tick).total_seconds()) if health.last_tick else None
    overdue = int(health.overdue.total_seconds()) if health.overdue else 0
    is_beating = health.state not in {State.STOPPED, State.CLOCKS_DIFFER}
    mail = {"ok": health.is_flowing or (not is_beating and overdue < PATIENCE.seconds), "is": health.state.value}
    return {
        "database": database,
        "broker": _broker(),
        "beat": {"ok": is_beating, "heartbeat_age_seconds": age},
        "mail": {**mail, "oldest_due_seconds": overdue, "waiting": health.waiting},
    }


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"ok": False, "is": connection.vendor}
    return {"ok": True, "is": connection.vendor}


def _broker() -> dict[str, Any]:
    """A broken broker delays letters; it never keeps a page waiting longer than two seconds."""
    if not settings.REDIS_URL:
        return {"ok": settings.BROKER_FOLDER.is_dir(), "is": "folder"}
    try:
        with app.connection_for_read(connect_timeout=BROKER_WAIT) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_WAIT)
    except (OSError, OperationalError):
        return {"ok": False, "is": "redis"}
    return {"ok": True, "is": "redis"}
