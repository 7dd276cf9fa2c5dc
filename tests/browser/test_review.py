"""Reading a client who was here before, in a real window: few presses, and safety answers in sight at once."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.once]
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}


def signed_in(chromium: Browser, practice: Site, size: ViewportSize) -> BrowserContext:
    """The owner at her desk, on a screen of this size; who treats whom in the demo depends on the day of the week."""
    context = chromium.new_context(viewport=size)
    page = context.new_page()
    page.goto(f"{practice.url}/demo/")
    page.get_by_role("button", name="Olu Adeyemi").click()
    page.wait_for_url("**/desk/**")
    page.close()
    return context


def find(context: BrowserContext, practice: Site, client: str) -> Page:
    """The intake of this client, opened from the list."""
    page = context.new_page()
    page.goto(f"{practice.url}/desk/intakes/")
    page.get_by_role("link", name=client).first.click()
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_safety_answers_are_in_sight_without_scrolling(chromium: Browser, practice: Site, size: ViewportSize) -> None:
    context = signed_in(chromium, practice, size)
    page = find(context, practice, "Ida Holm")  # she ticked an urgent sign

    answer = page.locator("#safety + section strong").first

    assert "One leg newly swollen" in answer.inner_text()
    box = answer.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size["height"]
    assert page.evaluate("window.scrollY") == 0
    context.close()


def test_a_client_who_came_before_is_read_in_at_most_four_presses(chromium: Browser, practice: Site) -> None:
    """From today's page: the link, and one key."""
    context = signed_in(chromium, practice, DESKTOP)
    page = context.new_page()
    page.goto(f"{practice.url}/desk/")

    page.get_by_role("link", name="Read intake of Jo Martin").press("Enter")
    page.get_by_role("heading", name="Jo Martin", level=1).wait_for()
    changed = page.locator("#changed + dl")
    assert "Strong painkillers or sleepy medicine" in changed.inner_text()
    assert page.locator("#changed").bounding_box()["y"] < DESKTOP["height"]  # type: ignore[index]
    page.keyboard.press("Enter")

    page.get_by_text("Jo Martin. This is the next one.").wait_for()
    context.close()
