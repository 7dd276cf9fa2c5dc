"""People with a browser: with a mouse, and with nothing but the keyboard."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Error, Locator
from playwright.sync_api import Page as Tab

from tests.walking.reading import Field, Page
from tests.walking.walker import Walker

FURTHEST = 250  # presses of Tab; a page that needs more is not usable by keyboard


class Mouse(Walker):
    """Clicks and types; also stands for touch."""

    def __init__(self, home: str, tab: Tab) -> None:
        super().__init__(home)
        self.tab = tab

    @property
    def address(self) -> str:
        return urlsplit(self.tab.url).path

    @property
    def page(self) -> Page:
        return Page(self.tab.content())

    def open(self, address: str) -> None:
        self.tab.goto(urljoin(self.home + "/", address))

    def press(self, words: str) -> None:
        target = self.find(words)
        with self.another_page():
            target.click()

    def unfold(self, words: str) -> None:
        self.tab.locator("summary", has_text=words).first.click()

    @contextmanager
    def another_page(self) -> Iterator[None]:
        """Until another document is there and complete; a change of address alone is none."""
        self.tab.evaluate("window.seen = true")
        yield
        deadline = time.monotonic() + 30
        while not self._is_new():
            assert time.monotonic() < deadline, f"nothing came after {self.address}: {self.page.main[:2000]}"
            time.sleep(0.02)

    def _is_new(self) -> bool:
        try:
            return bool(self.tab.evaluate("!window.seen && document.readyState === 'complete'"))
        except Error:  # just between two documents
            return False

    def find(self, words: str) -> Locator:
        """The button that begins with these words, else the link."""
        # Chromium puts a space before words that are for screen readers only: "Arrived : Nora".
        name = re.compile(r"^\s*" + r"\s*".join(map(re.escape, re.findall(r"\w+|[^\w\s]", words))))
        for role in ("button", "link"):
            found = self.tab.get_by_role(role, name=name)
            if found.count():
                return found.first
        raise AssertionError(f"nothing to press says {words!r} on {self.address}: {self.page.main[:2000]}")

    def write(self, field: Field, text: str) -> None:
        self.control(field).fill(text)

    def choose(self, field: Field, values: list[str]) -> None:
        if field.kind == "select":
            self.control(field).select_option(values)
        for value in values if field.kind != "select" else []:
            self.control(field, value).check()

    def control(self, field: Field, value: str = "") -> Locator:
        wanted = f'[value="{value}"]' if value and len(field.options) > 1 else ""
        return self.tab.locator(f'[name="{field.name}"]{wanted}')


class Keyboard(Mouse):
    """Tab, arrows, space, enter, and letters; the mouse is unplugged."""

    def press(self, words: str) -> None:
        self.reach(self.find(words))
        with self.another_page():
            self.tab.keyboard.press("Enter")

    def unfold(self, words: str) -> None:
        self.reach(self.tab.locator("summary", has_text=words).first)
        self.tab.keyboard.press("Enter")

    def write(self, field: Field, text: str) -> None:
        self.reach(self.control(field))
        self.tab.keyboard.press("Control+A")
        self.tab.keyboard.type(text)

    def choose(self, field: Field, values: list[str]) -> None:
        for value in values:
            if field.kind == "radio":
                self._turn_to(field, value)
            elif field.kind == "select":
                self.reach(self.control(field))
                self.tab.keyboard.type(next(words for code, words in field.options if code == value))
            elif not self.control(field, value).is_checked():
                self.reach(self.control(field, value))
                self.tab.keyboard.press("Space")

    def reach(self, target: Locator) -> None:
        """Tab until it has the focus, and see that the focus shows."""
        for _ in range(FURTHEST):
            if target.evaluate("one => one === document.activeElement"):
                assert target.evaluate("one => one.matches(':focus-visible')"), "the focus does not show"
                return
            self.tab.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached by keyboard on {self.address}")

    def _turn_to(self, field: Field, value: str) -> None:
        """Tab reaches a group of radios once; arrows move inside it."""
        group, wanted = self.control(field), self.control(field, value)
        for _ in range(FURTHEST):
            if group.evaluate_all("all => all.includes(document.activeElement)"):
                break
            self.tab.keyboard.press("Tab")
        self.tab.keyboard.press("Space")
        for _ in field.options:
            if wanted.is_checked():
                return
            self.tab.keyboard.press("ArrowDown")
        assert wanted.is_checked(), f"{value} of {field.name} cannot be chosen by keyboard"
