"""Beat only ticks: it knows the night shift by name, loads none of it, and its ticks are tasks that a worker has."""

import json
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest
from django.conf import settings

from clinic.celery import app

pytestmark = pytest.mark.once
TICK = """
import json, sys
from celery.beat import Scheduler
from clinic.beat import app
app.loader.import_default_modules()  # as beat does before it starts
with app.connection_for_write() as connection:
    app.amqp.queues.select_add("celery")
scheduler = Scheduler(app=app)
for entry in scheduler.schedule.values():
    scheduler.apply_async(entry, advance=False)
print(json.dumps([name for name in sys.modules if name.startswith(("clinic.", "bookings", "intake", "reception"))]))
"""


def sent(folder: Path) -> tuple[set[str], set[str]]:
    """(the tasks that one round of beat leaves for the workers, the modules of ours that it loaded)."""
    told = {"DATA_DIR": str(folder), "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "clinic.settings", "PATH": ""}
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run([sys.executable, "-c", TICK], cwd=root, env=told, check=True, capture_output=True, text=True)
    found = [json.loads(file.read_text()) for file in (folder / "broker" / "queue").glob("*.msg")]
    assert all(json.loads(b64decode(each["body"]))[0] == [] for each in found)  # ids and times only, and here nothing
    assert all(each["headers"]["expires"] for each in found)
    return {each["headers"]["task"] for each in found}, set(json.loads(run.stdout))


def test_it_sends_the_whole_night_shift_and_a_worker_knows_every_name(tmp_path: Path) -> None:
    tasks, loaded = sent(tmp_path)

    assert tasks == {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
    app.loader.import_default_modules()
    assert tasks <= set(app.tasks)
    assert loaded == {
        "clinic.beat",
        "clinic.broker",
        "clinic.keyfile",
        "clinic.people",
        "clinic.people.redaction",
        "clinic.settings",
    }
