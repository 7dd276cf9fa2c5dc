"""docker-compose.yml keeps to the Compose specification and to our own rules; no engine is needed to know it."""

import importlib.resources
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["setup", "web", "worker", "beat"]


def test_it_keeps_to_the_published_schema() -> None:
    """check-jsonschema carries the specification's own schema, so this can always run."""
    vendored = importlib.resources.files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"
    schema = json.loads(vendored.read_text())
    errors = jsonschema.validators.validator_for(schema)(schema).iter_errors(COMPOSE)
    assert [f"{list(error.path)}: {error.message}" for error in errors] == []


def test_the_schema_refuses_what_the_specification_does_not_know() -> None:
    vendored = importlib.resources.files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"
    schema = json.loads(vendored.read_text())
    wrong = {"services": {"web": {"image": "x", "healthchek": {}}}}
    assert not jsonschema.validators.validator_for(schema)(schema).is_valid(wrong)


def test_the_shape_is_web_worker_beat_and_their_servers() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis", "mailpit"}
    assert SERVICES["mailpit"]["profiles"] == ["mail"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"setup"}))
def test_every_lasting_service_says_whether_it_is_well(name: str) -> None:
    assert {"test", "interval", "timeout"} <= set(SERVICES[name]["healthcheck"])
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_what_is_waited_for_exists_and_can_come_true() -> None:
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES, name
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], f"{name} waits for {other}, which never says that it is well"
            else:
                assert SERVICES[other]["restart"] == "no", f"{name} waits for the end of {other}, which starts again"


def test_volumes_are_declared_and_used() -> None:
    used = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_no_secret_has_a_default() -> None:
    """Everything from outside is required, with a sentence; only the port may be left alone."""
    found = re.findall(r"(?<!\$)\$\{([A-Z_]+)(:\?[^}]{10,})?", TEXT)
    assert {name for name, sentence in found if not sentence} == {"PORT"}
    assert not re.search(
        r"(?i)(password|secret|key)\w*[:=] *[a-z0-9]", re.sub(r"\$\{[^}]*}|SECRET_KEY=only-to\S+", "", TEXT)
    )


def test_ports_are_open_to_this_machine_only() -> None:
    assert all(port.startswith("127.0.0.1:") for service in SERVICES.values() for port in service.get("ports", []))


def test_our_processes_own_nothing_and_may_do_nothing_special() -> None:
    for name in OURS:
        service = SERVICES[name]
        assert (service["read_only"], service["cap_drop"], service["init"]) == (True, ["ALL"], True)
        assert "USER practice" in service["build"]["dockerfile_inline"]


def test_the_settings_read_every_name_that_is_passed() -> None:
    settings = (ROOT / "clinic/settings.py").read_text()
    for name in SERVICES["web"]["environment"]:
        assert f'"{name}"' in settings, name


def test_the_image_copies_what_exists_and_all_of_the_product() -> None:
    copied = re.findall(r"^COPY (\S+) ", SERVICES["web"]["build"]["dockerfile_inline"], re.MULTILINE)
    assert all((ROOT / name).exists() for name in copied)
    product = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"clinic", "templates"}
    assert product <= set(copied)


def test_the_manual_names_every_variable() -> None:
    manual = (ROOT / "docs/operating.md").read_text()
    assert [name for name in set(re.findall(r"\$\{([A-Z_]+)", TEXT)) if name not in manual] == []
