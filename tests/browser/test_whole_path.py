"""From booking to the letter a week later in Chromium: with a mouse, without JavaScript, and by keyboard alone."""

import pytest
from playwright.sync_api import Browser

from tests.serving import Site
from tests.walking.browsing import Keyboard, Mouse
from tests.walking.counting import Counted
from tests.walking.path import walk

pytestmark = [pytest.mark.browser, pytest.mark.processes]
MOST_KEYS, MOST_SCREENS = 60, 4  # from the landing page to "You are booked"


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


@pytest.mark.once
@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_landing_page_to_booked_in_four_screens_and_sixty_keys(
    chromium: Browser, practice: Site, *, javascript: bool
) -> None:
    context = chromium.new_context(java_script_enabled=javascript, viewport={"width": 390, "height": 844})
    tab = context.new_page()
    tab.goto(practice.url)
    hands = Counted(tab)

    hands.skip()
    hands.tab_to("Book first session")
    hands.enter()
    hands.skip()
    hands.tab_to("Show times")
    hands.tab_to(" at ")  # the first free time
    hands.enter()
    hands.skip()
    hands.tab_to("Name")
    hands.type("Sam Park")
    hands.tab_to("Email")
    hands.type(f"sam{javascript:d}@example.org")
    hands.enter()

    assert tab.locator("h1").first.inner_text() == "You are booked"
    assert len(hands.screens) == MOST_SCREENS, hands.screens
    assert hands.keys <= MOST_KEYS, f"{hands.keys} keys"
    context.close()
