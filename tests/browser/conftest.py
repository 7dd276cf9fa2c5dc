"""Chromium for the browser tests: `verify` says where it is, else the one on the path."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.serving import Site, site

ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses its sandbox to root
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module; closed before others run, since Playwright's event loop would disturb Django."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program and os.environ.get("CI"):
        pytest.fail("No Chromium was found; type: apt-get install chromium")
    if not program:
        pytest.skip("No Chromium was found; type: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def practice() -> Iterator[Site]:
    """The demo practice, running."""
    with site() as running:
        yield running
