"""The figures of the fault tests, printed at the end of a run that held any."""

import pytest

from tests.faults import figures


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if figures.FIGURES:
        terminalreporter.section("what the faults did")
        for line in figures.table():
            terminalreporter.write_line(line)
