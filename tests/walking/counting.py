"""A keyboard whose keys are counted, and the screens that they lead to."""

from urllib.parse import urlsplit

from playwright.sync_api import Page

FURTHEST = 60
WORDS = "e => (e.labels?.length ? [...e.labels].map(l => l.textContent).join(' ') : e.textContent || '').trim()"


class Counted:
    """A keyboard whose keys are counted."""

    def __init__(self, tab: Page) -> None:
        self.tab, self.keys = tab, 0
        self.screens = [urlsplit(tab.url).path]

    def key(self, name: str) -> None:
        self.tab.keyboard.press(name)
        self.keys += 1

    def tab_to(self, words: str) -> None:
        """Tab until what has the focus says these words."""
        for _ in range(FURTHEST):
            self.key("Tab")
            if words in " ".join(self.tab.locator(":focus").first.evaluate(WORDS).split()):
                return
        raise AssertionError(f"{words!r} cannot be reached in {FURTHEST} keys on {self.tab.url}")

    def skip(self) -> None:
        """To the main content, as who uses a keyboard does."""
        self.tab_to("Skip to main content")
        self.key("Enter")

    def enter(self) -> None:
        with self.tab.expect_navigation():
            self.key("Enter")
        self.screens.append(urlsplit(self.tab.url).path)

    def type(self, text: str) -> None:
        self.tab.keyboard.type(text)
        self.keys += len(text)
