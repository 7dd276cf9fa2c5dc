"""`/livez`, `/readyz` and `/metrics` tell how the service is, and nothing about people."""

from datetime import timedelta

import pytest
from celery import Celery
from django.test import Client as Browser
from pytest_django import Settings

from clinic.outbox.health import beat
from clinic.outbox.models import Message
from clinic.people import clock
from clinic.people.models import Heartbeat
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def broker_folder(settings: Settings) -> None:
    settings.REDIS_URL = ""
    settings.BROKER_FOLDER.mkdir(parents=True, exist_ok=True)


def test_the_process_answers(client: Browser) -> None:
    assert client.get("/livez").content == b"ok\n"


def test_everything_is_well_when_the_night_shift_beats(client: Browser) -> None:
    beat("tick")

    response = client.get("/readyz")

    assert response.status_code == 200
    assert {name: part["ok"] for name, part in response.json().items() if name != "ready"} == {
        "database": True,
        "broker": True,
        "beat": True,
        "mail": True,
    }


def test_without_a_beat_the_service_is_not_ready(client: Browser) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["beat"] == {"ok": False, "heartbeat_age_seconds": None}


def test_an_old_beat_is_not_good_enough(client: Browser) -> None:
    Heartbeat.objects.create(name="tick", at=clock.real_now() - timedelta(minutes=6))

    assert client.get("/readyz").json()["beat"]["ok"] is False


def test_a_letter_that_waits_too_long_is_told(client: Browser) -> None:
    beat("tick")
    make.message(due_at=clock.now() - timedelta(minutes=6))

    assert client.get("/readyz").json()["mail"]["ok"] is False


def test_a_redis_that_is_away_is_told(client: Browser, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    beat("tick")
    settings.REDIS_URL = "redis://127.0.0.1:1"
    monkeypatch.setattr("reception.health.app", Celery(broker="redis://127.0.0.1:1"))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["broker"] == {"ok": False, "is": "redis"}


def test_figures_for_machines(client: Browser) -> None:
    beat("tick")
    make.message(due_at=clock.now() + timedelta(days=1))

    lines = client.get("/metrics").content.decode().splitlines()

    assert f'letters{{status="{Message.Status.QUEUED}"}} 1' in lines
    assert "mail_is_flowing 1" in lines
