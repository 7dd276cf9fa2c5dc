"""From booking to the letter a week later in Chromium: with a mouse, without JavaScript, and by keyboard alone."""

import pytest
from playwright.sync_api import Browser

from tests.serving import Site
from tests.walking.browsing import Keyboard, Mouse
from tests.walking.path import walk

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.mark.parametrize(
    ("hands", "javascript"),
    [
        (Mouse, True),
        pytest.param(Mouse, False, marks=pytest.mark.once),
        pytest.param(Keyboard, True, marks=pytest.mark.once),
    ],
)
def test_a_booking_becomes_a_session_and_every_promised_letter(
    chromium: Browser, practice: Site, hands: type[Mouse], *, javascript: bool
) -> None:
    client = chromium.new_context(java_script_enabled=javascript, viewport={"width": 390, "height": 844})
    desk = chromium.new_context(java_script_enabled=javascript)
    email = f"nora-{hands.__name__.lower()}-{javascript}@example.org".lower()
    try:
        walk(practice, hands(practice.url, client.new_page()), hands(practice.url, desk.new_page()), email=email)
    finally:
        client.close()
        desk.close()
