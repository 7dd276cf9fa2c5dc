"""`.venv` is made again when the lock changed, and only then; failures are told in words."""

import sys
from pathlib import Path

import pytest

from clinic.bootstrap import installing
from clinic.bootstrap.trouble import Trouble

pytestmark = pytest.mark.once


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose `.venv` is there but was made from nothing yet."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "requirements.txt").write_text("wanted==1\n")
    (tmp_path / "tests/requirements.txt").write_text("wanted==1\nalso==2\n")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    return tmp_path


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The locks that were installed, without installing."""
    locks: list[str] = []
    monkeypatch.setattr(installing, "_make", lambda venv, lock: locks.append(lock.name))
    return locks


def runtime(project: Path) -> list[Path]:
    return [project / "requirements.txt"]


def development(project: Path) -> list[Path]:
    return [project / "requirements.txt", project / "tests/requirements.txt"]


def test_a_second_start_installs_nothing(project: Path, made: list[str]) -> None:
    for _ in range(2):
        assert installing.environment(project, runtime(project)) == project / ".venv/bin/python"
    assert len(made) == 1


def test_a_changed_lock_is_installed(project: Path, made: list[str]) -> None:
    installing.environment(project, runtime(project))
    (project / "requirements.txt").write_text("wanted==2\n")
    installing.environment(project, runtime(project))
    assert len(made) == 2


def test_the_wider_lock_serves_the_demo_too(project: Path, made: list[str]) -> None:
    installing.environment(project, development(project))
    installing.environment(project, runtime(project))
    assert len(made) == 1


def test_the_demo_s_lock_does_not_serve_verify(project: Path, made: list[str]) -> None:
    installing.environment(project, runtime(project))
    installing.environment(project, development(project))
    assert len(made) == 2


def test_an_installation_that_broke_off_is_done_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(venv: Path, lock: Path) -> None:
        raise Trouble("no network")

    monkeypatch.setattr(installing, "_make", breaks)
    with pytest.raises(Trouble):
        installing.environment(project, runtime(project))
    assert not (project / ".venv/lock.sha256").exists()


@pytest.mark.parametrize(
    "output",
    [
        "error: Failed to fetch: `https://pypi.org/simple/six/`\n dns error: failed to lookup address information",
        "NewConnectionError: Failed to establish a new connection: [Errno 101] Network is unreachable",
        "Temporary failure in name resolution",
    ],
)
def test_no_network_is_one_sentence(output: str) -> None:
    code = f"import sys; print({output!r}); sys.exit(1)"
    with pytest.raises(Trouble) as trouble:
        installing._run([sys.executable, "-c", code])
    assert str(trouble.value) == installing.NO_NETWORK


def test_any_other_failure_shows_what_was_said(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="THESE PACKAGES DO NOT MATCH THE HASHES"):
        installing._run([sys.executable, "-c", "print('THESE PACKAGES DO NOT MATCH THE HASHES'); raise SystemExit(1)"])


def test_a_pip_that_is_not_the_one_meant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "pip.whl"
    other.write_bytes(b"not pip")
    monkeypatch.setattr(installing, "PIP_ADDRESS", other.as_uri())
    with pytest.raises(Trouble, match="not the one that was meant"):
        installing._fetched_pip(tmp_path)
