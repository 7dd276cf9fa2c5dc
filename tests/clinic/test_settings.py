"""The settings refuse what is unsafe with a sentence, and need nothing on one's own machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {"SECRET_KEY": "x" * 50, "DATA_KEYS": '{"k1": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="}'}
ELSEWHERE = {**SAFE, "SITE_URL": "https://book.example.org"}


def read_settings(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Reads the settings as a new process does, with nothing set but this."""
    return subprocess.run(
        [sys.executable, "-c", "from clinic import settings; print(settings.SECRET_KEY)"],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(folder), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_on_this_machine_keys_are_made_once_and_kept_to_their_owner(tmp_path: Path) -> None:
    first, second = read_settings(tmp_path), read_settings(tmp_path)

    assert first.returncode == 0
    assert first.stdout == second.stdout
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_what_is_set_beats_what_is_kept(tmp_path: Path) -> None:
    read_settings(tmp_path)

    assert read_settings(tmp_path, **SAFE).stdout.strip() == SAFE["SECRET_KEY"]


def test_an_installation_that_others_reach_starts_with_its_keys_set(tmp_path: Path) -> None:
    assert read_settings(tmp_path, **ELSEWHERE).returncode == 0
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short."),
        ({"DATA_KEYS": ""}, "DATA_KEYS is not set."),
        ({"DATA_KEYS": "{}"}, "DATA_KEYS holds no key."),
        ({"DATA_KEYS": "{"}, "DATA_KEYS is not JSON."),
        ({"DATA_KEYS": '{"k1": "c2hvcnQ="}'}, "The key k1 in DATA_KEYS is not 32 bytes in base64."),
        ({"DEMO": "1"}, "The demo signs anyone in."),
        ({"DEBUG": "1"}, "DEBUG shows secrets to visitors."),
    ],
)
def test_an_unsafe_setting_refuses_to_start(tmp_path: Path, changes: dict[str, str], sentence: str) -> None:
    refused = read_settings(tmp_path, **{**ELSEWHERE, **changes})

    assert refused.returncode != 0
    assert f"ImproperlyConfigured: {sentence}" in refused.stderr


def test_a_demo_keeps_to_its_own_machine(tmp_path: Path) -> None:
    kept = tmp_path / "keys.json"
    kept.write_text(json.dumps({**SAFE, "DEMO": "1"}))

    moved = read_settings(tmp_path, **ELSEWHERE)

    assert moved.returncode == 0  # the file of the demo is not read there, so nobody is signed in by a press
