"""`verify` counts honestly: what could not run is said, and fails where CI=true."""

from pathlib import Path

import pytest

from clinic.bootstrap import verify
from clinic.bootstrap.verify import Tally

pytestmark = pytest.mark.once

REPORT = '<testsuites><testsuite tests="10" failures="1" errors="1" skipped="2"/></testsuites>'


def test_a_run_is_counted_from_its_report(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT)
    tally = Tally()
    tally.add_run(tmp_path / "report.xml", code=1)
    assert (tally.passed, tally.failed, tally.tests) == (6, 2, 8)


def test_a_run_that_broke_off_is_a_failure(tmp_path: Path) -> None:
    tally = Tally()
    tally.add_run(tmp_path / "no report", code=3)
    assert (tally.passed, tally.failed) == (0, 1)


def test_arguments_that_match_nothing_on_one_database_are_no_failure(tmp_path: Path) -> None:
    tally = Tally()
    tally.add_run(tmp_path / "no report", code=5)
    assert tally.failed == 0


def test_all_well_ends_in_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify._close(Tally(passed=12, tests=8), 61) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "12 passed, 0 failed"


def test_no_test_at_all_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify._close(Tally(passed=4), 1) == 1
    assert "No test ran." in capsys.readouterr().out


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_what_could_not_run_is_said_and_fails_in_ci(
    ci: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    tally = Tally(passed=9, tests=5, could_not=["Browser tests: no Chromium was found."])
    assert verify._close(tally, 1) == code
    said = capsys.readouterr().out
    assert "Could not run: Browser tests: no Chromium was found." in said
    assert said.splitlines()[-1] == f"9 passed, {code} failed"


def test_full_is_ours_and_the_rest_is_pytest_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere")
    words, environment = verify._wishes(["--full", "tests/bookings", "-k", "hold"])
    assert words == ["tests/bookings", "-k", "hold", "-o", "faulthandler_timeout=0"]
    assert environment["FAULTS"] == "full"
    assert "DATABASE_URL" not in environment
